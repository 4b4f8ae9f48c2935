"""Who stands at a till: one person at a time, on a device that several share.

A payment's `document` is the shift that took it, else the till, so that a day's list of each
cashier is read from the journal itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import insert, select, text, update

from merchants.tables import SHIFT, TILL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


class Shift(NamedTuple):
    """A person at a till; `grant` is the role they do it in, `key` that of the device."""

    id: UUID
    till: UUID
    user: UUID
    grant: UUID
    key: UUID | None
    begun_at: datetime
    ended_at: datetime | None = None


class Taking(NamedTuple):
    """An entry of the journal that a shift made; cents of the local currency."""

    seq: int
    id: UUID
    posted_at: datetime
    paid_cents: int
    refunded_cents: int


class Total(NamedTuple):
    """What a shift took and gave back; cents of the local currency."""

    payments: int
    paid_cents: int
    refunds: int
    refunded_cents: int


_CLOCKS_APART: Final = timedelta(minutes=1)
"""By how much the database's clock and ours may differ."""
_SHIFT: Final = (
    SHIFT.c.id,
    SHIFT.c.till,
    SHIFT.c.user_id,
    SHIFT.c.role_grant,
    SHIFT.c.api_key,
    SHIFT.c.begun_at,
    SHIFT.c.ended_at,
)
# The transfers of the account since the shift began, by the two indexes that lead with it. What a
# payment credits is paid, what a refund debits is given back, whatever lots they came from.
_TAKINGS: Final = """
with moved as (
  select seq, amount as paid, 0 as refunded from ledger.journal
   where credit = :account and seq > :first
  union all
  select seq, 0, amount from ledger.journal where debit = :account and seq > :first
  union all
  select seq, amount, 0 from ledger.journal_more where credit = :account and seq > :first
  union all
  select seq, 0, amount from ledger.journal_more where debit = :account and seq > :first
), mine as (
  select e.seq, e.id, e.posted_at, sum(m.paid)::bigint as paid,
         case when sum(m.paid) > 0 then 0 else sum(m.refunded) end::bigint as refunded
    from moved m join ledger.journal e using (seq)
   where e.document = :shift
   group by e.seq, e.id, e.posted_at)
"""
_PAGE: Final = text(
    f"{_TAKINGS} select * from mine where seq < :before order by seq desc limit :count"  # noqa: S608  # why: two constants
)
_TOTAL: Final = text(
    f"""{_TAKINGS}
select count(*) filter (where paid > 0), coalesce(sum(paid), 0)::bigint,
       count(*) filter (where refunded > 0), coalesce(sum(refunded), 0)::bigint
  from mine"""  # noqa: S608  # why: two constants
)
_FIRST: Final = text(
    "select coalesce((select last_seq from ledger.chain_link where posted_at < :begun"
    " order by posted_at desc, last_seq desc limit 1), 0)"
)


async def begin(connection: AsyncConnection, new: Shift) -> None:
    """Somebody stands at a till from now on; who stood there leaves. The till is locked."""
    await _end(connection, SHIFT.c.till == new.till, new.begun_at)
    row = {
        "id": new.id,
        "till": new.till,
        "user_id": new.user,
        "role_grant": new.grant,
        "api_key": new.key,
        "begun_at": new.begun_at,
    }
    await connection.execute(insert(SHIFT).values(**row))


async def find(connection: AsyncConnection, *, till: UUID, shift: UUID) -> Shift | None:
    """A shift of a till, running or over."""
    query = select(*_SHIFT).where(SHIFT.c.id == shift, SHIFT.c.till == till)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Shift(*row)


async def running(connection: AsyncConnection, till: UUID) -> Shift | None:
    """Who stands at a till that is in use; whether their role is still held is not asked here."""
    query = (
        select(*_SHIFT)
        .join(TILL, TILL.c.id == SHIFT.c.till)
        .where(SHIFT.c.till == till, SHIFT.c.ended_at.is_(None), TILL.c.closed_at.is_(None))
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Shift(*row)


async def of_till(connection: AsyncConnection, till: UUID, count: int) -> Sequence[Shift]:
    """The last shifts of a till, newest first."""
    query = select(*_SHIFT).where(SHIFT.c.till == till)
    rows = await connection.execute(query.order_by(SHIFT.c.begun_at.desc()).limit(count))
    return [Shift(*row) for row in rows]


async def end(connection: AsyncConnection, shift: UUID, at: datetime) -> None:
    """Somebody leaves a till; again is no act."""
    await _end(connection, SHIFT.c.id == shift, at)


async def _end(connection: AsyncConnection, which: Any, at: datetime) -> None:
    left = update(SHIFT).where(which, SHIFT.c.ended_at.is_(None)).values(ended_at=at)
    await connection.execute(left)


async def takings(
    connection: AsyncConnection, shift: Shift, account: int, *, before: int, count: int
) -> Sequence[Taking]:
    """What a shift took and gave back, newest first, before an entry's number.

    Show it once the newest is known to be durable.
    """
    facts = await _facts(connection, shift, account)
    rows = await connection.execute(_PAGE, facts | {"before": before, "count": count})
    return [Taking(*row) for row in rows]


async def total(connection: AsyncConnection, shift: Shift, account: int) -> Total:
    """How much a shift took and gave back in all."""
    row = (await connection.execute(_TOTAL, await _facts(connection, shift, account))).one()
    return Total(*row)


async def _facts(connection: AsyncConnection, shift: Shift, account: int) -> dict[str, object]:
    first = await connection.scalar(_FIRST, {"begun": shift.begun_at - _CLOCKS_APART})
    return {"account": account, "first": first, "shift": shift.id}
