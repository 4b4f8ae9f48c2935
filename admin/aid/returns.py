"""Free euros of a programme go back to its sponsor: one treasurer proposes, another confirms.

Until then any treasurer may withdraw it and says why: a proposal that no longer fits, because
awards came to wait for its euros, must not keep the next one away. On the driver's connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import asyncpg

from admin.aid.refusals import ReturnDecided, ReturnOpen
from admin.events import Event, Happened
from admin.telling import alongside
from ledger.committing import post_and_commit
from ledger.flows import programme_return

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from admin.reserve.bank_credits import Who
    from ledger.flows.act import Act
    from ledger.store import Connection


class Returning(NamedTuple):
    """Free euros of a programme that are to go back to its sponsor."""

    id: UUID
    programme: UUID
    euros_cents: int
    document: UUID
    proposed_by: UUID
    proposed_at: datetime
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    entry: UUID | None = None
    withdrawn_by: UUID | None = None
    withdrawn_at: datetime | None = None
    reason: str | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for a second person."""
        return self.confirmed_by is None and self.withdrawn_by is None


async def find(connection: Connection, number: UUID, *, lock: bool = False) -> Returning | None:
    """A return by its id; locked until the transaction ends."""
    row = await connection.fetchrow(_LOCKED if lock else _FIND, number)
    return None if row is None else Returning(*row)


async def of_programme(
    connection: Connection,
    programme: UUID,
    *,
    before: tuple[datetime, UUID] | None = None,
    count_max: int,
) -> list[Returning]:
    """The returns of a programme, newest first: one that waits is the first of all."""
    place = before or (None, None)
    return [Returning(*r) for r in await connection.fetch(_OF, programme, count_max, *place)]


async def propose(connection: Connection, new: Returning) -> None:
    """Write down what one treasurer proposes to return; again is no act.

    Raises:
        ReturnOpen: another return of this programme waits.
    """
    try:
        await connection.execute(_PROPOSE, *new[:6])
    except asyncpg.UniqueViolationError:
        raise ReturnOpen from None


async def give_back(
    connection: Connection, act: Act, row: Returning, account: int, who: Who
) -> None:
    """The second treasurer agrees: the euros leave for the sponsor (F-17).

    Raises:
        ReturnDecided: it was withdrawn.
        PostingRefusal, Replan, Replayed, OutcomeUnknown: as `post_and_commit`.
    """
    if not row.open:
        raise ReturnDecided
    await connection.execute(_RETURNED, row.id, who.grant, who.at, act.id)
    facts = {"programme": str(row.programme)}
    event = Event(Happened.PROGRAMME_RETURNED, who.user, None, str(row.id), facts)
    await alongside.write(connection, event, who.at)
    entry = programme_return(act, euros_cents=row.euros_cents, programme=account)
    await post_and_commit(connection, [entry])


async def withdraw(connection: Connection, number: UUID, who: Who, reason: str) -> None:
    """The euros stay; again is no act, and the first reason stands. In a transaction.

    Raises:
        ReturnDecided: it was confirmed.
    """
    row = await find(connection, number, lock=True)
    assert row is not None, "returns stay"
    if row.withdrawn_by is not None:
        return
    if not row.open:
        raise ReturnDecided
    await connection.execute(_WITHDRAW, number, who.grant, who.at, reason)
    facts = {"programme": str(row.programme)}
    event = Event(Happened.PROGRAMME_RETURN_WITHDRAWN, who.user, None, str(number), facts)
    await alongside.write(connection, event, who.at)


_COLUMNS: Final = """
    select id, programme, euros_cents, document, proposed_by, proposed_at, confirmed_by,
           confirmed_at, entry, withdrawn_by, withdrawn_at, reason
      from admin.programme_return"""
_FIND: Final = f"{_COLUMNS} where id = $1"
_LOCKED: Final = f"{_FIND} for update"
_OF: Final = f"""{_COLUMNS}
     where programme = $1
       and ($3::timestamptz is null or (proposed_at, id) < ($3, $4::uuid))
     order by proposed_at desc, id desc limit $2"""
_PROPOSE: Final = """
    insert into admin.programme_return (id, programme, euros_cents, document, proposed_by,
           proposed_at)
    values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing"""
_RETURNED: Final = """
    update admin.programme_return set confirmed_by = $2, confirmed_at = $3, entry = $4
     where id = $1"""
_WITHDRAW: Final = """
    update admin.programme_return set withdrawn_by = $2, withdrawn_at = $3, reason = $4
     where id = $1"""
