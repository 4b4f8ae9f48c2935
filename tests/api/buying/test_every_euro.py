"""For any sequence of acts and retries each euro is issued once, waiting, or returned."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.roles import Role
from api.acting import act
from api.reserve.buying import release_what_fits
from api.routes import ROUTES
from ledger.flows import payment
from ledger.lots import Share
from tests.api.buying.buyers import eur, faults_of_the_law, line, member, treasurer
from tests.api.house import house
from tests.api.town import Town


@dataclass
class Ground:
    """A service that may be started anew before the same database, and its people."""

    database: Any
    stack: AsyncExitStack
    home: Any
    town: Town
    poor: Any
    shop: Any
    tre: Any
    orders: list = field(default_factory=list)
    credits: list = field(default_factory=list)

    async def restart(self):
        """The service ends, and another one begins before the same database."""
        await self.stack.aclose()
        self.home = await self.stack.enter_async_context(house(self.database, routes=ROUTES))
        self.town.house = self.home
        for who in (self.poor, self.shop, self.tre):
            who.house = self.home

    async def ask(self, who, path, body, how):
        """Ask with one key, as often as a nervous client does; the answers are all the same."""
        key = uuid4()
        if how == "at once":
            answers = await asyncio.gather(*(who.post(path, body, key=key) for _ in range(4)))
        else:
            answers = [await who.post(path, body, key=key)]
            if how == "after a restart":
                await self.restart()
            if how != "once":
                answers.append(await who.post(path, body, key=key))
        stood = [answer for answer in answers if answer.status_code == 201]
        assert {answer.status_code for answer in answers} <= {201, 409, 422, 503}, answers
        assert len({answer.content for answer in stood}) <= 1
        return stood[0].json() if stood else None


async def order(ground, cents, nth, how):
    amount = {"amount": eur(min(cents, 60_00))}
    made = await ground.ask(ground.poor, "/v1/orders", amount, how)
    ground.orders += [made["id"]] if made else []


async def credit(ground, cents, nth, how):
    more = {"order": ground.orders[nth % len(ground.orders)]} if ground.orders else {}
    made = await ground.ask(ground.tre, "/v1/bank-credits", line(cents, **more), how)
    ground.credits.append((made["id"], cents))


async def stray(ground, cents, nth, how):
    made = await ground.ask(ground.tre, "/v1/bank-credits", line(cents), how)
    ground.credits.append((made["id"], cents))


async def match(ground, cents, nth, how):
    if ground.credits and ground.orders:
        path = f"/v1/bank-credits/{ground.credits[nth % len(ground.credits)][0]}/match"
        whose = {"order": ground.orders[cents % len(ground.orders)]}
        await ground.ask(ground.tre, path, whose, how)


async def give_back(ground, cents, nth, how):
    if ground.credits:
        path = f"/v1/bank-credits/{ground.credits[nth % len(ground.credits)][0]}/return"
        await ground.ask(ground.tre, path, None, how)


async def surplus(ground, cents, nth, how):
    if ground.orders:
        path = f"/v1/orders/{ground.orders[nth % len(ground.orders)]}/surplus"
        await ground.ask(ground.poor, path, None, how)


async def spending(ground, cents, nth, how):
    await spend(ground, cents)


async def sweep(ground, cents, nth, how):
    await release_what_fits(ground.home.services)


async def spend(ground, cents):
    held = await ground.town.balance(ground.poor)
    if held:
        made = act(ground.home.services, ground.poor.party, uuid4(), "spend")
        shares = [Share(ground.poor.account, min(cents, held))]
        await ground.home.services.post(payment(made, shares=shares, merchant=ground.shop.account))


ACTS = (order, credit, stray, match, give_back, surplus, spending, sweep)
HOW = ("once", "twice", "at once", "after a restart")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTS), st.integers(1_00, 160_00), st.integers(0, 7), st.sampled_from(HOW)
    ),
    min_size=1,
    max_size=14,
)


async def accounted(ground):
    """What became of each credit, from its rows and from the journal, which must agree."""
    query = """
        select c.euros_cents, c.surplus_cents, c.waiting_cents, c.bousol_cents,
               coalesce((select sum(euros_cents) from admin.bank_release r
                          where r.credit = c.id and r.bousol_cents > 0), 0) as later,
               coalesce((select sum(euros_cents) from admin.bank_release r
                          where r.credit = c.id and r.bousol_cents = 0), 0) as returned,
               coalesce((select sum(r.bousol_cents) from admin.bank_release r
                          where r.credit = c.id), 0) as bousols,
               (select coalesce(sum(t.amount), 0) from ledger.journal j
                  join ledger.transfer t on t.seq = j.seq and t.credit = $2
                 where j.document = c.document) as journal
          from admin.bank_credit c where c.id = $1"""
    async with ground.home.services.connection() as connection:
        rows = [
            await connection.fetchrow(query, UUID(number), ground.poor.account)
            for number, _ in ground.credits
        ]
        suspense = await connection.fetchval(
            "select sum(balance) from ledger.account where class = 19"
        )
        waiting = await connection.fetchval(
            "select coalesce(sum(waiting_cents), 0) from admin.bank_credit"
        )
    assert suspense == waiting
    return rows


@given(steps=STEPS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_each_euro_is_issued_once_waiting_or_returned(fresh_database, steps):
    async with AsyncExitStack() as stack:
        home = await stack.enter_async_context(house(fresh_database, routes=ROUTES))
        town = Town(home)
        ground = Ground(
            fresh_database,
            stack,
            home,
            town,
            await member(town, tier=0),
            await town.somebody(Role.MERCHANT),
            await treasurer(town),
        )
        for act_of, cents, nth, how in steps:
            # Another treasurer each time, who has booked nothing alone today.
            ground.tre = await treasurer(town)
            await act_of(ground, cents, nth, how)
        rows = await accounted(ground)
        for (_, cents), row in zip(ground.credits, rows, strict=True):
            issued = cents - row["surplus_cents"] + row["later"]
            assert row["euros_cents"] == cents
            assert issued + row["waiting_cents"] + row["returned"] == cents
            assert row["journal"] == row["bousol_cents"] + row["bousols"]
        assert await ground.town.balance(ground.poor) <= 150_00
        assert await faults_of_the_law(ground.home) == []
