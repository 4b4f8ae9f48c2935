"""One treasurer alone moves so many euros a day, however they are split; the rest needs two."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from admin.roles import Role
from tests.api.buying.buyers import (
    booked,
    bsl,
    eur,
    line,
    member,
    ordered,
    treasurer,
)

pytestmark = pytest.mark.usefixtures("lawful")


async def state(who, credit):
    return (await who.get(f"/v1/bank-credits/{credit['id']}")).json()["state"]


async def stray(town, cents):
    """Euros without an order, booked by somebody else (and above the limit by two)."""
    credit = await booked(await treasurer(town), cents)
    if credit["state"] == "proposed":
        other = await treasurer(town)
        await other.post(f"/v1/bank-credits/{credit['id']}/confirmation")
    return credit


async def test_a_sum_split_over_lines_of_the_bank_is_booked_alone_up_to_the_limit(town, tre):
    bob = await member(town, Role.MERCHANT)
    order = (await ordered(bob, 900_00))["id"]
    states = [(await booked(tre, cents, order=order))["state"] for cents in (300_00, 200_00, 1)]
    assert states == ["booked", "booked", "proposed"]
    assert await town.balance(bob) == 525_00


async def test_another_login_or_role_of_the_same_human_gives_no_more(town, tre):
    bob = await member(town, Role.MERCHANT)
    order = (await ordered(bob, 900_00))["id"]
    assert (await booked(tre, 400_00, order=order))["state"] == "booked"
    twin = await town.signed_in(tre.user, tre.person, Role.TREASURER, tre.party)
    assert (await booked(twin, 100_01, order=order))["state"] == "proposed"
    other = await treasurer(town)
    assert (await booked(other, 100_01, order=order))["state"] == "booked"


async def test_many_lines_at_once_do_not_slip_under_the_limit_together(town, tre):
    bob = await member(town, Role.MERCHANT)
    order = (await ordered(bob, 900_00))["id"]

    async def enter():
        body, key = line(100_00, order=order), uuid4()
        while (answer := await tre.post("/v1/bank-credits", body, key=key)).status_code == 503:
            pass
        return await state(tre, answer.json())

    states = await asyncio.gather(*(enter() for _ in range(20)))
    assert states.count("booked") == 5
    assert states.count("proposed") == 15
    assert await town.balance(bob) == 525_00


async def test_a_retry_counts_once_and_the_next_day_begins_anew(home, town, tre, monkeypatch):
    bob = await member(town, Role.MERCHANT)
    body, key = line(250_00, order=(await ordered(bob, 900_00))["id"]), uuid4()
    answers = {(await tre.post("/v1/bank-credits", body, key=key)).content for _ in range(3)}
    assert len(answers) == 1
    order = body["order"]
    assert (await booked(tre, 250_00, order=order))["state"] == "booked"
    assert (await booked(tre, 250_00, order=order))["state"] == "proposed"
    tomorrow = town.now + timedelta(days=1)
    monkeypatch.setattr(type(home.services.clock), "now", lambda _: tomorrow)
    later = await town.signed_in(tre.user, tre.person, Role.TREASURER, tre.party)
    assert (await booked(later, 250_00, order=order))["state"] == "booked"


async def test_booked_and_matched_the_same_day_counts_once_matched_elsewhere_counts(town, tre):
    bob = await member(town, Role.MERCHANT)
    order = {"order": (await ordered(bob, 900_00))["id"]}
    own, others = await booked(tre, 300_00), await stray(town, 300_00)
    done = await tre.post(f"/v1/bank-credits/{own['id']}/match", order)
    assert done.json()["credited"] == bsl(315_00)
    second = await tre.post(f"/v1/bank-credits/{others['id']}/match", order)
    assert second.json()["entry"] is None
    assert await state(tre, others) == "matching"
    assert await town.balance(bob) == 315_00


async def test_euros_go_back_alone_up_to_the_limit_and_above_it_by_two(town, tre):
    big, key = await stray(town, 500_01), uuid4()
    address = f"/v1/bank-credits/{big['id']}"
    first = await tre.post(f"{address}/return", key=key)
    assert (first.json()["entry"], first.json()["euros"]) == (None, eur(0))
    assert (await tre.get(address)).json()["state"] == "returning"
    assert (await tre.get(address)).json()["waiting"] == eur(500_01)
    assert (await tre.post(f"{address}/return")).json()["entry"] is None
    assert (await tre.post(f"{address}/confirmation")).json()["code"] == "same_person"
    twin = await town.signed_in(tre.user, tre.person, Role.TREASURER, tre.party)
    assert (await twin.post(f"{address}/confirmation")).json()["code"] == "same_person"
    other, its_key = await treasurer(town), uuid4()
    done = await other.post(f"{address}/confirmation", key=its_key)
    assert (done.status_code, done.json()["euros"]) == (201, eur(500_01))
    assert (await other.post(f"{address}/confirmation", key=its_key)).content == done.content
    assert (await tre.post(f"{address}/return", key=key)).content == first.content
    assert (await other.post(f"{address}/return")).json()["code"] == "nothing_waits"
    small = [await stray(town, 300_00) for _ in range(2)]
    answers = [await tre.post(f"/v1/bank-credits/{one['id']}/return") for one in small]
    assert [answer.json()["euros"] for answer in answers] == [eur(300_00), eur(0)]


async def test_two_second_persons_at_once_return_it_once(town, tre):
    big = await stray(town, 700_00)
    address = f"/v1/bank-credits/{big['id']}"
    await tre.post(f"{address}/return")
    seconds = [await treasurer(town) for _ in range(5)]
    answers = await asyncio.gather(*(one.post(f"{address}/confirmation") for one in seconds))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


@pytest.mark.parametrize("what", ["match", "return"])
async def test_a_proposal_is_withdrawn_or_refused_and_the_euros_go_on_waiting(town, tre, what):
    bob = await member(town, Role.MERCHANT)
    order = {"order": (await ordered(bob, 700_00))["id"]}
    big = await stray(town, 700_00)
    address = f"/v1/bank-credits/{big['id']}"
    for whose in (tre, await treasurer(town)):
        await tre.post(f"{address}/{what}", order if what == "match" else None)
        assert await state(tre, big) == f"{what}ing"
        answer = await whose.post(f"{address}/refusal")
        assert (answer.json()["state"], answer.json()["waiting"]) == ("waiting", eur(700_00))
    other = await treasurer(town)
    assert (await other.post(f"{address}/confirmation")).json()["code"] == "credit_decided"
    assert (await tre.post(f"{address}/refusal")).json()["code"] == "credit_decided"


async def test_what_is_proposed_to_go_back_is_not_matched_nor_the_other_way(town, tre):
    bob = await member(town, Role.MERCHANT)
    order = {"order": (await ordered(bob, 700_00))["id"]}
    one, two = await stray(town, 700_00), await stray(town, 700_00)
    await tre.post(f"/v1/bank-credits/{one['id']}/return")
    await tre.post(f"/v1/bank-credits/{two['id']}/match", order)
    other = await treasurer(town)
    matched = await other.post(f"/v1/bank-credits/{one['id']}/match", order)
    returned = await other.post(f"/v1/bank-credits/{two['id']}/return")
    assert [matched.json()["code"], returned.json()["code"]] == ["credit_decided"] * 2
