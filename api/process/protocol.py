"""uvicorn's HTTP protocol with the bounds it lacks: how many sockets, how large and slow a head.

A head that is no HTTP, too large or too slow never becomes a request; it gets its problem and the
connection ends. The next request of a connection waits until its reader has taken the last answer,
so that who reads slowly holds nothing but a socket, and a socket that holds nothing gives way.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.process.stalls import Stall
from api.wire.asking import asking
from api.wire.problems import MEDIA_TYPE, Problem, answer, overloaded

if TYPE_CHECKING:
    import asyncio

    from uvicorn.server import ServerState

CONNECTIONS_MAX: Final = 4_096
HEAD_BYTES_MAX: Final = 16 * 1024
HEAD_SECONDS: Final = 10.0
WHOLE: Final = "whole"
"""Under this name the scope's state says when a request was there: its turn may come later."""
_IDLE: Final[WeakKeyDictionary[ServerState, dict[BoundedProtocol, None]]] = WeakKeyDictionary()
"""Of each server, its connections that no whole request has come from, the longest idle first."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection: at most 16 KiB of head, at most 10 s for it, and a reader who reads."""

    _head_bytes = 0
    _reading_head = True
    _held = False
    _late: asyncio.TimerHandle | None = None
    _stall: Stall
    _idle: dict[BoundedProtocol, None]

    def connection_made(self, transport: Any) -> None:
        """Take a connection; one too many takes the place of one that asks nothing.

        So health is answered, whoever keeps thousands of sockets open; when all of them ask at
        once, the new one is told to come back.
        """
        super().connection_made(transport)
        self._stall = Stall(self.loop, transport)
        self._idle = _IDLE.setdefault(self.server_state, {})
        if len(self.connections) > CONNECTIONS_MAX and not self._made_room():
            self._end(overloaded())
        else:
            self._idle[self] = None
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers and the place with the connection."""
        self._stop_timer()
        self._stall.stop()
        self._idle.pop(self, None)
        super().connection_lost(exc)

    def eof_received(self) -> None:
        """What the other side will not ask any more, it may still read: so long as it does."""
        self._stall.watch()

    def pause_writing(self) -> None:
        """More was written than was taken: its reader has a moment to take some."""
        super().pause_writing()
        self._stall.watch()

    def resume_writing(self) -> None:
        """What was written has gone: the next request may be asked."""
        super().resume_writing()
        self._stall.stop()
        if self._held:
            self._held = False
            super().on_response_complete()

    def on_response_complete(self) -> None:
        """Ask the next request, once this answer has left."""
        if self.transport.is_closing():
            self._stall.watch()
        if not self.pipeline:
            self._idle[self] = None
        if self.flow.write_paused:
            self._held = True
            self.flow.pause_reading()
        else:
            super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Close what was idle for long, though somebody did not read all of its answer."""
        super().timeout_keep_alive_handler()
        self._stall.watch()

    def shutdown(self) -> None:
        """Finish; who does not read keeps no server from stopping."""
        super().shutdown()
        self._stall.watch()

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
        """A whole request is there; the next bytes are the head of another one."""
        if self.cycle is not None and not self.cycle.response_complete:
            self._idle.pop(self, None)
        self._reading_head = True
        self.scope.setdefault("state", {})[WHOLE] = time.monotonic()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  why: uvicorn's words, not ours
        """Answer what is no HTTP with a problem, as everything else is."""
        self._end(Problem("malformed_request"))

    def _made_room(self) -> bool:
        """Let go who asks nothing for the longest; False when everybody asks something."""
        longest = next(iter(self._idle), None)
        if longest is not None:
            del self._idle[longest]
            longest.transport.abort()
        return longest is not None

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
        self._stall.watch()
