"""Objects of the counter: a year somebody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from admin import memberships
from tests.api.objects import kind

if TYPE_CHECKING:
    from uuid import UUID

    from tests.api.town import Town, Who


@kind("membership")
async def membership(town: Town, who: Who) -> UUID:
    """A year that waits for its fee; one that waited before is left."""
    year = uuid4()
    async with town.services.rows() as rows:
        await memberships.leave(rows, party=who.party, actor=who.user, at=town.now)
        await memberships.ask(rows, party=who.party, membership=year, fee_cents=3_00, at=town.now)
    return year
