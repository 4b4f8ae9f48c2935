"""A year's fee and the year it pays, as one: the journal entry commits with the membership's row.

The rows are written through the driver, for the posting call and its COMMIT are the last words of
their transaction.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from admin.events import Happened
from ledger import store
from ledger.committing import Replayed, own_rows, post_and_commit
from ledger.refusals import AlreadyDone, KeyConflict, PostingRefusal

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import asyncpg

    from ledger.journal import JournalEntry
    from ledger.store import Connection

_LOCKED: Final = """
select party, paid_at, left_at, entry, valid_until from admin.membership where id = $1 for update
"""
_PAID: Final = """
update admin.membership m
   set paid_at = $2, entry = $3, valid_until = interval '1 year' + greatest($2, (
         select max(x.valid_until) from admin.membership x
          where x.party = m.party and x.left_at is null))
 where m.id = $1
returning valid_until
"""
_HAPPENED: Final = """
insert into admin.event (at, act, actor, party, object, facts) values ($1, $2, $3, $4, $5, $6)
"""


class Year(NamedTuple):
    """What a fee has paid: until when, by which entry."""

    paid_at: datetime
    until: datetime
    entry: UUID


async def pay(
    connection: Connection, *, membership: UUID, fee: JournalEntry, actor: UUID, at: datetime
) -> Year:
    """A year that was asked for is paid: it follows on the one before if that still runs.

    The same key again is answered with what stands.

    Args:
        connection: outside any transaction.
        membership: asked for; the entry settles it once.
        fee: `ledger.flows.fee_bsl` or `fee_eur`.
        actor: who pays, or who books the euros.
        at: now.

    Raises:
        AlreadyDone: paid under another key, or its member has left.
        KeyConflict: the key paid something else.
        PostingRefusal: the ledger's.
    """
    assert fee.once == membership, "a year is paid once"
    async with own_rows(connection):
        row = await connection.fetchrow(_LOCKED, membership)
        assert row is not None, membership
        if row["paid_at"] is None and row["left_at"] is None:
            until = await connection.fetchval(_PAID, membership, at, fee.id)
            facts = json.dumps({"entry": str(fee.id)})
            happened = (at, Happened.MEMBERSHIP_PAID, actor, row["party"], str(membership), facts)
            await connection.execute(_HAPPENED, *happened)
            try:
                await post_and_commit(connection, [fee])
            except Replayed:  # The key had paid something else: this year was not paid before.
                raise KeyConflict(fee.key) from None
            return Year(at, until, fee.id)
    return await _stands(connection, row, fee)


async def _stands(connection: Connection, row: asyncpg.Record, fee: JournalEntry) -> Year:
    """What this key paid, of a year that is paid."""
    before = await store.answer(connection, party=fee.party, key=fee.key)
    if isinstance(before, PostingRefusal):
        raise before
    if before is None:
        raise AlreadyDone(fee.key)
    kept = await store.request_of(connection, party=fee.party, key=fee.key)
    if before.id != row["entry"] or kept != fee.request:
        raise KeyConflict(fee.key)
    await connection.execute("select ledger.barrier()")  # what stands may not be durable yet
    return Year(row["paid_at"], row["valid_until"], before.id)
