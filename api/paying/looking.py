"""Payments as those look at them who have to do with them: the payer, and the merchant paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.paying.told import PAID
from api.problems import Problem
from ledger import store
from merchants import remarks

if TYPE_CHECKING:
    from uuid import UUID

    from api.asker import Asker
    from api.services import Services
    from ledger.store import Entry
    from merchants.places import Place
    from merchants.remarks import Remark


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment that stands, durable, and where it was made."""

    entry: Entry
    place: Place
    by_payer: bool


async def seen(services: Services, asker: Asker, payment: UUID) -> Seen:
    """A payment of the asker's, made or taken.

    Raises:
        Problem: `not_found`, there is none or it is another's.
    """
    async with services.connection() as connection:
        entry = await store.entry_by_id(connection, payment)
    if entry is None or entry.kind not in PAID or entry.document is None:
        raise Problem("not_found")
    place = await services.paying.places.of(entry.document)
    if place is None or asker.party not in {entry.party, place.party}:
        raise Problem("not_found")
    await services.durable(entry.seq)
    return Seen(entry, place, by_payer=entry.party == asker.party)


async def taken_payment(services: Services, asker: Asker, payment: UUID) -> Seen:
    """A payment that the asker's merchant took.

    Raises:
        Problem: `not_found`, there is none or it is another's.
    """
    found = await seen(services, asker, payment)
    if found.place.party != asker.party:
        raise Problem("not_found")
    return found


async def remark_of(services: Services, entry: Entry) -> Remark | None:
    """What a payment says beyond its entry."""
    return (await remarks_of(services, [entry])).get(entry.id)


async def remarks_of(services: Services, entries: list[Entry]) -> dict[UUID, Remark]:
    """What payments say beyond their entries, by entry."""
    async with services.rows() as rows:
        return await remarks.of_entries(rows, [entry.id for entry in entries])


async def references_of(services: Services, entries: list[Entry]) -> dict[UUID, str]:
    """The references of the requests that were paid, by request."""
    asked = [entry.once for entry in entries if entry.once is not None]
    async with services.rows() as rows:
        return await remarks.references(rows, asked)
