"""Lots that end later than they did, of one person or of a whole programme.

The ledger is told first: should the rows not follow, a holder has longer, never less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.aid import lots
from admin.aid.programmes import check_extension
from admin.aid.refusals import NotExtended
from api.aid import founding
from api.days import day_of
from api.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from admin.aid.programmes import Programme
    from api.asker import Asker
    from api.services import Services


async def award(services: Services, asker: Asker, number: UUID, until: date) -> int:
    """One lot ends later.

    Raises:
        Problem: `not_found`.
        NotExtended: see `check_extension`.
    """
    async with services.connection() as connection:
        found = await lots.of_award(connection, number)
    if found is None or found[0] != asker.acting:
        raise Problem("not_found")
    whose = await founding.of_asker(services, asker, found[1])
    return await _extend(services, asker, whose, [(number, found[2], found[3])], until)


async def programme(services: Services, asker: Asker, whose: Programme, until: date) -> int:
    """Every lot of a programme that still lives ends later; those that end later yet stay.

    Raises:
        NotExtended: none would.
    """
    async with services.connection() as connection:
        found = await lots.of_programme(connection, whose.id)
    return await _extend(services, asker, whose, found, until)


async def _extend(
    services: Services,
    asker: Asker,
    whose: Programme,
    found: Sequence[tuple[UUID, datetime, int]],
    until: date,
) -> int:
    now = services.clock.now()
    later = []
    for number, expires, lot in found:
        try:
            later.append((number, check_extension(whose, expires, until, day_of(now)), lot))
        except NotExtended:
            continue
    if not later:
        raise NotExtended
    async with services.connection() as connection:
        for number, expires, lot in later:
            await lots.tell_ledger(connection, lot, expires)
            async with connection.transaction():
                await lots.extend(connection, number, expires, now, by=asker.grant, step="extended")
    return len(later)
