"""A reader who takes nothing is let go: what was written to a connection must leave, bit by bit.

A buffer that nobody empties is memory, and an answer that waits for room in it is a place among
those that are answered at once. Slow is no fault: a phone far from its mast may take minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

WRITE_SECONDS: Final = 10.0
WRITE_BYTES_MIN: Final = 16 * 1024
"""Taken in that time at least, or all there is: 1.6 kB a second, a tenth of the slowest mobile."""


class Stall:
    """Watches what one connection still has to send.

    Args:
        loop: tells the time.
        transport: ended when its reader takes too little.
    """

    __slots__ = ("_left", "_loop", "_timer", "_transport")

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop = loop
        self._transport = transport
        self._left = 0
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """From now on what is there must leave, until all has or `stop`."""
        if self._timer is None:
            self._left = self._transport.get_write_buffer_size()
            self._timer = self._loop.call_later(WRITE_SECONDS, self._look)

    def stop(self) -> None:
        """Its reader keeps up, or the connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        left = self._transport.get_write_buffer_size()
        if left > self._left - WRITE_BYTES_MIN and left:
            self._transport.abort()
        elif left:
            self.watch()
