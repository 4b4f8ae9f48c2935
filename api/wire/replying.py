"""What the headers of an answer say beside its body: it was given before, a list goes on there.

Whoever finds out in the middle of an act that its key was answered before says so here; the door
of the routes, which sees every answer, turns it into `Idempotent-Replayed`.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:
    from litestar import Response

REPLAYED: Final = "idempotent-replayed"
LINK: Final = "link"


class _Answering:
    """A request on its way through the interface."""

    __slots__ = ("address", "before")

    def __init__(self, address: str) -> None:
        self.address = address
        self.before = False


_NOW: Final[ContextVar[_Answering | None]] = ContextVar("answering", default=None)


def begin(path: str, query: str = "") -> None:
    """A request of the interface begins, in this task."""
    _NOW.set(_Answering(f"{path}?{query}"))


def answered_before() -> None:
    """The key of this request was answered before: nothing new is done."""
    now = _NOW.get()
    if now is not None:  # a page says in its own words what became of an act
        now.before = True


def told(response: Response[Any]) -> Response[Any]:
    """An answer with the headers that it is to have."""
    now = _NOW.get()
    if now is not None:
        if now.before:
            response.headers[REPLAYED] = "true"
        following = getattr(response.content, "next_cursor", None)
        if following is not None:
            response.headers[LINK] = f'<{_following(now.address, following)}>; rel="next"'
    return response


async def finish(response: Response[Any]) -> Response[Any]:
    """As `told`; Litestar would call what does not wait in a thread."""
    return told(response)


def _following(address: str, cursor: str) -> str:
    """The address of a list, from another place on."""
    path, _, query = address.partition("?")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "cursor"]
    return f"{path}?{urlencode([*kept, ('cursor', cursor)])}"
