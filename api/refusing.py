"""How a refusal or a fault leaves: logged where it is ours, as a page or as a problem.

The router's door and the edge outside it both tell so: what was refused looks the same wherever it
was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from api.conflicts import told
from api.pages.failing import page_of, wants_page
from api.process.logs import failed, log
from api.wire.problems import answer, problem_of
from ledger.refusals import KeyConflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.wire.asking import Asking


class Leaving(NamedTuple):
    """Status, headers and body of what is told; without a content type it is a problem."""

    status: int
    headers: dict[str, str]
    body: bytes


def leaving(
    error: Exception, scope: Any, asked: Asking, *, symbol: str, allowed: Callable[[str], list[str]]
) -> Leaving:
    """What whoever asked is told of an error.

    Args:
        error: a refusal, a problem, or a fault of ours, which goes into the log.
        scope: of the request.
        asked: its ids and the language of its reader.
        symbol: of the local currency.
        allowed: the methods an address knows.
    """
    if isinstance(error, KeyConflict):
        error = told(error)
    problem = problem_of(error)
    if problem.code == "internal":
        log.error("failed", request_id=asked.request_id, trace_id=asked.trace_id, **failed(error))
    if wants_page(scope):
        return Leaving(
            *page_of(
                problem, scope, asked, symbol=symbol, opens=lambda path: "GET" in allowed(path)
            )
        )
    made = Leaving(*answer(problem, asked, symbol=symbol))
    if problem.code == "method_not_allowed":
        made.headers["allow"] = ", ".join(allowed(scope["path"]))
    return made
