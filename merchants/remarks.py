"""What a payment says beyond its entry: its price when part was paid in cash, a name, a reference.

A name is there only when the payer typed one for this payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from merchants.tables import PAYMENT_REQUEST, REMARK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

PAYER_NAME_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Remark:
    """What is known of a payment beside the ledger; `cash_cents` are euros paid at the till."""

    asked_cents: int | None = None
    cash_cents: int | None = None
    payer_name: str | None = None
    reference: str | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to write down."""
        return self == _NOTHING


_NOTHING: Final = Remark()


async def of_entries(connection: AsyncConnection, entries: Iterable[UUID]) -> dict[UUID, Remark]:
    """The remarks of some entries, by entry."""
    c = REMARK.c
    query = select(c.entry, c.asked_cents, c.cash_cents, c.payer_name, c.reference)
    rows = await connection.execute(query.where(c.entry.in_(list(entries))))
    return {row.entry: Remark(*row[1:]) for row in rows}


async def references(connection: AsyncConnection, requests: Iterable[UUID]) -> dict[UUID, str]:
    """The references of some payment requests, by request."""
    c = PAYMENT_REQUEST.c
    rows = await connection.execute(select(c.id, c.reference).where(c.id.in_(list(requests))))
    return {row.id: row.reference for row in rows}
