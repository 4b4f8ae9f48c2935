"""What a person sees when a page cannot be shown: why, in words, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from api.access import PAGE
from api.figures import Figures
from api.pages.door import chosen
from api.pages.rendering import render
from api.pages.visit import ASKER, HTML, headers
from api.problems import told

if TYPE_CHECKING:
    from api.asking import Asking
    from api.problems import Problem

SIGN_IN: Final = "/connexion"
_BACK_CHARACTERS_MAX: Final = 400
_PROGRAMS: Final = ("/v1/", "/healthz", "/readyz", "/metrics", "/assets/")


def wants_page(scope: Any) -> bool:
    """Whether a person asks: for a page of ours, for an address that is none, or by a link."""
    handler = scope.get("route_handler")
    if handler is not None and handler.opt.get(PAGE):
        return True
    sent = dict(scope["headers"])
    if scope["path"].startswith(_PROGRAMS) and sent.get(b"sec-fetch-mode") != b"navigate":
        return False
    return b"text/html" in sent.get(b"accept", b"")


def page_of(
    problem: Problem, scope: Any, asking: Asking, *, symbol: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the page; who must sign in first is led there and back."""
    reading = scope["method"] in {"GET", "HEAD"}
    back = _back(scope, reading=reading)
    if problem.code in {"unauthenticated", "session_ended"} and reading:
        on = f"{SIGN_IN}?suite={quote(back, safe='/')}"
        return 303, {"location": on, "content-type": HTML}, b""
    asking = asking._replace(language=chosen(scope) or asking.language)
    facts = {
        "problem": told(problem, asking, Figures(asking.language, symbol)),
        "back": back,
        "code": problem.code,
        "asker": scope.get("state", {}).get(ASKER),
        "seconds": problem.retry_after_seconds,
    }
    body = render("problem.html", asking.language, symbol, path=back, **facts)
    sent = headers() | {"content-type": HTML} | dict(problem.headers)
    if problem.retry_after_seconds is not None:
        sent["retry-after"] = str(problem.retry_after_seconds)
    return problem.entry.status, sent, body


def _back(scope: Any, *, reading: bool) -> str:
    """The address to come back to; what was typed into an address comes along."""
    query = scope.get("query_string", b"").decode("latin-1")
    path = str(scope["path"])
    there = f"{path}?{query}" if query and reading else path
    return there if len(there) <= _BACK_CHARACTERS_MAX else "/"
