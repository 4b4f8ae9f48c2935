"""uvicorn's HTTP protocol with the bounds it lacks: how many sockets, how large and slow a head.

A head that is no HTTP, too large or too slow never becomes a request; it gets its problem and the
connection ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.asking import asking
from api.problems import MEDIA_TYPE, Problem, answer, overloaded

if TYPE_CHECKING:
    import asyncio

CONNECTIONS_MAX: Final = 4_096
HEAD_BYTES_MAX: Final = 16 * 1024
HEAD_SECONDS: Final = 10.0


class BoundedProtocol(HttpToolsProtocol):
    """One connection: at most 16 KiB of head, at most 10 s for it."""

    _head_bytes = 0
    _reading_head = True
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS_MAX:
            self._end(overloaded())
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer with the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and end what grows beyond its bound before it is a request."""
        if self.transport.is_closing():
            return
        if self._reading_head:
            self._head_bytes += len(data)
            if self._late is None:
                self._expect_head()
        super().data_received(data)
        if self._reading_head and self._head_bytes > HEAD_BYTES_MAX:
            self._end(Problem("headers_too_large"))

    def on_headers_complete(self) -> None:
        """A request is there: what comes next is its body."""
        self._stop_timer()
        self._reading_head = False
        self._head_bytes = 0
        if sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES_MAX:
            self._end(Problem("headers_too_large"))
            return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next bytes are the head of another request."""
        self._reading_head = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  why: uvicorn's words, not ours
        """Answer what is no HTTP with a problem, as everything else is."""
        self._end(Problem("malformed_request"))

    def _expect_head(self) -> None:
        self._late = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _too_late(self) -> None:
        self._late = None
        if self._head_bytes:
            self._end(Problem("too_slow"))
        else:
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self, problem: Problem) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            status, headers, body = answer(problem, asking(self.headers or ()), symbol="")
            lines = {"content-type": MEDIA_TYPE, "content-length": str(len(body))} | headers
            lines["connection"] = "close"
            head = [f"{name}: {value}\r\n".encode() for name, value in lines.items()]
            self.transport.write(b"".join([STATUS_LINE[status], *head, b"\r\n", body]))
        self.transport.close()
