"""What the ledger answered a key, and closing: keys and acts that shall not happen any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger.journal import Posted
from ledger.lane import confirming
from ledger.refusals import POSTING_REFUSALS, PostingRefusal
from ledger.store.scripts import statement

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from ledger.store.scripts import Connection


class Done(NamedTuple):
    """The entry in which something that may happen once has happened."""

    seq: int
    id: UUID
    posted_at: datetime


class KeptRefusal(NamedTuple):
    """A refusal as it is kept for its key."""

    code: str
    key: UUID
    at: datetime


async def answer(
    connection: Connection, *, party: int, key: UUID
) -> Posted | PostingRefusal | None:
    """What the ledger answered this key; None when it never heard of it.

    Show it to people only once its seq is durable (`Poster.durable`).
    """
    row = await connection.fetchrow(statement("answer"), party, key)
    return None if row is None else _answer(key, *row)


async def close_key(connection: Connection, *, party: int, key: UUID) -> Posted | PostingRefusal:
    """What the ledger answered this key; if nothing, the key is closed and "no" is final.

    Raises:
        OutcomeUnknown: the answer is not known to be durable: ask again.
    """
    with confirming(connection, key):
        row = await connection.fetchrow("select * from ledger.close_key($1, $2)", party, key)
    assert row is not None
    return _answer(key, *row)


async def close_once(connection: Connection, once: UUID) -> Done | None:
    """The act that had happened already; if none, it is closed and never will (`once_closed`).

    Raises:
        OutcomeUnknown: the answer is not known to be durable: ask again.
    """
    with confirming(connection, once):
        row = await connection.fetchrow("select * from ledger.close_once($1)", once)
    assert row is not None
    return None if row["number"] is None else Done(*row)


def _answer(
    key: UUID, code: str | None, seq: int, posted_at: datetime, balance: int, entry: UUID
) -> Posted | PostingRefusal:
    return Posted(seq, posted_at, balance, entry) if code is None else POSTING_REFUSALS[code](key)


async def request_of(connection: Connection, *, party: int, key: UUID) -> bytes | None:
    """The hash of what a key was used for; None when it was not, or was closed unused."""
    found: bytes | None = await connection.fetchval(statement("request_of"), party, key)
    return found


async def refusals_of(connection: Connection, party: int, limit: int) -> list[KeptRefusal]:
    """The last refusals of a party, newest first; a closed key is none."""
    rows = await connection.fetch(statement("refusals_of"), party, limit)
    return [KeptRefusal(*row) for row in rows]
