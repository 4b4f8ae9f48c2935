"""What a person sees when a page cannot be shown: why, in words, and the way on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from api.gate.access import PAGE
from api.gate.given import ASKER
from api.pages.door import chosen
from api.pages.forms import KEY
from api.pages.rendering import render
from api.pages.unsure import PROOFS
from api.pages.visit import HTML, SENT, headers
from api.wire.figures import Figures
from api.wire.problems import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.wire.asking import Asking
    from api.wire.problems import Problem

SIGN_IN: Final = "/connexion"
HOME: Final = "/"
_BACK_CHARACTERS_MAX: Final = 400
_AGAIN_CHARACTERS_MAX: Final = 16 * 1024
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
    problem: Problem, scope: Any, asking: Asking, *, symbol: str, opens: Callable[[str], bool]
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the page; who must sign in first is led there and back.

    What was looked at is opened again. What was sent is sent again, with its key, or nothing is
    offered but the page before: an address that takes forms may be none that opens.

    Args:
        problem: what went wrong.
        scope: of the request.
        asking: of the request.
        symbol: of the local currency.
        opens: whether a path is one of a page.
    """
    reading = scope["method"] in {"GET", "HEAD"}
    back = _back(scope) if reading else _before(scope, opens)
    if problem.code in {"unauthenticated", "session_ended"} and reading:
        on = f"{SIGN_IN}?suite={quote(back or HOME, safe='/')}"
        return 303, {"location": on, "content-type": HTML}, b""
    asking = asking._replace(language=chosen(scope) or asking.language)
    facts = {
        "problem": told(problem, asking, Figures(asking.language, symbol)),
        "back": back or HOME,
        "before": None if reading else back,
        "again": _again(scope),
        "here": _back(scope),
        "reading": reading,
        "code": problem.code,
        "asker": scope.get("state", {}).get(ASKER),
        "seconds": problem.retry_after_seconds,
    }
    body = render("problem.html", asking.language, symbol, path=back or HOME, **facts)
    sent = headers() | {"content-type": HTML} | dict(problem.headers)
    if problem.retry_after_seconds is not None:
        sent["retry-after"] = str(problem.retry_after_seconds)
    return problem.entry.status, sent, body


def _back(scope: Any) -> str:
    """The address that was asked for; what was typed into it comes along."""
    query = scope.get("query_string", b"").decode("latin-1")
    path = str(scope["path"])
    there = f"{path}?{query}" if query else path
    return there if len(there) <= _BACK_CHARACTERS_MAX else HOME


def _before(scope: Any, opens: Callable[[str], bool]) -> str | None:
    """The page of ours that a form was sent from, else the one at its own address, if there is."""
    sent = dict(scope["headers"])
    come = urlsplit(sent.get(b"referer", b"").decode("latin-1"))
    ours = come.netloc == sent.get(b"host", b"").decode("latin-1")
    for path, query in ((come.path if ours else "", come.query), (str(scope["path"]), "")):
        there = f"{path}?{query}" if query else path
        if path.startswith("/") and len(there) <= _BACK_CHARACTERS_MAX and opens(path):
            return there
    return None


def _again(scope: Any) -> list[tuple[str, str]]:
    """The fields of a form that may be sent again, for its key makes it one act; proofs are not."""
    sent = scope.get("state", {}).get(SENT)
    if sent is None or KEY not in sent:
        return []
    fields = [(name, value) for name, value in sent.multi_items() if name not in PROOFS]
    if not all(isinstance(value, str) for _, value in fields):
        return []  # a file is chosen anew
    return fields if sum(len(value) for _, value in fields) <= _AGAIN_CHARACTERS_MAX else []
