"""What happens by itself, now and then: freezes that nobody confirmed run out."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from api.deciding import thaw_overdue
from api.problems import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.services import Services

SWEEP_SECONDS: Final = 5.0
_AWAY: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError,
                SQLAlchemyError, Problem)  # fmt: skip


@asynccontextmanager
async def sweeping(services: Services) -> AsyncIterator[None]:
    """Sweeps until its context ends; in every process, for a sweep done twice is no act."""
    task = asyncio.get_running_loop().create_task(_sweep(services))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def _sweep(services: Services) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        with suppress(*_AWAY):  # the database is away or busy: the next sweep finds what is left
            await thaw_overdue(services)
