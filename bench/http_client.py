"""Callers over HTTP, each on one connection: they send, wait for the whole answer, send again.

Requests are made before the clock starts and written as they are, so that the client costs little
of the cores it shares with what it measures.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

from bench.drive import Run, percentile

if TYPE_CHECKING:
    from collections.abc import Iterator

_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length: "


class _Caller(asyncio.Protocol):
    """One connection: how long each answer took, and how many were no 2xx."""

    def __init__(self, requests: Iterator[bytes], stop: float, seen: _Seen) -> None:
        self._requests, self._stop, self._seen = requests, stop, seen
        self._heard = b""
        self._begun = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask for the first time."""
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Hear the answer to its end, then ask again."""
        self._heard += data
        head = self._heard.find(_END)
        if head < 0:
            return
        place = self._heard.find(_LENGTH, 0, head) + len(_LENGTH)
        length = int(self._heard[place : self._heard.find(b"\r\n", place)])
        if len(self._heard) < head + len(_END) + length:
            return
        self._seen.times.append(time.perf_counter() - self._begun)
        if self._heard[9:10] != b"2":
            self._seen.refused.append(self._heard)
        self._heard = b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, asked for or not."""
        if not self.done.done():
            self.done.set_result(None) if exc is None else self.done.set_exception(exc)

    def _ask(self) -> None:
        self._begun = time.perf_counter()
        request = next(self._requests, None)
        if self._begun > self._stop or request is None:
            self._transport.close()
            return
        self._transport.write(request)


class _Seen:
    def __init__(self) -> None:
        self.times: list[float] = []
        self.refused: list[bytes] = []


async def call(port: int, requests: Iterator[bytes], *, callers: int, seconds: float) -> Run:
    """So many callers for so long.

    Raises:
        AssertionError: an answer was no 2xx.
    """
    loop, seen = asyncio.get_running_loop(), _Seen()
    start = time.perf_counter()
    made = [
        (await loop.create_connection(
            lambda: _Caller(requests, start + seconds, seen), "127.0.0.1", port))[1]
        for _ in range(callers)
    ]  # fmt: skip
    await asyncio.gather(*(caller.done for caller in made))
    wall = time.perf_counter() - start
    assert not seen.refused, seen.refused[0]
    seen.times.sort()
    return Run(
        len(seen.times) / wall, percentile(seen.times, 0.5), percentile(seen.times, 0.99), 0.0
    )
