"""The day of a till: what it took, what it gave back, what was paid in cash; closed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from merchants.tables import DAY_CLOSING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ledger.store import Moved
    from merchants.remarks import Remark


@dataclass(frozen=True, slots=True)
class Figures:
    """What a till did on a day, up to an entry; `cash_cents` are euros of split payments."""

    payments: int
    paid_cents: int
    refunds: int
    refunded_cents: int
    cash_cents: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Closing:
    """A day as it was closed; `closed_by` is a user."""

    figures: Figures
    closed_by: UUID
    closed_at: datetime


def count(moved: Iterable[Moved], remarks: Mapping[UUID, Remark], last_seq: int) -> Figures:
    """The figures of the entries of a day."""
    paid = [one.cents for one in moved if not one.back]
    back = [one.cents for one in moved if one.back]
    cash = sum(remark.cash_cents or 0 for remark in remarks.values())
    return Figures(len(paid), sum(paid), len(back), sum(back), cash, last_seq)


async def find(connection: AsyncConnection, till: UUID, day: date) -> Closing | None:
    """How a day was closed; None while it was not."""
    c = DAY_CLOSING.c
    query = select(
        c.payments, c.paid_cents, c.refunds, c.refunded_cents, c.cash_cents, c.last_seq,
        c.closed_by, c.closed_at,
    ).where(c.till == till, c.day == day)  # fmt: skip
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Closing(Figures(*row[:6]), row.closed_by, row.closed_at)


async def close(connection: AsyncConnection, till: UUID, day: date, closing: Closing) -> bool:
    """Write down how a day was closed; False when it was before, which stays."""
    figures = closing.figures
    row = {
        "till": till,
        "day": day,
        "payments": figures.payments,
        "paid_cents": figures.paid_cents,
        "refunds": figures.refunds,
        "refunded_cents": figures.refunded_cents,
        "cash_cents": figures.cash_cents,
        "last_seq": figures.last_seq,
        "closed_by": closing.closed_by,
        "closed_at": closing.closed_at,
    }
    written = insert(DAY_CLOSING).values(row).on_conflict_do_nothing()
    return (await connection.execute(written)).rowcount == 1
