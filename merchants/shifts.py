"""Who stands at a till: one person at a time, on a device that several share.

A payment's `document` is the shift that took it, else the till, so that a day's list of each
cashier is read from the journal itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, insert, select, update

from ledger import store
from merchants.places import changed
from merchants.tables import SHIFT, TILL

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ledger.store import Connection, Entry


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


_PAGE: Final = 1_000
SHIFTS_MAX: Final = 100
"""Listed of one day."""
CLOCKS_APART: Final = timedelta(minutes=1)
"""By how much the ledger's clock and ours may differ."""
_SHIFT: Final = (
    SHIFT.c.id,
    SHIFT.c.till,
    SHIFT.c.user_id,
    SHIFT.c.role_grant,
    SHIFT.c.api_key,
    SHIFT.c.begun_at,
    SHIFT.c.ended_at,
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
    """Who stands at a till that is in use."""
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


async def of_day(
    connection: AsyncConnection, till: UUID, begun: datetime, ended: datetime
) -> Sequence[Shift]:
    """Who stood at a till between two instants, newest first."""
    within = (SHIFT.c.begun_at < ended) & (SHIFT.c.ended_at.is_(None) | (SHIFT.c.ended_at > begun))
    query = select(*_SHIFT).where(SHIFT.c.till == till, within)
    rows = await connection.execute(query.order_by(SHIFT.c.begun_at.desc()).limit(SHIFTS_MAX))
    return [Shift(*row) for row in rows]


async def end(connection: AsyncConnection, shift: UUID, at: datetime) -> None:
    """Somebody leaves a till; again is no act."""
    await _end(connection, SHIFT.c.id == shift, at)


async def grants(connection: AsyncConnection) -> Sequence[UUID]:
    """In which roles people stand at tills now."""
    standing = select(SHIFT.c.role_grant).where(SHIFT.c.ended_at.is_(None)).distinct()
    return (await connection.scalars(standing)).all()


async def end_of(connection: AsyncConnection, roles: Collection[UUID], at: datetime) -> None:
    """Whoever stands at a till in one of these roles leaves it."""
    await _end(connection, SHIFT.c.role_grant.in_(roles), at)


async def _end(connection: AsyncConnection, which: Any, at: datetime) -> None:
    last = func.greatest(SHIFT.c.begun_at, at)  # by the clock of another process
    left = update(SHIFT).where(which, SHIFT.c.ended_at.is_(None)).values(ended_at=last)
    if (await connection.execute(left)).rowcount:
        await changed(connection)


def taking(entry: Entry, account: int) -> Taking:
    """What an entry brought a merchant's account, or took back from it.

    A payment may come from several lots, and a public body's leaves the account at once: what was
    credited is paid, and only an entry that credits nothing gives back.
    """
    paid_cents = sum(t.amount for t in entry.transfers if t.credit == account)
    back_cents = sum(t.amount for t in entry.transfers if t.debit == account)
    given_cents = 0 if paid_cents else back_cents
    return Taking(entry.seq, entry.id, entry.posted_at, paid_cents, given_cents)


async def takings(
    ledger: Connection, shift: Shift, account: int, *, now: datetime, before: int | None, count: int
) -> Sequence[Taking]:
    """What a shift took and gave back, newest first, before an entry's number.

    Show it once the newest is known to be durable.
    """
    found = await store.taken(
        ledger,
        account,
        document=shift.id,
        begun=shift.begun_at - CLOCKS_APART,
        ended=(shift.ended_at or now) + CLOCKS_APART,
        before=before,
        entries_max=count,
    )
    return [taking(entry, account) for entry in found]


async def total(ledger: Connection, shift: Shift, account: int, *, now: datetime) -> Total:
    """How much a shift took and gave back in all."""
    all_of_it: list[Taking] = []
    before: int | None = None
    while True:
        page = await takings(ledger, shift, account, now=now, before=before, count=_PAGE)
        all_of_it += page
        if len(page) < _PAGE:
            break
        before = page[-1].seq
    return Total(
        sum(1 for one in all_of_it if one.paid_cents),
        sum(one.paid_cents for one in all_of_it),
        sum(1 for one in all_of_it if not one.paid_cents),
        sum(one.refunded_cents for one in all_of_it),
    )
