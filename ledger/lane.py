"""A lane: one connection that posts batches, without a command time-out.

What breaks a lane leaves the outcome unknown, so it drops its socket and lets the poster ask again
with the same keys; the ledger answers what stands and posts what does not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn

import asyncpg

from ledger.batch import POST, answers, arguments
from ledger.refusals import OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from ledger.batch import Answer
    from ledger.journal import JournalEntry

Connect = Callable[[], Awaitable["asyncpg.Connection[asyncpg.Record]"]]
"""Opens one connection of the application role."""

BREAKS_A_LANE: Final = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,
)
"""After these nobody knows whether the batch stands, or it may stand at the next try."""


class LaneBroken(Exception):
    """The lane lost its connection, or the commit was not confirmed: the outcome is unknown."""


def unconfirmed(message: asyncpg.PostgresLogMessage) -> bool:
    """A commit whose wait for a standby was cancelled is reported as a mere warning (01000)."""
    return message.sqlstate == "01000" and message.severity_en == "WARNING"


@contextmanager
def confirming(connection: Any, key: UUID) -> Iterator[None]:
    """What is committed inside was confirmed, or its outcome is unknown and the socket dropped.

    Raises:
        OutcomeUnknown: the connection broke, or the wait for a standby was cancelled.
    """
    doubts: list[asyncpg.PostgresLogMessage] = []

    def hear(_: object, message: asyncpg.PostgresLogMessage) -> None:
        doubts.append(message)

    connection.add_log_listener(hear)
    try:
        yield
    except BREAKS_A_LANE as error:
        _drop(connection)
        raise OutcomeUnknown(key) from error
    finally:
        with suppress(asyncpg.InterfaceError):
            connection.remove_log_listener(hear)
        if any(unconfirmed(message) for message in doubts):  # of a refusal or a replay as well
            _drop(connection)
            raise OutcomeUnknown(key)


def _drop(connection: Any) -> None:
    """End a connection at once, unless its pool has taken it out of our hands already."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


class Lane:
    """One posting connection, opened again after each break."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._connection: Any = None
        self._statement: Any = None
        self._unconfirmed = False

    async def open(self) -> None:
        """Connect and prepare the posting statement."""
        self._unconfirmed = False
        self._connection = await self._connect()
        self._connection.add_log_listener(self._hear)
        self._statement = await self._connection.prepare(POST)

    async def close(self) -> None:
        """Close the connection, if one is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close(timeout=5)

    async def post(self, entries: Sequence[JournalEntry]) -> list[Answer]:
        """One batch, one call, one commit.

        Raises:
            LaneBroken: the outcome is unknown; the connection was dropped.
            asyncpg.PostgresError: the batch failed as a whole and left nothing.
        """
        try:
            if self._connection is None:
                await self.open()
            columns = arguments(entries)
            row = await self._statement.fetchrow(*columns)
        except BREAKS_A_LANE as error:
            self._break(error)
        if self._unconfirmed:
            self._break(None)
        return answers(row, columns)

    def _hear(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        self._unconfirmed = self._unconfirmed or unconfirmed(message)

    def _break(self, error: BaseException | None) -> NoReturn:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
        raise LaneBroken from error
