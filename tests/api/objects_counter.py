"""Objects of the counter: a year somebody asked for, an account whose card was handed out here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from admin.means import cards
from admin.people import memberships
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


@kind("handed_account")
async def handed_account(town: Town, who: Who) -> int:
    """Of a holder whose card came from the asker's stock."""
    holder, place, by = await town.resident(), who.party, who.user
    async with town.services.rows() as rows:
        (card,) = await cards.print_batch(rows, place=place, count=1, actor=by, at=town.now)
        await cards.hand_out(
            rows, number=card.number, place=place, party=holder.party, user=holder.user,
            actor=by, at=town.now,
        )  # fmt: skip
    return holder.party
