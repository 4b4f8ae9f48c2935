"""How fast money may be asked about: floods are told to wait, honest people never are (test 68)."""

import asyncio
from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest

from api.gate.asker import COOKIE
from api.gate.pacing import Pace, Paces
from api.pages.every import PAGES
from api.routes import ROUTES
from api.services import BOUNDS
from tests.api.house import house
from tests.api.paying import shops
from tests.api.paying.shops import bsl, pays, takes
from tests.api.town import Town
from tests.database.world import tell

SLOW = Paces(
    account=Pace(5, 0.1), device=Pace(5, 0.1), merchant=Pace(8, 0.1), address=Pace(20, 0.1)
)
PEOPLE = 60


@pytest.fixture
async def narrow(fresh_database):
    """A town whose service has a tight pace."""
    bounds = replace(BOUNDS, paces=SLOW)
    async with house(fresh_database, bounds=bounds, routes=(*ROUTES, *PAGES)) as running:
        yield Town(running)


async def test_an_account_that_floods_waits_and_its_neighbours_pay(narrow):
    shop = await shops.shop(narrow)
    flood, honest = await narrow.resident(50_00), await narrow.resident(50_00)
    before = await narrow.balance(flood)
    answers = [await pays(flood, shop.code, 1_00) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 2
    assert answers[-1].json()["code"] == "too_many_tries"
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 10
    assert await narrow.balance(flood) == before - 5_00
    elsewhere = await narrow.signed_in(flood.user, flood.person, flood.role, flood.party)
    assert (await pays(elsewhere, shop.code, 1_00)).status_code == 429
    assert (await elsewhere.post("/v1/outcomes", {"key": str(uuid4())})).status_code == 429
    assert (await elsewhere.get("/v1/account")).status_code == 200
    form = {"cle": str(uuid4()), "montant": "1"}
    browser = {"cookie": f"{COOKIE}={elsewhere.token}", "sec-fetch-site": "same-origin"}
    page = await narrow.house.client.post(f"/p/{shop.code}", data=form, headers=browser)
    assert page.status_code == 429, page.text
    assert await narrow.balance(flood) == before - 5_00
    assert (await pays(honest, shop.code, 1_00)).status_code == 201


async def test_a_key_waits_for_itself_and_the_keys_of_a_merchant_together(narrow):
    shop, other = await shops.shop(narrow), await shops.shop(narrow)
    payer = await narrow.resident(50_00)
    _, card = await shops.card(narrow, payer)
    one, two = await shops.till_key(narrow, shop), await shops.till_key(narrow, shop)
    told = [(await takes(one, shop, card, 1_00)).status_code for _ in range(6)]
    assert told == [201] * 5 + [429]
    told = [(await takes(two, shop, card, 1_00)).status_code for _ in range(4)]
    assert told == [201] * 3 + [429]
    others = await shops.till_key(narrow, other)
    assert (await takes(others, other, card, 1_00)).status_code == 201


async def test_who_is_nobody_waits_by_address(narrow):
    shop = await shops.shop(narrow)
    body = {"code": shop.code}
    told = [await narrow.house.client.post("/v1/scans", json=body) for _ in range(21)]
    assert Counter(answer.status_code for answer in told) == {200: 20, 429: 1}
    assert (await pays(await narrow.resident(5_00), shop.code, 1_00)).status_code == 201


async def test_a_full_market_behind_one_address_never_waits(town, shop):
    """Sixty people scan, pay and ask again, and one key takes sixty cards, all at once."""
    till = await shops.till_key(town, shop)
    payers = [await town.resident(10_00) for _ in range(PEOPLE)]
    cards = [(await shops.card(town, payer))[1] for payer in payers]

    async def comes(payer, card):
        key = uuid4()
        answers = [
            await town.house.client.post("/v1/scans", json={"code": shop.code}),
            await payer.post("/v1/scans", {"code": shop.code, "amount": bsl(1_00)}),
            await pays(payer, shop.code, 1_00, key=key),
            await pays(payer, shop.code, 1_00, key=key),
            await payer.post("/v1/outcomes", {"key": str(key)}),
            await takes(till, shop, card, 1_00),
        ]
        return [answer.status_code for answer in answers]

    told = await asyncio.gather(*map(comes, payers, cards))
    found = Counter(status for one in told for status in one)
    tell(f"{PEOPLE} people at once behind one address: {dict(found)}")
    assert found[429] == 0
    assert set(found) <= {200, 201, 503, 504}
