"""What was decided of merchants: a first half, a second by another person, or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from merchants.admission import What
from merchants.refusals import DecisionOpen
from merchants.tables import DECISION, MERCHANT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


_STORED: Final = {What.RENEW: What.APPROVE}
"""A renewal is the approval of who has one already: its row is told from the first by its time."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a merchant; `proposed_by` and `confirmed_by` are grants."""

    id: UUID
    merchant: UUID
    what: What
    reason: str
    proposed_by: UUID
    proposed_at: datetime
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None


_KNOWN: Final = select(DECISION, MERCHANT.c.approved_at).join(
    MERCHANT, MERCHANT.c.id == DECISION.c.merchant
)


async def propose(connection: AsyncConnection, new: Decision) -> None:
    """Write the first half of a decision down.

    Raises:
        DecisionOpen: another one of this merchant waits.
    """
    row = {
        "id": new.id,
        "merchant": new.merchant,
        "what": _STORED.get(new.what, new.what),
        "reason": new.reason,
        "proposed_by": new.proposed_by,
        "proposed_at": new.proposed_at,
    }
    made = await connection.execute(insert(DECISION).values(**row).on_conflict_do_nothing())
    if made.rowcount == 0:
        raise DecisionOpen


async def find(connection: AsyncConnection, number: UUID) -> Decision | None:
    """A decision by its id."""
    row = (await connection.execute(_KNOWN.where(DECISION.c.id == number))).one_or_none()
    return None if row is None else _decision(row)


async def of_merchant(connection: AsyncConnection, merchant: UUID) -> Sequence[Decision]:
    """What was decided of a merchant, newest first."""
    query = _KNOWN.where(DECISION.c.merchant == merchant)
    rows = await connection.execute(query.order_by(DECISION.c.proposed_at.desc()).limit(100))
    return [_decision(row) for row in rows]


async def open_of(connection: AsyncConnection, merchants: Sequence[UUID]) -> dict[UUID, Decision]:
    """What waits for a second person, of these merchants; a freeze aside there is one at most."""
    waits = DECISION.c.confirmed_at.is_(None) & DECISION.c.withdrawn_at.is_(None)
    query = _KNOWN.where(DECISION.c.merchant.in_(merchants), waits, DECISION.c.what != What.FREEZE)
    return {row.merchant: _decision(row) for row in await connection.execute(query)}


def _decision(row: Any) -> Decision:
    known = dict(row._mapping)  # noqa: SLF001  why: a public name of Row
    approved_at, what = known.pop("approved_at"), What(row.what)
    if what is What.APPROVE and approved_at is not None and row.proposed_at > approved_at:
        what = What.RENEW
    return Decision(**{**known, "what": what})


async def confirm(connection: AsyncConnection, number: UUID, *, by: UUID, at: datetime) -> None:
    """Write the second half of a decision down."""
    row = {"confirmed_by": by, "confirmed_at": at}
    await connection.execute(update(DECISION).where(DECISION.c.id == number).values(**row))


async def withdraw(connection: AsyncConnection, number: UUID, at: datetime) -> None:
    """A decision that nobody confirmed holds no longer."""
    gone = update(DECISION).where(DECISION.c.id == number, DECISION.c.confirmed_at.is_(None))
    await connection.execute(gone.values(withdrawn_at=at))


async def withdraw_freeze(connection: AsyncConnection, merchant: UUID, at: datetime) -> None:
    """The freeze that nobody confirmed holds no longer."""
    waits = DECISION.c.confirmed_at.is_(None) & DECISION.c.withdrawn_at.is_(None)
    mine = (DECISION.c.merchant == merchant) & (DECISION.c.what == What.FREEZE)
    await connection.execute(update(DECISION).where(mine, waits).values(withdrawn_at=at))
