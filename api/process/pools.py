"""Connections to the database: pools in which whoever asks waits no longer than their request may.

A connection that holds one is a place among few; who waits too long for one is told to come back.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util.queue import AsyncAdaptedQueue

from api.installation.databases import sqlalchemy_url
from api.wire.problems import Problem, overloaded
from ledger.refusals import OutcomeUnknown
from ledger.waiting import left

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]

LOCK_SECONDS: Final = 0.4
"""The lock time-out of the pools: so long before the end of a request its connection is had."""
SESSION: Final = {
    "application_name": "bousol",
    "statement_timeout": "10s",
    "lock_timeout": f"{LOCK_SECONDS}s",
    "idle_in_transaction_session_timeout": "10s",
}
"""Of the pools' connections; the poster's lanes have no time-out."""


@asynccontextmanager
async def acquired(pool: Pool, wait_seconds: float) -> AsyncIterator[Connection]:
    """A connection of a pool, had within the wait and within what its request has left.

    Raises:
        Problem: `overloaded`, none came free; `unavailable`, the database is away.
    """
    try:
        connection = await pool.acquire(timeout=left(wait_seconds, before=LOCK_SECONDS))
    except TimeoutError:
        raise overloaded() from None
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise Problem("unavailable") from error
    try:
        yield connection
    finally:
        await pool.release(connection)


@asynccontextmanager
async def row_transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction for rows that do not post: committed at the end, or rolled back.

    Raises:
        Problem: as `acquired`; `outcome_unknown`, the commit was not confirmed.
    """
    try:
        connection = await engine.connect()
    except NoConnection:
        raise overloaded() from None
    except (OSError, asyncpg.PostgresError, DBAPIError) as error:
        raise Problem("unavailable") from error
    try:
        async with connection.begin() as transaction:
            yield connection
            await _commit(transaction)
    finally:
        await connection.close()


async def _commit(transaction: AsyncTransaction) -> None:
    try:
        await transaction.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Problem(OutcomeUnknown.code) from error
        raise


def pool_of(url: str, connections: int) -> Pool:
    """For the ledger's reads, and for entries with own rows."""
    return asyncpg.create_pool(
        url, min_size=1, max_size=connections, server_settings=dict(SESSION), timeout=5
    )


def rooms_of(url: str) -> Pool:
    """The files of sponsors, which few requests want; connected when first entered."""
    return asyncpg.create_pool(
        url, min_size=0, max_size=4, server_settings=dict(SESSION), timeout=5
    )


class _Queue(AsyncAdaptedQueue[Any]):
    """Connections that come free, for as long as whoever asks may wait."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """One, or `Empty` when none came free in time."""
        wait = None if timeout is None else left(timeout, before=LOCK_SECONDS)
        return super().get(block, wait)


class _Places(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool, in which a request waits no longer than it may."""

    _queue_class = _Queue


def engine_of(url: str, connections: int, wait_seconds: float) -> AsyncEngine:
    """For rows that do not post."""
    return create_async_engine(
        sqlalchemy_url(url),
        poolclass=_Places,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=wait_seconds,
        pool_pre_ping=False,
        connect_args={"server_settings": dict(SESSION), "timeout": 5},
    )


async def lane_of(url: str) -> asyncpg.Connection[Any]:
    """One connection that posts, without a time-out."""
    return await asyncpg.connect(url, timeout=5, server_settings={"application_name": "bousol"})
