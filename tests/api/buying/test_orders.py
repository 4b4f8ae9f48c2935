"""Buying as a member does: a quote, an order, the transfer, and the refusals with their figures."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from stdnum import iso11649
from structlog.testing import capture_logs

from admin.roles import Role
from api.routes import ROUTES
from tests.api.buying.buyers import (
    booked,
    bsl,
    eur,
    faults_of_the_law,
    join,
    member,
    ordered,
    treasurer,
)
from tests.api.house import IBAN, house
from tests.api.town import Town


@pytest.fixture(scope="module")
async def alice(town):
    return await member(town)


@pytest.mark.parametrize(
    ("asked", "pays", "gets"),
    [
        (eur(20_00), 20_00, 21_00),
        (eur(7_35), 7_35, 7_71),
        (eur(19_99), 19_99, 20_98),
        (bsl(10_00), 9_53, 10_00),
        (bsl(30_00), 28_58, 30_00),
        (bsl(120), 115, 120),
    ],
)
async def test_a_quote_is_exact_to_the_cent_for_euros_and_for_wishes(alice, asked, pays, gets):
    told = (await alice.ask("POST", "/v1/quotes", {"amount": asked})).json()
    assert (told["pay"], told["receive"]) == (eur(pays), bsl(gets))
    assert (told["mode"], told["rate"]) == ("linear", {"issued": 21, "paid": 20})


@pytest.mark.parametrize(("cents", "code"), [(99, "below_minimum"), (1_000_01, "above_maximum")])
async def test_a_quote_and_an_order_keep_the_policys_bounds(alice, cents, code):
    for path in ("/v1/quotes", "/v1/orders"):
        answer = await alice.post(path, {"amount": eur(cents)})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_an_order_says_how_it_is_paid_and_where(town, alice):
    made = await alice.post("/v1/orders", {"amount": eur(20_00)})
    told = made.json()
    transfer = told["transfer"]
    assert iso11649.is_valid(transfer["reference"])
    assert transfer["reference"].endswith(f"BSL{told['number']:09}")
    assert transfer["iban"] == IBAN
    fields = transfer["epc"].split("\n")
    assert (fields[0], fields[3], fields[6], fields[7]) == ("BCD", "SCT", IBAN, "EUR20.00")
    assert fields[9] == transfer["reference"]
    assert (told["state"], told["receive"]) == ("awaiting_funds", bsl(21_00))
    again = await alice.get(made.headers["location"])
    assert again.json() == told
    picture = await alice.get(transfer["qr"])
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.text.startswith("<svg")


async def test_one_key_is_one_order_and_another_body_is_refused(alice):
    key = uuid4()
    first = await alice.post("/v1/orders", {"amount": eur(5_00)}, key=key)
    again = await alice.post("/v1/orders", {"amount": eur(5_00)}, key=key)
    with capture_logs() as logged:
        other = await alice.post("/v1/orders", {"amount": eur(5_01)}, key=key)
    assert first.content == again.content
    assert (other.status_code, other.json()["code"]) == (422, "key_conflict")
    assert [one["event"] for one in logged if "asked" in one] == ["key_conflict"]


async def test_a_settled_order_still_answers_its_key_with_the_same_bytes(town, alice):
    key = uuid4()
    first = await alice.post("/v1/orders", {"amount": eur(2_00)}, key=key)
    await booked(await treasurer(town), 2_00, order=first.json()["id"])
    assert (await alice.get(first.headers["location"])).json()["state"] == "settled"
    again = await alice.post("/v1/orders", {"amount": eur(2_00)}, key=key)
    assert again.content == first.content


async def test_orders_are_listed_in_pages_newest_first(town):
    bob = await member(town)
    made = [(await ordered(bob, 1_00 + n))["id"] for n in range(5)]
    page = (await bob.get("/v1/orders", limit=3)).json()
    rest = (await bob.get("/v1/orders", limit=3, cursor=page["next_cursor"])).json()
    listed = [one["id"] for one in page["items"] + rest["items"]]
    assert listed == made[::-1]
    assert rest["next_cursor"] is None
    forged = await bob.get("/v1/orders", cursor=page["next_cursor"][:-1] + "_")
    assert (forged.status_code, forged.json()["code"]) == (422, "cursor_unusable")


async def test_the_cap_counts_what_is_held_and_what_is_on_order_to_the_cent(town):
    poor = await member(town, tier=0)  # 150.00 at most
    await town.fill(poor, 50_00)
    held = await town.balance(poor)
    await ordered(poor, 40_00)  # gives 42.00
    possible = 150_00 - held - 42_00
    over = await poor.post("/v1/orders", {"amount": bsl(possible + 1)})
    assert over.json()["code"] == "order_above_cap"
    assert f"{possible // 100}.{possible % 100:02}" in over.json()["detail"]
    fits = await poor.post("/v1/orders", {"amount": bsl(possible)})
    assert fits.status_code == 201
    assert fits.json()["receive"]["amount"] == possible


async def test_twenty_orders_at_once_stay_below_the_cap_together(town):
    poor = await member(town, tier=0)
    asked = [poor.post("/v1/orders", {"amount": eur(20_00)}) for _ in range(20)]
    codes = sorted(answer.status_code for answer in await asyncio.gather(*asked))
    assert codes.count(201) == 7  # of 21.00 each below 150.00
    assert set(codes) <= {201, 422, 503}


async def test_nobody_buys_without_a_membership(town):
    stranger = await town.somebody(Role.SOLISTE)
    answer = await stranger.post("/v1/orders", {"amount": eur(20_00)})
    assert (answer.status_code, answer.json()["code"]) == (422, "membership_missing")
    await join(town, stranger)
    assert (await stranger.post("/v1/orders", {"amount": eur(20_00)})).status_code == 201


async def test_another_persons_order_is_answered_like_none(town, alice):
    mine = await ordered(alice)
    other = await member(town)
    for path in ("", "/qr.svg"):
        theirs = await other.get(f"/v1/orders/{mine['id']}{path}")
        nothing = await other.get(f"/v1/orders/{uuid4()}{path}")
        assert theirs.status_code == nothing.status_code == 404
    assert (await other.post(f"/v1/orders/{mine['id']}/surplus")).status_code == 404


async def test_a_merchant_buys_without_a_cap_and_up_to_its_own_maximum(town):
    shop = await member(town, Role.MERCHANT)
    assert (await shop.post("/v1/orders", {"amount": eur(3_000_00)})).status_code == 201
    over = await shop.post("/v1/orders", {"amount": eur(3_000_01)})
    assert over.json()["code"] == "above_maximum"


async def test_without_a_bank_account_nobody_orders(fresh_database):
    async with house(fresh_database, routes=ROUTES, iban=None) as poor:
        someone = await member(Town(poor))
        answer = await someone.post("/v1/orders", {"amount": eur(20_00)})
    assert (answer.status_code, answer.json()["code"]) == (503, "bank_account_missing")


async def test_an_order_that_expired_is_credited_all_the_same(home, town):
    late = await member(town)
    made = await ordered(late, 20_00)
    ahead = home.services.clock.ahead
    try:
        home.services.clock.ahead = timedelta(days=31)
        home.services.recognition.forget()
        late = await town.signed_in(late.user, late.person, late.role, late.party, late.account)
        shown = (await late.get(f"/v1/orders/{made['id']}")).json()
        assert shown["state"] == "expired"
        reference = made["transfer"]["printed_reference"].lower()
        paid = await booked(await treasurer(town), 20_00, reference=f"merci {reference}")
    finally:
        home.services.clock.ahead = ahead
        home.services.recognition.forget()
    assert paid["state"] == "booked"
    assert await town.balance(late) == 21_00
    assert await faults_of_the_law(home) == []


async def test_an_order_tells_what_came_for_it_and_what_that_became(town):
    bob, tre = await member(town), await treasurer(town)
    made = await ordered(bob, 20_00)
    assert (made["arrived"], made["credited"]) == (eur(0), bsl(0))
    await booked(tre, 15_00, order=made["id"])
    await booked(tre, 2_00, order=made["id"])
    told = (await bob.get(f"/v1/orders/{made['id']}")).json()
    assert (told["pay"], told["arrived"], told["credited"]) == (eur(20_00), eur(17_00), bsl(17_85))
