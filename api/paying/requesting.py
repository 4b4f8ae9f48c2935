"""How a payment request stands: open, paid, cancelled or expired; the journal decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from api.wire.problems import Problem
from ledger import store
from merchants import requests
from merchants.codes import Asked, new_code, sign_request

if TYPE_CHECKING:
    from uuid import UUID

    from api.gate.asker import Asker
    from api.services import Services
    from ledger.store import Entry
    from merchants.places import Place
    from merchants.requests import Request

Status = Literal["open", "paid", "cancelled", "expired"]


@dataclass(frozen=True, slots=True)
class Standing:
    """A request, where it was made, and what became of it."""

    request: Request
    place: Place
    status: Status
    entry: Entry | None = None


async def own_request(services: Services, asker: Asker, number: UUID) -> tuple[Request, Place]:
    """A request of the asker's party.

    Raises:
        Problem: `not_found`, there is none or it is another's.
    """
    async with services.rows() as rows:
        request = await requests.find(rows, number)
    place = None if request is None else await services.paying.places.of(request.document)
    if request is None or place is None or place.party != asker.party:
        raise Problem("not_found")
    return request, place


async def stands(services: Services, request: Request, place: Place) -> Standing:
    """What became of a request, as far as is known to survive."""
    async with services.connection() as connection:
        entry = await store.entry_by_once(connection, request.id)
    if entry is not None:
        await services.durable(entry.seq)
        return Standing(request, place, "paid", entry)
    if request.cancelled_at is not None:
        return Standing(request, place, "cancelled")
    expired = request.expires_at <= services.clock.now()
    return Standing(request, place, "expired" if expired else "open")


async def link(services: Services, request: Request, place: Place) -> str:
    """What its QR code says; signed with the key of now."""
    key = await services.paying.keyring.signing(services.clock.now())
    code = place.poster or new_code()  # a till without a poster: the request names its till itself
    asked = Asked(code, request.id, request.document, request.amount_cents, request.expires_at)
    return sign_request(asked, key, services.paying.realm)
