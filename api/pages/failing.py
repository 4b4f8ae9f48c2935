"""What a person sees when a page cannot be shown: why, in words, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from api.access import PAGE
from api.figures import Figures
from api.pages.rendering import render
from api.pages.visit import HTML, headers
from api.problems import told

if TYPE_CHECKING:
    from api.asking import Asking
    from api.problems import Problem

SIGN_IN: Final = "/connexion"
_PROGRAMS: Final = ("/v1/", "/healthz", "/readyz", "/metrics", "/assets/")


def wants_page(scope: Any) -> bool:
    """Whether a person asks: for a page of ours, or for an address that is none."""
    handler = scope.get("route_handler")
    if handler is not None and handler.opt.get(PAGE):
        return True
    if scope["path"].startswith(_PROGRAMS):
        return False
    return b"text/html" in dict(scope["headers"]).get(b"accept", b"")


def page_of(
    problem: Problem, scope: Any, asking: Asking, *, symbol: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the page; who must sign in first is led there and back."""
    if problem.code == "unauthenticated" and scope["method"] in {"GET", "HEAD"}:
        back = quote(scope["path"], safe="/")
        return 303, {"location": f"{SIGN_IN}?suite={back}", "content-type": HTML}, b""
    members = told(problem, asking, Figures(asking.language, symbol))
    facts = {"problem": members, "back": scope["path"], "code": problem.code}
    body = render("problem.html", asking.language, symbol, path=scope["path"], **facts)
    sent = headers() | {"content-type": HTML} | dict(problem.headers)
    if problem.retry_after_seconds is not None:
        sent["retry-after"] = str(problem.retry_after_seconds)
    return members["status"], sent, body
