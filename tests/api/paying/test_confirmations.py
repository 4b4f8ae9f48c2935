"""Above what a phone pays by itself: confirmed for this payee, sum and key, or not paid."""

from uuid import uuid4

import pytest

from admin.logins import step_up
from tests.api.paying import shops
from tests.api.paying.shops import bsl
from tests.api.town import PIN

ABOVE = 42_60


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


async def confirmed(payer, code, cents, key, **proof):
    body = {"code": code, "amount": bsl(cents), "key": str(key), "proof": proof or {"pin": PIN}}
    return await payer.post("/v1/confirmations", body)


async def paid(payer, code, cents, key, token=None):
    body = {"code": code, "amount": bsl(cents)} | ({"confirmation": token} if token else {})
    return await payer.post("/v1/payments", body, key=key)


async def test_a_large_payment_passes_with_its_confirmation_and_not_without(town, shop):
    payer = await town.resident(100_00)
    refused = await paid(payer, shop.code, ABOVE, uuid4())
    assert (refused.status_code, refused.json()["code"]) == (422, "pin_needed")
    key = uuid4()
    made = await confirmed(payer, shop.code, ABOVE, key)
    assert made.status_code == 200, made.text
    token = made.json()["confirmation"]
    first = await paid(payer, shop.code, ABOVE, key, token)
    again = await paid(payer, shop.code, ABOVE, key, token)
    assert first.status_code == again.status_code == 201, first.text
    assert first.content == again.content
    assert await town.balance(payer) >= 100_00 - ABOVE


@pytest.mark.parametrize("changed", ["payee", "amount", "key", "payer"])
async def test_a_change_of_any_fact_voids_it(town, shop, changed):
    payer, other = await town.resident(100_00), await town.resident(100_00)
    elsewhere, key = await shops.shop(town), uuid4()
    token = (await confirmed(payer, shop.code, ABOVE, key)).json()["confirmation"]
    answer = await paid(
        other if changed == "payer" else payer,
        elsewhere.code if changed == "payee" else shop.code,
        ABOVE + 1 if changed == "amount" else ABOVE,
        uuid4() if changed == "key" else key,
        token,
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "confirmation_invalid")


async def test_a_confirmation_runs_out(town, shop):
    payer, key = await town.resident(100_00), uuid4()
    token = (await confirmed(payer, shop.code, ABOVE, key)).json()["confirmation"]
    town.services.clock.ahead += step_up.LIFE
    try:
        late = await paid(payer, shop.code, ABOVE, key, token)
    finally:
        town.services.clock.ahead -= step_up.LIFE
    assert (late.status_code, late.json()["code"]) == (422, "confirmation_invalid")
    assert (await paid(payer, shop.code, ABOVE, key, token)).status_code == 201


async def test_a_wrong_pin_confirms_nothing_and_five_lock_it(town, shop):
    payer = await town.resident(100_00)
    told = [await confirmed(payer, shop.code, ABOVE, uuid4(), pin="9182") for _ in range(6)]
    assert [answer.json()["code"] for answer in told] == ["wrong_pin"] * 5 + ["pin_locked"]
    assert [answer.json().get("tries_left") for answer in told] == [4, 3, 2, 1, 0, None]


async def test_what_is_no_code_of_ours_is_not_confirmed(town):
    payer = await town.resident(100_00)
    answer = await confirmed(payer, "https://evil.example/p/23456789", ABOVE, uuid4())
    assert (answer.status_code, answer.json()["code"]) == (422, "code_unreadable")
