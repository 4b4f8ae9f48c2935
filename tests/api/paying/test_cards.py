"""A card at a till: the till learns yes or no and never why; the payer learns why."""

import asyncio
import statistics
import time
from uuid import uuid4

import pytest
from sqlalchemy import select

from admin.means.card_numbers import new_number, spoken
from admin.roles import Role
from admin.tables import CARD
from api.paying.looking import RECENT
from api.routes.card_payments import REFUSED_EVERY_SECONDS
from ledger import store
from merchants.tables import SHIFT
from tests.api.paying import shops
from tests.api.paying.shops import bsl, takes
from tests.api.town import PIN
from tests.database.world import LONG_AGO, RULE, tell
from tests.yardstick import slower


async def outcome(who, key, **more):
    answer = await who.ask("POST", "/v1/outcomes", {"key": str(key)} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_card_pays_small_sums_alone_and_larger_ones_with_its_pin(town, shop, till):
    holder = await town.resident(200_00)
    _, link = await shops.card(town, holder)
    before = await town.balance(holder)
    paid = await takes(till, shop, link, 12_60)
    assert paid.status_code == 201, paid.text
    assert "balance" not in paid.json()
    above = await takes(till, shop, link, 30_01)
    assert (above.status_code, above.json()["code"]) == (422, "pin_needed")
    key = uuid4()
    wrong = await takes(till, shop, link, 30_01, key=key, pin="9999")
    assert wrong.json()["code"] == "wrong_pin"
    right = await takes(till, shop, link, 30_01, key=key, pin=PIN)
    assert right.status_code == 201, right.text
    again = await takes(till, shop, link, 30_01, key=key, pin="9999")
    assert again.content == right.content
    assert await town.balance(holder) == before - 12_60 - 30_01


async def test_a_printed_number_pays_with_its_pin_only_and_the_one_that_blocks_never(
    town, shop, till
):
    holder = await town.resident(200_00)
    card, _ = await shops.card(town, holder)
    async with town.services.rows() as rows:
        numbers = select(CARD.c.number, CARD.c.opposition).where(CARD.c.id == card)
        row = (await rows.execute(numbers)).one()
    before, key = await town.balance(holder), uuid4()
    assert (await takes(till, shop, spoken(row.number), 1_00)).json()["code"] == "pin_needed"
    wrong = await takes(till, shop, row.number, 1_00, pin="9999")
    assert wrong.json()["code"] == "wrong_pin"
    paid = await takes(till, shop, spoken(row.number), 1_00, key=key, pin=PIN)
    assert paid.status_code == 201, paid.text
    assert (await outcome(till, key, card=row.number))["state"] == "paid"
    assert await town.balance(holder) == before - 1_00
    for number in (row.opposition, new_number()):
        told = await takes(till, shop, number, 1_00, pin=PIN)
        assert told.json()["code"] == "payment_not_possible"
    nobodys = await takes(till, shop, new_number(), 1_00)
    assert nobodys.json()["code"] == "pin_needed", "asked for before anybody is looked up"


async def test_one_key_with_its_pin_a_hundred_times_at_once_is_one_payment(town, shop, till):
    holder, key = await town.resident(200_00), uuid4()
    _, link = await shops.card(town, holder)
    before = await town.balance(holder)
    answers = await asyncio.gather(
        *(takes(till, shop, link, 40_00, key=key, pin=PIN) for _ in range(100))
    )
    assert {a.status_code for a in answers} <= {201, 503, 504}
    assert len({a.content for a in answers if a.status_code == 201}) == 1
    assert await town.balance(holder) == before - 40_00


async def test_after_five_wrong_pins_the_right_one_is_refused_and_the_till_is_not_told_why(
    town, shop, till
):
    holder = await town.resident(200_00)
    _, link = await shops.card(town, holder)
    told = [(await takes(till, shop, link, 40_00, pin="9998")).json()["code"] for _ in range(5)]
    assert told == ["wrong_pin"] * 5
    assert (await takes(till, shop, link, 40_00, pin=PIN)).json()["code"] == "payment_not_possible"
    other = await town.resident()
    means = [(await who.get("/v1/me")).json()["means"] for who in (holder, other)]
    assert [(one["pin"], one["pin_locked"]) for one in means] == [(True, True), (True, False)]


@pytest.fixture(scope="module")
async def refused(town, shop, books):
    """Cards that are refused, each for another reason of the payer's."""
    poor, blocked, aided, late, frozen = [await town.resident(5_00) for _ in range(5)]
    await town.fill(blocked, 50_00)
    await books.lot(21_00, party=aided.party, rule=RULE + 1)
    number, stopped = await shops.card(town, blocked)
    async with town.services.connection() as connection:
        await store.put_card(connection, number, party=blocked.party, blocked=True)
    cold = (await shops.card(town, frozen))[1]
    await books.connection.execute("select ledger.set_status($1, 2::smallint)", frozen.account)
    await books.lot(21_00, party=late.party, expires=LONG_AGO)
    cards = {
        "funds": (await shops.card(town, poor))[1],
        "blocked": stopped,
        "filière": (await shops.card(town, aided))[1],
        "ended": (await shops.card(town, late))[1],
        "frozen": cold,
        "unknown": stopped[:-4] + "AAAA",
    }
    reasons = {"insufficient_funds": ("funds", poor), "lot_not_accepted": ("filière", aided)}
    return cards, reasons | {"lot_expired": ("ended", late)}


@pytest.mark.clock
async def test_every_reason_of_the_payers_is_one_answer_in_bytes_and_time(
    town, shop, till, refused
):
    bodies = {}
    took: dict = {reason: [] for reason in refused[0]}
    for _ in range(9):  # in turn, so that what else this machine does slows all of them alike
        for reason, link in refused[0].items():
            begun = time.monotonic()
            answer = await takes(till, shop, link, 20_00)
            took[reason].append(time.monotonic() - begun)
            told = answer.json()
            del told["trace_id"]
            bodies[reason] = (answer.status_code, told, sorted(answer.headers))
    medians = {reason: statistics.median(times) for reason, times in took.items()}
    tell(f"refusals at a till, medians: { {r: round(s * 1000) for r, s in medians.items()} } ms")
    assert bodies["funds"][0] == 422
    assert bodies["funds"][1]["code"] == "payment_not_possible"
    assert all(body == bodies["funds"] for body in bodies.values()), bodies
    assert max(medians.values()) - min(medians.values()) < 0.03 * slower()
    assert min(medians.values()) > 0.95 * REFUSED_EVERY_SECONDS, "told as soon as it was known"


async def test_the_payer_learns_the_reason_and_the_till_does_not(town, shop, till, refused):
    cards, reasons = refused
    heard = []
    for reason, (card, payer) in reasons.items():
        key = uuid4()
        for _ in range(2):  # again is answered alike
            await takes(till, shop, cards[card], 20_00, key=key)
        assert (await outcome(payer, key))["reason"] == reason
        heard.append(await outcome(till, key, card=cards[card]))
        assert (await payer.get("/v1/account")).json()["refusals"][0]["code"] == reason
    assert [(told["state"], told["reason"]) for told in heard] == [("refused", None)] * 3


async def test_a_cashier_takes_in_a_shift_of_their_own_only(town, books):
    shop = await shops.shop(town)
    cashier = await town.somebody(Role.CASHIER, party=shop.owner.party)
    other = await town.somebody(Role.CASHIER, party=shop.owner.party)
    _, link = await shops.card(town, await town.resident(50_00))
    shift = await shops.shift(town, shop, cashier)
    paid = await takes(cashier, shop, link, 5_00, shift=str(shift))
    assert paid.status_code == 201, paid.text
    query = "select document from ledger.journal where id = $1::uuid"
    assert await books.connection.fetchval(query, paid.json()["payment"]) == shift
    assert (await takes(other, shop, link, 5_00, shift=str(shift))).status_code == 404
    key = uuid4()
    first = await takes(cashier, shop, link, 6_00, shift=str(shift), key=key)
    await shops.change(town, SHIFT, shift, ended_at=town.now)
    late = await takes(cashier, shop, link, 5_00, shift=str(shift))
    assert late.json()["code"] == "place_closed"
    again = await takes(cashier, shop, link, 6_00, shift=str(shift), key=key)
    assert again.content == first.content


async def test_another_merchants_till_is_answered_like_none(town, shop, till):
    other = await shops.shop(town)
    _, link = await shops.card(town, await town.resident(50_00))
    anothers = await takes(till, other, link, 5_00)
    assert (anothers.status_code, anothers.json()["code"]) == (404, "not_found")


async def test_a_key_that_was_closed_refuses_a_late_arrival(town, shop, till):
    holder, key = await town.resident(50_00), uuid4()
    _, link = await shops.card(town, holder)
    assert (await outcome(till, key, card=link))["state"] == "unknown"
    assert (await outcome(till, key, card=link, close=True))["state"] == "closed"
    late = await takes(till, shop, link, 5_00, key=key)
    assert (late.status_code, late.json()["code"]) == (409, "key_closed")
    paid = uuid4()
    told = await takes(till, shop, link, 5_00, key=paid)
    found = await outcome(till, paid, card=link, close=True)
    assert (found["state"], found["taken"]) == ("paid", told.json())
    mine = await outcome(holder, paid)
    assert mine["receipt"]["payment"] == told.json()["payment"]
    stranger = await shops.till_key(town, await shops.shop(town))
    assert (await outcome(stranger, paid, card=link))["state"] == "unknown"


async def test_amounts_in_euros_are_refused_at_a_till(town, shop, till):
    _, link = await shops.card(town, await town.resident(50_00))
    body = {"card": link, "amount": bsl(5_00) | {"currency": "EUR"}}
    answer = await till.post(f"/v1/tills/{shop.till}/card-payments", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_currency")


async def test_the_same_card_and_sum_again_is_refused_on_demand_until_a_person_agrees(town, shop):
    holder, device = await town.resident(90_00), await shops.till_key(town, shop)
    _, link = await shops.card(town, holder)
    first, key = await takes(shop.owner, shop, link, 4_20, unless_just_taken=True), uuid4()
    assert first.status_code == 201, first.text
    once = await town.balance(holder)
    for who, more in ((shop.owner, {}), (device, {"pin": PIN})):
        again = await takes(who, shop, link, 4_20, key=key, unless_just_taken=True, **more)
        assert (again.status_code, again.json()["code"]) == (409, "just_taken")
        assert again.json()["taken"] == first.json()
    assert await town.balance(holder) == once
    agreed = await takes(shop.owner, shop, link, 4_20, key=key)
    assert agreed.status_code == 201, agreed.text
    retried = await takes(shop.owner, shop, link, 4_20, key=key, unless_just_taken=True)
    assert retried.content == agreed.content
    assert await town.balance(holder) == once - 4_20


async def test_another_sum_card_or_till_is_no_repetition_nor_is_one_given_back_or_long_past(
    town, shop
):
    other, holder = await shops.shop(town), await town.resident(90_00)
    _, link = await shops.card(town, holder)
    _, second = await shops.card(town, holder)
    first = await takes(shop.owner, shop, link, 4_20, unless_just_taken=True)

    async def told(at, card, cents):
        answer = await takes(at.owner, at, card, cents, unless_just_taken=True)
        return answer.json().get("code", answer.status_code)

    assert await told(shop, link, 4_20) == "just_taken"
    assert await told(shop, link, 4_21) == 201
    assert await told(shop, second, 4_20) == 201
    assert await told(other, link, 4_20) == 201
    town.services.clock.ahead += RECENT
    try:
        assert await told(shop, link, 4_20) == 201
    finally:
        town.services.clock.ahead -= RECENT
    assert await told(shop, link, 4_21) == "just_taken"
    payment = first.json()["payment"]
    back = await shop.owner.post(f"/v1/payments/{payment}/refunds", {"amount": bsl(4_20)})
    assert back.status_code == 201, back.text
