"""What only a payer is told before paying: what is there, what is not for here, what was paid."""

from datetime import UTC, datetime, timedelta

import pytest

from merchants.register import place_in
from merchants.tables import MERCHANT
from tests.api.paying import shops
from tests.api.paying.shops import bsl, pays
from tests.database.world import RULE


async def scanned(payer, code, **more):
    answer = await payer.ask("POST", "/v1/scans", {"code": code} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()["payer"]


async def test_what_pays_here_and_what_pays_elsewhere_are_told_apart(town, books):
    shop, grocer = await shops.shop(town), await shops.shop(town)
    payer = await town.resident(8_50)
    own = await town.balance(payer)
    await books.connection.execute(
        "select ledger.put_acceptance($1, $2, true)", RULE, [grocer.account]
    )
    await books.lot(21_00, party=payer.party)
    there = await scanned(payer, shop.code)
    assert (there["available"], there["elsewhere"]) == (bsl(own), bsl(21_00))
    assert there["lapsed"] is None
    there = await scanned(payer, grocer.code)
    assert (there["available"], there["elsewhere"]) == (bsl(own + 21_00), bsl(0))


async def test_aid_whose_date_has_passed_is_neither_here_nor_elsewhere(town, books):
    shop, payer = await shops.shop(town), await town.resident(8_50)
    ended = datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)
    await books.lot(21_00, party=payer.party, expires=ended)
    there = await scanned(payer, shop.code)
    assert there["lapsed"] == "2026-10-31T22:59:59Z"
    assert there["elsewhere"] == bsl(0)


async def test_what_a_phone_pays_without_a_proof_shrinks_with_what_it_paid(town):
    shop, payer = await shops.shop(town), await town.resident(200_00)
    assert (await scanned(payer, shop.code))["unconfirmed_max"] == bsl(30_00)
    for _ in range(3):
        assert (await pays(payer, shop.code, 30_00)).status_code == 201
    there = await scanned(payer, shop.code, amount=bsl(10_01))
    assert there["unconfirmed_max"] == bsl(10_00)
    assert there["confirmation_needed"] is True


@pytest.mark.parametrize("back_cents", [None, 2_00, 12_60])
async def test_the_payment_made_here_just_before_is_told_unless_it_came_back(town, back_cents):
    shop, payer = await shops.shop(town), await town.resident(50_00)
    assert (await scanned(payer, shop.code))["recent"] is None
    await pays(payer, (await shops.shop(town)).code, 3_00)
    made = (await pays(payer, shop.code, 12_60)).json()
    if back_cents:
        body = {"amount": bsl(back_cents)}
        answer = await shop.owner.post(f"/v1/payments/{made['payment']}/refunds", body)
        assert answer.status_code == 201, answer.text
    there = (await scanned(payer, shop.code))["recent"]
    assert there == (None if back_cents == 12_60 else made)


async def test_after_ten_minutes_it_is_no_longer_told(town):
    shop, payer = await shops.shop(town), await town.resident(50_00)
    made = (await pays(payer, shop.code, 12_60)).json()
    assert (await scanned(payer, shop.code))["recent"] == made
    clock = town.services.clock
    clock.ahead = timedelta(minutes=10)
    try:
        assert (await scanned(payer, shop.code))["recent"] is None
    finally:
        clock.ahead = timedelta()


async def test_where_the_payee_is_and_the_branch_of_what_it_sells_are_told(town):
    shop = await shops.shop(town)

    async def payee():
        answer = await town.house.client.post("/v1/scans", json={"code": shop.code})
        return answer.json()["payee"]

    told = await payee()
    assert (told["street"], told["branch"]) == ("", None)
    await shops.change(town, MERCHANT, shop.merchant, street="12 rue Nationale")
    async with town.services.rows() as rows:
        await place_in(rows, shop.merchant, frozenset({"librairie", "velo"}))
    told = await payee()
    assert (told["street"], told["branch"]) == ("12 rue Nationale", "loisirs_culture")
    async with town.services.rows() as rows:
        await place_in(rows, shop.merchant, frozenset({"alimentation"}))
    assert (await payee())["branch"] == "alimentation"
