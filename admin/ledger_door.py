"""A connection for the few calls of the ledger that people's acts need: cards, accounts, ceilings.

Each such call holds the lock of posting until its transaction ends, so it is a transaction of its
own, never part of one that waits for this process. What takes a right away is told to the ledger
before the rows here are written, what gives one after: whoever dies in between has given nothing,
and the act may be done again.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncEngine

    from ledger.store import Connection


@asynccontextmanager
async def ledger_connection(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """The driver's own connection, outside any transaction: each statement is one by itself."""
    async with engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver: Any = raw.driver_connection
        yield driver
