"""Objects of the room of buying, made for who asks."""

from __future__ import annotations

from uuid import uuid4

from admin.reserve import orders
from admin.roles import Role
from api.acting import act
from api.policies import policy_in_force, scheme_of
from ledger import holders, store
from ledger.chart import AccountClass
from ledger.conversion import SYMMETRIC
from ledger.flows import accounts as own
from ledger.flows import public_settlement
from ledger.kinds import Kind
from ledger.lots import Share
from ledger.money import euros
from tests.api.buying.buyers import join
from tests.api.objects import kind
from tests.database.world import entry


@kind("order")
async def order(town, who):
    """An order of the asker's, whatever their role."""
    await join(town, who)
    policy = await policy_in_force(town.services)
    quote = orders.quote(euros(20_00), policy, await scheme_of(town.services))
    wish = orders.Wish(uuid4(), who.party, who.account, who.user, uuid4(), bytes(16), quote)
    async with town.services.rows() as rows:
        made = await orders.make(rows, wish, limits=policy.limits, held=0, at=town.now)
    assert made is not None
    return made.id


@kind("movement")
async def movement(town, who):
    """An entry that touched the asker's account."""
    if who.role is Role.CASH_OFFICER:
        return await passed_on(town, who)
    if who.account is None:
        await join(town, who)
    await town.fill(who, 1_00)
    async with town.services.connection() as connection:
        return (await holders.movements(connection, [who.account]))[0].id


async def passed_on(town, who):
    """A public body holds nothing: what it is paid leaves it in the same entry."""
    payer = await town.resident(50_00)
    async with town.services.connection() as connection:
        payable = await store.open_account(connection, AccountClass.PAYABLE, party=who.party)
    await town.services.post(entry(Kind.OPERATING, (own.OPER, own.DON, 10_00)))
    settled = public_settlement(
        act(town.services, payer.party, uuid4(), "settle", document=uuid4()),
        shares=[Share(payer.account, 21_00)],
        public=who.account,
        payable=payable,
        scheme=SYMMETRIC,
    )
    await town.services.post(settled)
    return settled.id
