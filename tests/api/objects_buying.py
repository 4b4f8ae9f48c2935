"""Objects of the room of buying, made for who asks."""

from __future__ import annotations

from uuid import uuid4

from admin import orders
from api.policies import policy_in_force, scheme_of
from ledger.money import euros
from tests.api.buying.buyers import join
from tests.api.objects import kind


@kind("order")
async def order(town, who):
    """An order of the asker's, whatever their role."""
    if who.account is None or "joined" not in who.extra:
        await join(town, who)
        who.extra["joined"] = True
    policy = await policy_in_force(town.services)
    quote = orders.quote(euros(20_00), policy, await scheme_of(town.services))
    wish = orders.Wish(uuid4(), who.party, who.account, who.user, uuid4(), bytes(16), quote)
    async with town.services.rows() as rows:
        made = await orders.make(rows, wish, limits=policy.limits, held=0, at=town.now)
    return made.id
