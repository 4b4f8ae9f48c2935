"""The short way for what is asked most: payments go from the socket to their handler and back.

A route marked hot (`opt={"hot": True}`) is still an ordinary route, described, held to the access
matrix and answered by Litestar where something is unusual; here its handler is called with what
Litestar would give it, and its answer is written as Litestar would write it. Both ways give
the same bytes; the suite compares them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from api.gate.access import OPT
from api.gate.asker import token_of
from api.gate.pacing import PACED
from api.wire import replying
from api.wire.problems import Problem
from api.wire.shapes import read_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from litestar.handlers import HTTPRouteHandler
    from litestar.types import ASGIApp, Receive, Scope, Send
    from pydantic import BaseModel

    from api.gate.access import Rule
    from api.services import Services

MARK: Final = "hot"
HOT: Final = {MARK: True}
"""Among the options of a route: it goes the short way."""
_KEY: Final = b"idempotency-key"
_METHOD: Final = "POST"
_PREFIX: Final = "/v1/"
_UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Hot(NamedTuple):
    """A route that goes the short way: its parts, and what its handler wants."""

    template: str
    before: str
    after: str
    parameter: str | None
    rule: Rule
    paced: bool
    model: type[BaseModel]
    handler: Callable[..., Any]


class HotRoutes:
    """Knows the hot routes and answers them.

    Args:
        routes: of the application; those that are marked are taken.
        services: of the running application.
        long_way: Litestar, for what has no usual form.
    """

    def __init__(
        self,
        routes: Iterable[HTTPRouteHandler],
        services: Callable[[], Services],
        long_way: ASGIApp,
    ) -> None:
        self._long_way = long_way
        marked = [route for route in routes if route.opt.get(MARK)]
        self._plain = {one.template: one for one in map(_hot, marked) if one.parameter is None}
        self._long = [one for one in map(_hot, marked) if one.parameter is not None]
        self._services = services

    def find(self, scope: Any) -> tuple[_Hot, dict[str, Any]] | None:
        """The hot route that is asked for, with its path parameter; None goes the long way."""
        if scope["method"] != _METHOD or scope["query_string"]:
            return None
        path: str = scope["path"]
        if not path.startswith(_PREFIX):
            return None
        plain = self._plain.get(path)
        if plain is not None:
            return plain, {}
        for hot in self._long:
            if path.startswith(hot.before) and path.endswith(hot.after):
                return _with_parameter(hot, path[len(hot.before) : len(path) - len(hot.after)])
        return None

    async def answer(
        self, found: tuple[_Hot, dict[str, Any]], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let the handler answer.

        Raises:
            Problem, Refusal: as on the long way; whoever called tells them.
        """
        hot, given = found
        headers = dict(scope["headers"])
        if not usual(headers):
            return await self._long_way(scope, receive, send)
        scope["path_template"] = hot.template
        replying.begin(hot.template)
        services = self._services()
        token = token_of(_METHOD, headers)
        if token is None:
            raise Problem("unauthenticated")
        asker = await services.recognition.of(token)
        hot.rule.check(asker)
        if hot.paced:
            services.pacing.asker(asker)
        message: Any = await receive()
        data, key = read_body(hot.model, message["body"]), UUID(headers[_KEY].decode())
        told = await hot.handler(data=data, key=key, services=services, asker=asker, **given)
        await _send(replying.told(told), send)
        return None


def _with_parameter(hot: _Hot, text: str) -> tuple[_Hot, dict[str, Any]] | None:
    return (hot, {str(hot.parameter): UUID(text)}) if _UUID.fullmatch(text) else None


def usual(headers: dict[bytes, bytes]) -> bool:
    """A key in its ordinary form, and a body: the long way tells what is wrong with the others."""
    key = headers.get(_KEY, b"").decode("latin-1")
    length = headers.get(b"content-length", b"").strip(b"0 ")
    return bool(length) and _UUID.fullmatch(key) is not None


async def _send(told: Any, send: Send) -> None:
    """A handler's answer, as Litestar would write it."""
    body = told.content.model_dump_json().encode()
    headers = [
        (b"content-type", b"application/json"),
        *((name.lower().encode(), value.encode()) for name, value in told.headers.items()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send(
        {"type": "http.response.start", "status": told.status_code or 201, "headers": headers}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _hot(route: HTTPRouteHandler) -> _Hot:
    (template,) = route.paths
    before, _, rest = template.partition("{")
    parameter, _, after = rest.partition("}")
    name, _, kind = parameter.partition(":")
    assert not name or kind == "uuid", template
    annotation = route.parsed_fn_signature.parameters["data"].annotation
    return _Hot(
        template=template,
        before=before,
        after=after,
        parameter=name or None,
        rule=route.opt[OPT],
        paced=bool(route.opt.get(PACED)),
        model=annotation,
        handler=route.fn,
    )
