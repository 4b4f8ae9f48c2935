"""Own money to the holder of a card: shown an initial, capped, confirmed above 30.00, sent once."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from admin.logins import step_up
from admin.logins.step_up import Confirmed
from tests.api.buying.buyers import bsl, carded, eur, faults_of_the_law
from tests.api.town import PIN


@pytest.fixture
async def alice(town):
    return await town.resident(105_00)


@pytest.fixture
async def bob(town):
    who = await town.resident(name="bénédicte")
    await carded(town, who)
    return who


def sending(bob, cents, **more):
    return {"card": bob.extra["card"].number, "amount": bsl(cents), **more}


async def test_a_payer_sees_an_initial_and_nothing_else(alice, bob):
    told = await alice.ask("POST", "/v1/payees", {"card": bob.extra["card"].number})
    assert told.json() == {"initial": "B."}


async def test_money_is_sent_once_for_its_key_and_the_answer_is_the_same_for_ever(
    home, town, alice, bob
):
    key, before = uuid4(), await town.balance(alice)
    first = await alice.post("/v1/transfers", sending(bob, 3_00), key=key)
    assert (first.status_code, first.json()["balance"]) == (201, bsl(before - 3_00))
    assert (await alice.post("/v1/transfers", sending(bob, 1_00))).status_code == 201
    again = await alice.post("/v1/transfers", sending(bob, 3_00), key=key)
    assert again.content == first.content
    with capture_logs() as logged:
        other = await alice.post("/v1/transfers", sending(bob, 3_01), key=key)
    assert [one["event"] for one in logged if "asked" in one] == ["key_conflict"]
    assert other.json()["code"] == "key_conflict"
    assert (await town.balance(alice), await town.balance(bob)) == (before - 4_00, 4_00)
    assert await faults_of_the_law(home) == []


async def test_a_retry_after_a_day_and_after_a_year_is_answered_with_the_same_bytes(
    home, town, alice, bob
):
    key = uuid4()
    first = await alice.post("/v1/transfers", sending(bob, 3_00), key=key)
    clock = home.services.clock
    try:
        for days in (1, 365):
            clock.ahead = timedelta(days=days)
            home.services.recognition.forget()
            later = await town.signed_in(alice.user, alice.person, alice.role, alice.party)
            again = await later.post("/v1/transfers", sending(bob, 3_00), key=key)
            assert again.content == first.content
    finally:
        clock.ahead = timedelta()
        home.services.recognition.forget()
    assert await town.balance(bob) == 3_00


async def test_fifty_equal_requests_at_once_are_one_transfer(town, alice, bob):
    key, body = uuid4(), sending(bob, 3_00)
    answers = await asyncio.gather(*(alice.post("/v1/transfers", body, key=key) for _ in range(50)))
    stood = [answer.content for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409, 429, 503}
    assert stood
    assert len(set(stood)) == 1
    assert await town.balance(bob) == 3_00


async def test_above_thirty_a_confirmation_of_exactly_this_is_spent_once(home, town, alice, bob):
    key, services = uuid4(), home.services
    at_most = await alice.post("/v1/transfers", sending(bob, 30_00))
    assert at_most.status_code == 201
    bare = await alice.post("/v1/transfers", sending(bob, 30_01), key=key)
    assert (bare.status_code, bare.json()["code"]) == (422, "confirmation_needed")
    agreed = Confirmed(alice.user, alice.party, bob.account, 30_01, key)
    for wrong in (
        agreed._replace(amount_cents=30_02),
        agreed._replace(payee=alice.account),
        agreed._replace(key=uuid4()),
        agreed._replace(party=bob.party),
    ):
        token = step_up.confirm(services.pepper, wrong, town.now)
        body = sending(bob, 30_01, confirmation=token)
        refused = await alice.post("/v1/transfers", body, key=key)
        assert refused.json()["code"] == "confirmation_invalid"
    asked = sending(bob, 30_01, key=str(key))
    wrong_pin = await alice.ask(
        "POST", "/v1/transfers/confirmations", asked | {"proof": {"pin": "8642"}}
    )
    assert wrong_pin.json()["code"] == "wrong_pin"
    told = await alice.ask("POST", "/v1/transfers/confirmations", asked | {"proof": {"pin": PIN}})
    body = sending(bob, 30_01, confirmation=told.json()["confirmation"])
    done = await alice.post("/v1/transfers", body, key=key)
    assert done.status_code == 201
    assert (await alice.post("/v1/transfers", body, key=key)).content == done.content
    assert await town.balance(bob) == 60_01


async def test_a_full_or_frozen_payee_is_told_in_the_same_neutral_words(home, town, alice):
    full = await town.resident(149_99, tier=0)
    await carded(town, full)
    frozen = await town.resident()
    await carded(town, frozen)
    async with home.services.connection() as connection:
        await connection.execute("select ledger.set_status($1, 2::smallint)", frozen.account)
    keys = [uuid4(), uuid4()]
    answers = [
        (await alice.post("/v1/transfers", sending(one, 5_00), key=key)).json()
        for one, key in zip((full, frozen), keys, strict=True)
    ]
    became = [await alice.ask("POST", "/v1/outcomes", {"key": str(key)}) for key in keys]
    assert became[0].content == became[1].content, "nor are they told apart by asking again"
    assert became[0].json()["reason"] == "ceiling_reached"
    assert [one["code"] for one in answers] == ["ceiling_reached"] * 2
    assert answers[0]["detail"] == answers[1]["detail"]


async def test_unknown_blocked_and_own_cards_are_nobody_to_send_to(home, town, alice, bob):
    number = bob.extra["card"].number
    misread = number[:-1] + str((int(number[-1]) + 1) % 10)
    own = await carded(town, alice)
    opposition = bob.extra["card"].opposition
    blocked = await town.resident()
    await carded(town, blocked)
    await blocked.post("/v1/account/block")
    codes = []
    for card in (misread, f"{opposition}  ", blocked.extra["card"].number, own):
        answer = await alice.post("/v1/transfers", {"card": card, "amount": bsl(1_00)})
        codes.append(answer.json()["code"])
    assert codes == ["unknown_card"] * 3 + ["payee_is_payer"]


async def test_cards_are_not_guessed_through(town, alice, bob):
    codes = [
        (await alice.ask("POST", "/v1/payees", {"card": "4821 0937 5520"})).json()["code"]
        for _ in range(25)
    ]
    assert codes[0] == "unknown_card"
    assert codes[-1] == "too_many_tries"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"amount": eur(3_00)}, "wrong_currency"),
        ({"card": "1"}, "malformed_body"),
        ({"more": 1}, "malformed_body"),
    ],
)
async def test_nonsense_sends_nothing(town, alice, bob, wrong, code):
    answer = await alice.post("/v1/transfers", sending(bob, 3_00) | wrong)
    assert answer.json()["code"] == code
    assert await town.balance(bob) == 0


async def test_more_than_there_is_is_not_sent(town, bob):
    poor = await town.resident(2_10)
    answer = await poor.post("/v1/transfers", sending(bob, 3_00))
    assert answer.json()["code"] == "insufficient_funds"
