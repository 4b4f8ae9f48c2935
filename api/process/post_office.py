"""The post office: e-mails that are due leave in small rounds beside the requests.

Every process runs one, for each message is claimed by one worker. A round holds a connection for
its rows only, never while a mail server thinks. A stop lets the round end for a moment; whoever is
killed between sending and marking has sent, and another one sends the same Message-ID once more
when the lease is over: once too often rather than never.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import SQLAlchemyError

from admin.people import memberships
from admin.telling import messages
from api.process.logs import failed, log

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncEngine

    from admin.telling.messages import Carrier
    from api.process.clock import Clock

ROUND: Final = 5
"""How many e-mails a round claims: the slowest server takes less than a claim's lease for them."""
PAUSE_SECONDS: Final = 2.0
AWAY_SECONDS: Final = 10.0
"""How long it waits when the database is away."""
REMINDS_EVERY: Final = 300
"""Rounds of rest between two looks at memberships that end."""
FINISHES_SECONDS: Final = 5.0


class PostOffice:
    """Sends what is due, until it is stopped.

    Args:
        engine: for its rows.
        carrier: brings e-mails on their way.
        clock: the service's.
    """

    def __init__(self, engine: AsyncEngine, carrier: Carrier, clock: Clock) -> None:
        self._engine = engine
        self._carrier = carrier
        self._clock = clock
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._rests = 0

    async def start(self) -> None:
        """Send from now on."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Send no more: the round that runs may end, for a moment."""
        if self._task is None:
            return
        self._closing.set()
        await asyncio.wait((self._task,), timeout=FINISHES_SECONDS)
        self._task.cancel()
        await asyncio.wait((self._task,))

    async def _run(self) -> None:
        while not self._closing.is_set():
            pause_seconds = PAUSE_SECONDS
            try:
                if await self._round():
                    continue
                await self._remind()
            except (SQLAlchemyError, OSError) as error:
                log.warning("post office waits", **failed(error))
                pause_seconds = AWAY_SECONDS
            except Exception as error:  # noqa: BLE001  why: one bad message stops no other
                log.error("post office failed", **failed(error))
            await self._rest(pause_seconds)

    async def _round(self) -> int:
        """One round; how many left, so that a full one is followed at once."""
        return await messages.deliver(
            self._engine, self._carrier, self._clock.now(), count_max=ROUND
        )

    async def _remind(self) -> None:
        """Queue a word to members whose year ends, now and then."""
        if self._rests % REMINDS_EVERY == 0:
            await remind(self._engine, self._clock)
        self._rests += 1

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return


@asynccontextmanager
async def sending(engine: AsyncEngine, carrier: Carrier, clock: Clock) -> AsyncIterator[None]:
    """A post office for as long as its context lasts."""
    office = PostOffice(engine, carrier, clock)
    await office.start()
    try:
        yield
    finally:
        await office.stop()


async def remind(engine: AsyncEngine, clock: Clock) -> int:
    """Tell members whose last day is near, each once; how many were told."""
    async with engine.begin() as connection:
        return await memberships.remind(connection, at=clock.now())
