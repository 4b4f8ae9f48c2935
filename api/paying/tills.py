"""The till somebody stands at: their own party's, or none at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.wire.problems import Problem
from merchants.refusals import PlaceClosed

if TYPE_CHECKING:
    from uuid import UUID

    from api.gate.asker import Asker
    from api.services import Services
    from merchants.places import Place


async def own_till(services: Services, asker: Asker, till: UUID) -> Place:
    """A till of the asker's party, open or closed.

    Raises:
        Problem: `not_found`, there is none or it is another's.
    """
    place = await services.paying.places.of(till)
    if place is None or place.shift is not None or place.party != asker.party:
        raise Problem("not_found")
    return place


async def standing(services: Services, asker: Asker, till: UUID, shift: UUID | None) -> Place:
    """Where the asker takes payments: at a till, or in a shift of theirs at it; open or closed.

    Raises:
        Problem: `not_found`, there is none or it is another's.
    """
    place = await own_till(services, asker, till)
    return place if shift is None else await _own_shift(services, asker, place, shift)


def check_open(place: Place) -> None:
    """Something is taken at this till, or in this shift.

    Raises:
        PlaceClosed: it has ended.
    """
    if place.closed:
        raise PlaceClosed


async def _own_shift(services: Services, asker: Asker, till: Place, shift: UUID) -> Place:
    place = await services.paying.places.of(shift)
    if place is None or place.shift is None or place.till != till.till:
        raise Problem("not_found")
    mine = place.user == asker.user if asker.key is None else place.api_key in {None, asker.key}
    if not mine:
        raise Problem("not_found")
    return place
