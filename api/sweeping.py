"""What happens by itself, now and then.

Freezes that nobody confirmed run out; who stands at a till leaves it once their role has ended;
euros that wait for room under a cap become Bou'Sols once there is some; approved awards are given
once their euros are there, and lots come to their end; merchants are written to before their
approval ends.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from api.aid import accepting, executing, lapsing
from api.reserve.buying import release_what_fits
from api.shops import renewing, standing
from api.shops.deciding import thaw_overdue
from api.wire.problems import Problem
from ledger.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from api.services import Services

SWEEP_SECONDS: Final = 5.0
RELEASE_SECONDS: Final = 60.0
REMIND_SECONDS: Final = 600.0
GIVE_SECONDS: Final = 1.0
LAPSE_SECONDS: Final = 30.0
SWEEPS: Final[tuple[tuple[float, Callable[[Services], Awaitable[Any]]], ...]] = (
    (SWEEP_SECONDS, thaw_overdue),
    (SWEEP_SECONDS, standing.leave),
    (RELEASE_SECONDS, release_what_fits),
    (GIVE_SECONDS, executing.run_open),
    (LAPSE_SECONDS, lapsing.sweep),
    (RELEASE_SECONDS, accepting.settle),
    (REMIND_SECONDS, renewing.remind),
)
"""How often, in seconds, and what."""
_AWAY: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    SQLAlchemyError,
    Problem,
    Refusal,
)
"""The database is away or busy, or somebody was first: the next sweep finds what is left."""


@asynccontextmanager
async def sweeping(services: Services) -> AsyncIterator[None]:
    """Sweeps until its context ends; in every process, for a sweep done twice is no act."""
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(_sweep(services, *sweep)) for sweep in SWEEPS]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _sweep(
    services: Services, seconds: float, work: Callable[[Services], Awaitable[Any]]
) -> None:
    while True:
        await asyncio.sleep(seconds)
        with suppress(*_AWAY):
            await work(services)
