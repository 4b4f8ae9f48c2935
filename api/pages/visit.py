"""One request for a page: who asks, in which language, what was filled in, and how it is answered.

A page has no rights of its own: `through` calls the handler a program would call, under that
handler's rule, so that what a screen may do is what the access matrix says.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from api.conflicts import told
from api.gate.access import OPT
from api.gate.given import ASKER
from api.gate.pacing import PACED
from api.pages.rendering import render
from api.wire.asking import asked
from api.wire.problems import Problem
from ledger.refusals import KeyConflict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.datastructures import Cookie
    from litestar.handlers import HTTPRouteHandler

    from api.gate.access import Rule
    from api.gate.asker import Asker
    from api.services import Services
    from api.wire.figures import Language

SENT: Final = "sent"
"""Under this name a request's state carries what its form was sent with."""
_SYSTEMS: Final = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
HTML: Final = "text/html; charset=utf-8"
_CSP: Final = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {"referrer-policy": "same-origin", "vary": "Accept-Language, Cookie"}


def headers(*, scans: bool = False) -> dict[str, str]:
    """Sent with every page; `scans` lets it run the reader of codes, which is WebAssembly."""
    policy = _CSP.format(wasm=" 'wasm-unsafe-eval'" if scans else "")
    camera = "camera=(self), " if scans else "camera=(), "
    permissions = f"{camera}microphone=(), geolocation=(), payment=()"
    return {**_HEADERS, "content-security-policy": policy, "permissions-policy": permissions}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page."""

    request: Request[Any, Any, Any]
    services: Services

    @property
    def asker(self) -> Asker | None:
        """Who asks; None is anybody."""
        found: Asker | None = self.request.scope["state"].get(ASKER)
        return found

    @property
    def language(self) -> Language:
        """The reader's."""
        return asked(self.request.scope).language

    @property
    def device(self) -> str:
        """What the list of sessions calls this browser: its system, as it says itself."""
        agent = self.request.headers.get("user-agent", "")
        return next((name for name in _SYSTEMS if name.lower() in agent.lower()), "?")

    @property
    def path(self) -> str:
        """The address asked for, without its query."""
        path: str = self.request.scope["path"]
        return path

    @property
    def place(self) -> str:
        """Where the reader is, to come back to: the address, with its query if it was opened."""
        query = self.request.scope["query_string"].decode("latin-1")
        opened = query and self.request.method in {"GET", "HEAD"}
        return f"{self.path}?{query}" if opened else self.path

    def may(self, handler: HTTPRouteHandler) -> bool:
        """Whether this person may ask this of us: what a page may offer."""
        rule: Rule = handler.opt[OPT]
        if rule.public or self.asker is None:
            return rule.public
        try:
            rule.check(self.asker)
        except Problem:
            return False
        return True

    async def through(self, handler: HTTPRouteHandler, **given: Any) -> Any:
        """What an operation tells; see `asked`."""
        told = await self.asked(handler, **given)
        return told.content if isinstance(told, Response) else told

    async def asked(self, handler: HTTPRouteHandler, **given: Any) -> Any:
        """What the handler of an operation answers, as if a program had asked.

        Args:
            handler: of the interface.
            given: its body, key and parameters; who asks and the services are added.

        Raises:
            Problem, Refusal: what the handler raises, and `unauthenticated` or `forbidden`.
        """
        rule: Rule = handler.opt[OPT]
        if not rule.public:
            if self.asker is None:
                raise Problem("unauthenticated")
            rule.check(self.asker)
        if handler.opt.get(PACED):
            self.services.pacing.request(self.request, self.asker)
        there = {"services": self.services, "asker": self.asker, "request": self.request}
        wanted = inspect.signature(handler.fn).parameters
        there = {name: value for name, value in there.items() if name in wanted}
        try:
            return await handler.fn(**there, **given)
        except KeyConflict as error:
            raise told(error) from None

    async def form(self) -> Mapping[str, str]:
        """What was filled in, one text a field; files are no text."""
        sent = await self.request.form()
        self.request.scope.setdefault("state", {})[SENT] = sent
        return {name: value.strip() for name, value in sent.items() if isinstance(value, str)}

    def show(
        self, template: str, *, status: int = 200, scans: bool = False, **facts: Any
    ) -> Response[bytes]:
        """A page from a template."""
        settings = self.services.settings
        known = {"visit": self, "settings": settings, "asker": self.asker, "path": self.place}
        body = render(template, self.language, settings.currency_symbol, **known, **facts)
        return Response(body, status_code=status, media_type=HTML, headers=headers(scans=scans))

    def go(
        self, path: str, *, cookies: Sequence[Cookie] = (), like: Response[Any] | None = None
    ) -> Response[bytes]:
        """Sends the browser on with a GET, so that a reload repeats nothing.

        Args:
            path: of ours.
            cookies: to keep.
            like: an answer of the interface whose cookies are kept too.
        """
        assert path.startswith("/"), path
        assert not path.startswith("//"), path
        sent = {"location": path}
        if like is not None and "set-cookie" in like.headers:
            sent["set-cookie"] = like.headers["set-cookie"]
        kept = [*cookies, *(like.cookies if like is not None else [])]
        return Response(b"", status_code=303, media_type=HTML, headers=sent, cookies=kept)


GivenVisit = NamedDependency[SkipValidation[Visit]]
"""The type of a page's parameter `visit`."""


def visit(request: Request[Any, Any, Any]) -> Visit:
    """The visit of a request."""
    return Visit(request, request.app.state["services"])
