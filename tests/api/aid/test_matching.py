"""Euros whose reference nobody could read are a programme's: by one treasurer, or two above."""

import asyncio
from uuid import uuid4

import pytest

from admin.roles import Role
from api.reserve import buying
from tests.api.aid.sponsors import Sponsor
from tests.api.buying.buyers import booked, eur, member, ordered, treasurer
from tests.api.shops.committee import code


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


async def held(ccas, programme):
    return (await ccas.clerk.get(f"/v1/aid/programmes/{programme}")).json()["held"]


async def stray(town, cents):
    """Euros that name nobody, booked by as many treasurers as it takes; and a fresh treasurer."""
    credit = await booked(await treasurer(town), cents, reference="subvention illisible")
    if credit["state"] == "proposed":
        other = await treasurer(town)
        await other.post(f"/v1/bank-credits/{credit['id']}/confirmation")
    return f"/v1/bank-credits/{credit['id']}", await treasurer(town)


async def test_euros_in_suspense_fund_a_programme_once_and_stand_in_its_proof(town, ccas):
    programme = await ccas.programme()
    address, tre = await stray(town, 80_00)
    body, key = {"programme": programme}, uuid4()
    done = await tre.post(f"{address}/match", body, key=key)
    assert done.status_code == 201, done.text
    assert (done.json()["euros"], done.json()["credited"]["amount"]) == (eur(80_00), 0)
    assert (await tre.post(f"{address}/match", body, key=key)).content == done.content
    assert await held(ccas, programme) == eur(80_00)
    course = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}/follow-up")).json()
    assert course["funded"] == eur(80_00)  # else the bar of the programme holds more than came
    told = (await tre.get(address)).json()
    assert (told["state"], told["programme"], told["waiting"]) == ("booked", programme, eur(0))
    bob = await member(town)
    order = {"order": (await ordered(bob))["id"]}
    for late in (body, order, {"programme": await ccas.programme()}):
        assert code(await tre.post(f"{address}/match", late)) == (409, "nothing_waits")
    assert code(await tre.post(f"{address}/match", order, key=key)) == (422, "key_conflict")
    assert code(await tre.post(f"{address}/return")) == (409, "nothing_waits")
    # A batch that waited for them runs, and the proof knows whence they came.
    batch = await ccas.batch(programme, "M-1;Anne;80")
    await ccas.approve(batch)
    await ccas.until(batch, "executed")
    proof = await ccas.validator.get(f"/v1/aid/programmes/{programme}/proof.csv")
    assert proof.status_code == 200, proof.text
    assert "80,00" in proof.text


async def test_above_the_limit_a_second_treasurer_agrees_to_the_programme_they_read(town, ccas):
    programme, other = await ccas.programme(), await ccas.programme()
    address, tre = await stray(town, 700_00)
    proposed = await tre.post(f"{address}/match", {"programme": programme})
    assert (proposed.status_code, proposed.json()["entry"]) == (201, None)
    told = (await tre.get(address)).json()
    assert (told["state"], told["matching_programme"]) == ("matching", programme)
    second = await treasurer(town)
    bob = await member(town, Role.MERCHANT)
    for else_ in ({"programme": other}, {"order": (await ordered(bob))["id"]}):
        assert code(await second.post(f"{address}/match", else_)) == (409, "credit_decided")
    assert code(await second.post(f"{address}/return")) == (409, "credit_decided")
    assert code(await tre.post(f"{address}/confirmation")) == (409, "same_person")
    twin = await town.signed_in(tre.user, tre.person, Role.TREASURER, tre.party)
    assert code(await twin.post(f"{address}/confirmation")) == (409, "same_person")
    assert await held(ccas, programme) == eur(0)
    # Withdrawn, they are nobody's again; proposed for the other, they become its own.
    assert (await tre.post(f"{address}/refusal")).json()["state"] == "waiting"
    await tre.post(f"{address}/match", {"programme": other})
    key = uuid4()
    done = await second.post(f"{address}/confirmation", key=key)
    assert (done.status_code, done.json()["euros"]) == (201, eur(700_00))
    assert (await second.post(f"{address}/confirmation", key=key)).content == done.content
    assert await held(ccas, other) == eur(700_00)


async def test_two_programmes_at_once_get_the_euros_once(town, ccas):
    one, two = await ccas.programme(), await ccas.programme()
    address, tre = await stray(town, 40_00)
    hands = [tre, *[await treasurer(town) for _ in range(3)]]
    asked = [who.post(f"{address}/match", {"programme": p})
             for who, p in zip(hands, (one, two, one, two), strict=True)]  # fmt: skip
    answers = await asyncio.gather(*asked)
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409]
    both = [(await held(ccas, p))["amount"] for p in (one, two)]
    assert sorted(both) == [0, 40_00]


async def test_who_may_not_and_what_makes_no_sense(town, ccas):
    programme = await ccas.programme()
    address, tre = await stray(town, 10_00)
    for who in (ccas.clerk, ccas.validator, await town.resident()):
        assert (await who.post(f"{address}/match", {"programme": programme})).status_code == 403
    nobody = {"programme": str(uuid4())}
    assert code(await tre.post(f"{address}/match", nobody)) == (404, "not_found")
    for body in ({}, {"programme": programme, "order": str(uuid4())}, {"programme": "P1"}):
        assert (await tre.post(f"{address}/match", body)).status_code in {400, 422}
    assert await held(ccas, programme) == eur(0)


async def test_nobody_agrees_to_their_own_proposal_made_while_they_agreed_to_anothers(
    town, ccas, monkeypatch
):
    programme = await ccas.programme()
    address, tre = await stray(town, 700_00)
    second, check = await treasurer(town), buying._check_two
    await tre.post(f"{address}/match", {"programme": programme})

    async def swapped(*seen):
        """Another is found to have proposed; then they withdraw, and who agrees proposes."""
        await check(*seen)
        await tre.post(f"{address}/refusal")
        await second.post(f"{address}/match", {"programme": programme})

    monkeypatch.setattr(buying, "_check_two", swapped)
    assert code(await second.post(f"{address}/confirmation")) == (409, "credit_decided")
    assert await held(ccas, programme) == eur(0)
