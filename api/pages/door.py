"""The door of the screens: who looks is recognised if they can be, and asked in if they must.

A form changes something only when a page of ours sent it: the browser says so in `Origin` or
`Sec-Fetch-Site`, whatever cookies it brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.gate.asker import check_same_site, token_of
from api.gate.given import ASKER
from api.wire.asking import STATE, asked
from api.wire.catalogue import LANGUAGES
from api.wire.problems import Problem, problem_of
from ledger.refusals import Refusal

if TYPE_CHECKING:
    from litestar import Request

    from api.gate.access import Rule
    from api.gate.asker import Asker
    from api.wire.figures import Language

LANGUAGE_COOKIE: Final = "bousol-langue"
_SAFE: Final = frozenset({"GET", "HEAD"})


async def enter(request: Request[Any, Any, Any], rule: Rule) -> None:
    """Recognise who looks at a page, and hold them to its rule.

    Raises:
        Problem: `cross_site`, `unauthenticated`, `forbidden`.
    """
    headers = dict(request.scope["headers"])
    _speak(request)
    if request.method not in _SAFE:
        check_same_site(headers)
    asker = await _recognised(request, headers)
    request.scope["state"][ASKER] = asker
    if rule.public:
        return
    if asker is None:
        raise Problem("unauthenticated")
    rule.check(asker)


async def _recognised(request: Request[Any, Any, Any], headers: dict[bytes, bytes]) -> Asker | None:
    """Who looks; a session that has ended is nobody's."""
    token = token_of(request.method, headers)
    if token is None:
        return None
    try:
        asker: Asker = await request.app.state["services"].recognition.of(token)
    except (Problem, Refusal) as error:
        if problem_of(error).entry.status == _UNAUTHENTICATED:
            return None
        raise
    return asker


def _speak(request: Request[Any, Any, Any]) -> None:
    """The language that was chosen on a page goes before that of the browser."""
    language = chosen(request.scope)
    if language is not None:
        request.scope["state"][STATE] = asked(request.scope)._replace(language=language)


def chosen(scope: Any) -> Language | None:
    """The language somebody chose on a page, from their cookie."""
    header = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    pairs = (part.strip().partition("=") for part in header.split(";"))
    value = next((value for name, _, value in pairs if name == LANGUAGE_COOKIE), "")
    return next((language for language in LANGUAGES if language == value), None)


_UNAUTHENTICATED: Final = 401
