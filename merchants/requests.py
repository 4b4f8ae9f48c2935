"""Payment requests: what a till asks for, once, for some minutes; its id is what is paid once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from merchants.tables import PAYMENT_REQUEST

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from merchants.places import Place

MINUTES: Final = 5
MINUTES_MAX: Final = 15
REFERENCE_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was made; whether it was paid the journal knows."""

    id: UUID
    till: UUID
    shift: UUID | None
    amount_cents: int
    reference: str
    made_at: datetime
    expires_at: datetime
    cancelled_at: datetime | None = None

    @property
    def document(self) -> UUID:
        """What its payment bears: the shift, else the till."""
        return self.shift or self.till


def new_request(
    number: UUID, place: Place, *, amount_cents: int, reference: str, minutes: int, at: datetime
) -> Request:
    """A request of a till or a shift; it ends on a whole second, as its code tells it."""
    assert 0 < minutes <= MINUTES_MAX, minutes
    ends = (at + timedelta(minutes=minutes)).replace(microsecond=0)
    return Request(number, place.till, place.shift, amount_cents, reference, at, ends)


async def add(connection: AsyncConnection, request: Request) -> None:
    """Write a new request down."""
    await connection.execute(
        insert(PAYMENT_REQUEST).values(
            id=request.id,
            till=request.till,
            shift=request.shift,
            amount_cents=request.amount_cents,
            reference=request.reference,
            made_at=request.made_at,
            expires_at=request.expires_at,
        )
    )


async def find(connection: AsyncConnection, number: UUID) -> Request | None:
    """The request with this id; None when there is none."""
    query = select(PAYMENT_REQUEST).where(PAYMENT_REQUEST.c.id == number)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Request(**row._mapping)  # noqa: SLF001  why: a public name of Row


async def mark_cancelled(connection: AsyncConnection, number: UUID, at: datetime) -> None:
    """Write down that nobody can pay it any more; the first instant stays."""
    mine = (PAYMENT_REQUEST.c.id == number) & PAYMENT_REQUEST.c.cancelled_at.is_(None)
    await connection.execute(update(PAYMENT_REQUEST).where(mine).values(cancelled_at=at))
