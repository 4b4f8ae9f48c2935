"""The time of the service: the machine's, and in a demo as far ahead as its ledger's clock."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from ledger import clock as ledgers

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]


@dataclass(slots=True)
class Clock:
    """Tells the time.

    Attributes:
        ahead: 0 but in a demo, where it is that of the ledger's clock.
        owner_url: of a demo's owner, who alone moves its clock; None when there is no demo.
    """

    ahead: timedelta = timedelta()
    owner_url: str | None = field(default=None, repr=False)

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + self.ahead

    async def forward(self, by: timedelta) -> None:
        """A demo's time goes on by so much, for the ledger and for everybody else."""
        assert self.owner_url is not None, "only a demo's clock is moved"
        owner = await asyncpg.connect(self.owner_url, timeout=5)
        try:
            ahead = await ledgers.ahead(owner) + by
            await ledgers.move(owner, ahead)
        finally:
            await owner.close()
        self.ahead = ahead


async def ahead_of(pool: Pool) -> timedelta:
    """How far a ledger's clock is ahead of its server's."""
    async with pool.acquire() as connection:
        return await ledgers.ahead(connection)
