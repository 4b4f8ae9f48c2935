"""Where the story is lived: a ledger of its own, its clock, and rows written by the day."""

from __future__ import annotations

import asyncio
import random  # noqa: TID251  # why: ids of a story come of its seed
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import insert

from admin.parties import ISSUER
from api.process.clock import Clock
from ledger import clock
from ledger.flows import Act
from ledger.policies import Limits

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncEngine

    from admin.pepper import Pepper
    from ledger.journal import JournalEntry, Posted
    from ledger.poster import Poster
    from ledger.store import Connection


@dataclass
class Scene:
    """What acts need: the poster, rows, ids drawn from the seed, and the hour of the story.

    Attributes:
        engine: of the application role, for rows.
        connection: of the application role, for the few calls that post nothing.
        owner: of the owner, who alone moves a demo's clock.
        poster: one lane, so that what comes first stands first.
        pepper: keys PINs.
        seed: what ids are drawn from.
    """

    engine: AsyncEngine
    connection: Connection
    owner: Connection
    poster: Poster
    pepper: Pepper
    seed: int
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"ids {self.seed}")  # noqa: S311  # why: ids of a story
        self._rows: defaultdict[Table, list[dict[str, Any]]] = defaultdict(list)

    @property
    def now(self) -> datetime:
        """The hour of the story."""
        return self.clock.now()

    async def advance(self, instant: datetime) -> None:
        """The story goes on at an instant; it never goes back."""
        ahead = instant - (self.now - self.clock.ahead)
        if ahead > self.clock.ahead:
            await clock.move(self.owner, ahead)
            self.clock.ahead = ahead

    def id(self) -> UUID:
        """An id in the order of the story's time."""
        milliseconds = int(self.now.timestamp() * 1_000)
        low = 2 << 62 | self.draw.getrandbits(62)
        return UUID(int=milliseconds << 80 | 7 << 76 | self.draw.getrandbits(12) << 64 | low)

    def act(self, party: int = ISSUER, **more: Any) -> Act:
        """An act of somebody, by default the association's, with a key nobody else has."""
        return Act(self.id(), party, self.id(), self.draw.randbytes(16), **more)

    def documented(self, party: int = ISSUER, **more: Any) -> Act:
        """An act that names a document."""
        return self.act(party, **({"document": self.id()} | more))

    def post(self, entry: JournalEntry) -> asyncio.Task[Posted]:
        """An entry on its way; it comes after those that were posted before."""
        return asyncio.get_running_loop().create_task(self.poster.post(entry))

    def row(self, table: Table, **values: Any) -> None:
        """A row that is written with the day's others."""
        self._rows[table].append(values)

    async def write(self) -> None:
        """Write the rows of the day."""
        async with self.engine.begin() as connection:
            for table, rows in self._rows.items():
                await connection.execute(insert(table), rows)
        self._rows.clear()
