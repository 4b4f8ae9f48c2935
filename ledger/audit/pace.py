"""The audit steps aside while others post: after each short step it rests as long as it worked."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ledger.store import Connection

REST: Final = 4.0
"""Seconds of rest for each second of work while the ledger is being written."""
LOOK_SECONDS: Final = 0.25


class Pace:
    """Times the steps of one audit, and rests between them when the head moves."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._looked_at = -LOOK_SECONDS
        self._head: int | None = None
        self._busy = False

    @asynccontextmanager
    async def step(self) -> AsyncIterator[None]:
        """One short piece of work, then the rest it owes."""
        begun = time.monotonic()
        yield
        worked_seconds = time.monotonic() - begun
        await self._look()
        if self._busy:
            await asyncio.sleep(REST * worked_seconds)

    async def _look(self) -> None:
        """See, four times a second at most, whether the head has moved."""
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        head = await self._connection.fetchval("select max(last_seq) from ledger.chain_link")
        self._busy = self._head is not None and head != self._head
        self._head = head
