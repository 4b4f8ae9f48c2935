"""Where a sponsor pays the bonus, merchants redeem at par only what they received in payment."""

import asyncio
from uuid import uuid4

import pytest

from admin.roles import Role
from api.installation.founding import found
from api.routes import ROUTES
from ledger import flows
from ledger.conversion import SPONSORED
from ledger.flows import Act, Terms
from ledger.lots import Share
from tests.api.house import house, settings_of
from tests.api.invoices.shops import shop
from tests.api.invoices.test_redemptions import ASK, bousols, holds
from tests.api.invoices.test_suppliers import refused
from tests.api.town import Town


@pytest.fixture(scope="module")
async def town(fresh_database):
    await found(fresh_database.app_url, settings_of(fresh_database, redemption_policy="sponsored"))
    async with house(fresh_database, routes=ROUTES, redemption_policy="sponsored") as running:
        yield Town(running)


def act():
    return Act(uuid4(), 1, uuid4(), bytes(16), document=uuid4())


async def fill(town, who, cents):
    await town.services.post(
        flows.issue_transfer(
            act(), euros_cents=cents, holder=who.account, bank_line=uuid4(), terms=Terms(SPONSORED)
        )
    )


async def sale(town, payer, payee, cents):
    shares = (Share(payer.account, cents),)
    return await town.services.post(flows.payment(act(), shares=shares, merchant=payee.account))


async def test_only_what_was_received_in_payment_becomes_euros_at_par(town):
    who, resident = await shop(town), await town.resident()
    treasurer = await town.somebody(Role.TREASURER)
    await fill(town, who, 500_00)
    await fill(town, resident, 300_00)
    await refused(await who.post(ASK, bousols(21_00)), 422, "redemption_not_earned")
    sold = await sale(town, resident, who, 100_00)
    back = (Share(resident.account or 0, 30_00),)
    await town.services.post(
        flows.refund(act(), origin=sold.seq, merchant=who.account or 0, shares=back)
    )
    told = await who.post(ASK, bousols(70_01))
    await refused(told, 422, "redemption_not_earned")
    assert "70.00" in told.json()["detail"]
    asked = await who.post(ASK, bousols(49_00))
    net, discount = asked.json()["net"], asked.json()["discount"]
    assert (net["amount"] + discount["amount"], asked.status_code) == (49_00, 201)
    await refused(await who.post(ASK, bousols(21_01)), 422, "redemption_not_earned")
    rejected = await treasurer.post(f"{asked.headers['location']}/rejection", {"reason": "no"})
    assert rejected.status_code == 200
    again = await who.post(ASK, bousols(70_00))
    approval = await treasurer.post(f"{again.headers['location']}/approval")
    assert approval.json()["status"] == "approved"
    await refused(await who.post(ASK, bousols(21_00)), 422, "redemption_not_earned")


async def test_requests_at_once_do_not_redeem_more_than_was_earned(town):
    who, resident = await shop(town), await town.resident()
    await fill(town, who, 500_00)
    await fill(town, resident, 100_00)
    await sale(town, resident, who, 100_00)
    told = await asyncio.gather(*(who.post(ASK, bousols(30_00)) for _ in range(6)))
    assert sorted(answer.status_code for answer in told) == [201] * 3 + [422] * 3
    assert sum(await holds(town, who)) == 90_00
