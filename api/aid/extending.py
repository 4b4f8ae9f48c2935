"""Lots that end later than they did, of one person or of a whole programme.

Some hundred at a time, rows and ledger in one commit, so that tills wait for none of it. Whoever
asks again after a break extends those that are left.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from admin.aid import lots
from admin.aid.programmes import check_extension, end_of
from admin.aid.refusals import NotExtended
from api.aid import founding
from api.wire.days import day_of
from api.wire.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from admin.aid.programmes import Programme
    from api.gate.asker import Asker
    from api.services import Services

PART: Final = 200
"""Lots that one statement extends while it holds the posting lock."""


async def award(services: Services, asker: Asker, number: UUID, until: date) -> int:
    """One lot ends later.

    Raises:
        Problem: `not_found`.
        NotExtended: it has ended, or see `check_extension`.
    """
    async with services.connection() as connection:
        found = await lots.of_award(connection, number)
    if found is None or found[0] != asker.acting:
        raise Problem("not_found")
    whose = await founding.of_asker(services, asker, found[1])
    return await _extend(services, asker, whose, [(number, found[2])], until)


async def programme(services: Services, asker: Asker, whose: Programme, until: date) -> int:
    """Every lot of a programme that still lives ends later; those that end later yet stay.

    Raises:
        NotExtended: none would.
    """
    async with services.connection() as connection:
        found = await lots.of_programme(connection, whose.id, services.clock.now())
    return await _extend(services, asker, whose, found, until)


async def _extend(
    services: Services,
    asker: Asker,
    whose: Programme,
    found: Sequence[tuple[UUID, datetime]],
    until: date,
) -> int:
    now = services.clock.now()
    later = []
    for number, expires in found:
        with suppress(NotExtended):
            check_extension(whose, expires, until, day_of(now))
            later.append(number)
    extended = 0
    for first in range(0, len(later), PART):
        part = later[first : first + PART]
        async with services.connection() as connection:
            extended += await lots.extend(connection, part, end_of(until), now, by=asker.grant)
    if not extended:
        raise NotExtended
    return extended
