"""Entries that stand or fall with their caller's own rows: orders, redemptions, notes.

Own rows first, then one posting call whose COMMIT travels with it: the chain lock is never held
across a round trip, so a caller that pauses stalls no till.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg

from ledger.batch import arguments
from ledger.journal import Posted
from ledger.lane import confirming
from ledger.poster import refusal_of
from ledger.refusals import PostingRefusal
from ledger.store import answer
from ledger.waiting import left

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from ledger.journal import JournalEntry
    from ledger.store import Connection

LOCK_SECONDS: Final = 2.0
"""Most that is waited for one lock; in a request, for all of them and what else it waits for."""
IDLE_TIMEOUT: Final = "5s"
_UNDONE: Final = "BS001"
_TYPES: Final = tuple(  # why: two lines of text beat 24
    "bigint smallint uuid bigint uuid bytea int uuid uuid bigint bigint int smallint date "  # noqa: SIM905
    "timestamptz boolean bigint boolean int bigint int int int bigint".split()
)
"""The types of the columns of `ledger.post`, in order."""


class Replayed(Exception):
    """The key was answered before: the caller's own rows were not written again.

    Attributes:
        answer: what the ledger answers this key.
    """

    def __init__(self, answer: Posted) -> None:
        super().__init__(answer)
        self.answer = answer


@asynccontextmanager
async def own_rows(connection: Connection) -> AsyncIterator[Connection]:
    """A transaction for the caller's own rows, to be ended by `post_and_commit`.

    It is READ COMMITTED, waits 2 s for a lock, or as long as its request may still wait, and lives
    5 s without a statement. Left without `post_and_commit`, or by an exception, it is rolled back.
    """
    await connection.execute(
        f"begin isolation level read committed;{lock_timeout(LOCK_SECONDS)}"
        f"set local idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}'"
    )
    try:
        yield connection
    finally:
        with suppress(asyncpg.InterfaceError):  # a pool takes a dropped connection out of our hands
            if not connection.is_closed() and connection.is_in_transaction():
                await connection.execute("rollback")


async def post_and_commit(connection: Connection, entries: Sequence[JournalEntry]) -> list[Posted]:
    """Post entries and commit them with the own rows written before, all or nothing.

    Raises:
        PostingRefusal: one was refused, so nothing stands; the refusal is final for its key.
        Replan: only for entries that ask for it.
        Replayed: one was answered before, so nothing new stands.
        OutcomeUnknown: the answer was lost; ask again with the same keys.
    """
    assert connection.is_in_transaction(), "own rows come first, in `own_rows`"
    with confirming(connection, entries[0].key):
        try:
            posting = f"select ledger.post_whole({_literals(entries)}); commit"
            await connection.execute(lock_timeout(LOCK_SECONDS) + posting)
        except asyncpg.PostgresError as error:
            if error.sqlstate == _UNDONE:
                await _explain(connection, entries, error)
            raise
    return [await _posted(connection, entry) for entry in entries]


def lock_timeout(seconds: float) -> str:
    """SQL that bounds what a transaction waits for a lock, and what its request may still wait."""
    return f"set local lock_timeout = {round(left(seconds) * 1_000)};"


async def _explain(
    connection: Connection, entries: Sequence[JournalEntry], error: asyncpg.PostgresError
) -> None:
    """Say why the entries were undone; what refuses one of them is kept for its key."""
    await connection.execute("rollback")
    entry = next(e for e in entries if str(e.key) == error.detail)
    code = str(error.args[0])
    if code == "replayed":
        await connection.execute("select ledger.barrier()")  # what stands may not be durable yet
        raise Replayed(await _posted(connection, entry)) from error
    refusal = refusal_of(code, entry)
    if isinstance(refusal, PostingRefusal) and not refusal.transient:
        await connection.fetchrow(
            "select * from ledger.close_key($1, $2, $3, $4)",
            entry.party,
            entry.key,
            entry.request,
            code,
        )
    raise refusal from error


async def _posted(connection: Connection, entry: JournalEntry) -> Posted:
    found = await answer(connection, party=entry.party, key=entry.key)
    assert isinstance(found, Posted), (entry, found)
    return found


def _literals(entries: Sequence[JournalEntry]) -> str:
    """The columns of a batch as SQL text: numbers, UUIDs, bytes, dates, booleans, nothing written.

    The simple protocol, which takes COMMIT along, has no parameters.
    """
    return ", ".join(
        "null" if column is None else f"array[{','.join(map(_literal, column))}]::{name}[]"
        for column, name in zip(arguments(entries), _TYPES, strict=True)
    )


def _literal(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case bytes():
            return f"'\\x{value.hex()}'"
        case UUID():
            return f"'{value}'"
        case _:
            assert isinstance(value, date), value  # an instant is one too
            return f"'{value.isoformat()}'"
