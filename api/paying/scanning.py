"""What a scanned or typed code stands for: whom it pays, how much it asks, and why it may not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from merchants.codes import Card, Poster, parse, read_code, verify_request
from merchants.refusals import (
    AmountFixed,
    AmountMissing,
    CodeUnreadable,
    PlaceClosed,
    RequestExpired,
)
from merchants.signing import verifying

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from api.services import Services
    from ledger.refusals import Refusal
    from merchants.codes import Asked, Realm, Request
    from merchants.places import Place

CODE_CHARACTERS_MAX = 400
"""The longest link of ours, with room for a long host."""
KINDS_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code of ours as it was read.

    Attributes:
        place: whom it pays.
        asked: what a payment request asks for; None for a poster.
        trouble: why nobody may pay it now; a retry of what was paid is answered all the same.
    """

    place: Place
    asked: Asked | None = None
    trouble: Refusal | None = None

    @property
    def request(self) -> UUID | None:
        """The id of what is paid once."""
        return None if self.asked is None else self.asked.request

    @property
    def not_after(self) -> datetime | None:
        """The last instant for its payment."""
        return None if self.asked is None else self.asked.expires_at

    def price_cents(self, typed_cents: int | None) -> int:
        """How much is to be paid: what a request asks, or what was typed for a poster.

        Raises:
            AmountFixed, AmountMissing: it was typed where it is fixed, or the other way round.
        """
        if self.asked is None:
            if typed_cents is None:
                raise AmountMissing
            return typed_cents
        if typed_cents not in {None, self.asked.amount_minor}:
            raise AmountFixed
        return self.asked.amount_minor


async def scan(services: Services, text: str) -> Scanned:
    """Whom a code pays; its signature and its time are verified, what is wrong is its trouble.

    Raises:
        CodeUnreadable: no code of ours, a card's, or one whose till there never was.
    """
    kind = _kind(text, services.paying.realm)
    if isinstance(kind, Poster):
        return _of_poster(await services.paying.places.of_poster(kind.code))
    place = await services.paying.places.of(kind.asked.place)
    if place is None:
        raise CodeUnreadable
    return Scanned(place, kind.asked, await _trouble(services, kind))


@lru_cache(maxsize=KINDS_REMEMBERED)
def _kind(text: str, realm: Realm) -> Poster | Request:
    """A text as it was read; a poster is read once, however many pay it."""
    if not text.startswith("https:"):
        return Poster(read_code(text))
    kind = parse(text, realm)
    if isinstance(kind, Card):
        raise CodeUnreadable
    return kind


def _of_poster(place: Place | None) -> Scanned:
    if place is None:
        raise CodeUnreadable
    return Scanned(place, trouble=PlaceClosed() if place.closed else None)


async def _trouble(services: Services, request: Request) -> Refusal | None:
    at = services.clock.now()
    keys = verifying(await services.paying.keyring.keys(), at=at)
    try:
        verify_request(request, keys, at=at)
    except (CodeUnreadable, RequestExpired) as trouble:
        return trouble
    return None
