"""What happens to mandates at one moment: two write the same one down, or one ends meanwhile."""

import asyncio
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from admin.aid import batches, mandated
from tests.api.aid.mandates import (
    BEFORE,
    HEADS,
    civil,
    entered,
    person,
    records,
    revokes,
    today,
    who,
)
from tests.api.aid.sponsors import Sponsor
from tests.api.buying.buyers import eur
from tests.api.shops.committee import code


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


async def test_desks_that_press_at_once_write_one_mandate_and_give_once(ccas):
    programme = await civil(ccas)
    place = f"/v1/aid/programmes/{programme}"
    line = {name: eur(70_00) for name in ("total", "each_at_most", "floor")}
    assert (await ccas.validator.post(f"{place}/line", line)).status_code == 201
    for n in range(5):
        other = await ccas.programme(funded=100_00)
        file = f"D-{uuid4().hex[:8]}"
        known = await ccas.given(other, f"{file};Anne;5", heads="dossier;nom;montant")
        body = {"file": file, "name": "Anne", "amount": eur(5_00), "decision": f"Secours {n}",
                "mandate": str(today())}  # fmt: skip
        key = uuid4()
        answers = await asyncio.gather(
            *(ccas.clerk.post(f"{place}/emergencies", body, key=one)
              for one in (key, key, uuid4(), uuid4())))  # fmt: skip
        assert {one.status_code for one in answers} <= {201, 409, 503}, [a.text for a in answers]
        assert 201 in {one.status_code for one in answers}, [a.text for a in answers]
        shown = await person(ccas, await who(ccas, known["id"]))
        assert len(shown["mandates"]) == 1
        assert len([one for one in shown["awards"] if one["programme"] == programme]) == 1


async def test_two_agents_who_note_the_same_mandate_leave_one(ccas):
    programme = await civil(ccas)
    for _ in range(5):
        done = await ccas.given(programme, f"{uuid4()};Anne;5;{BEFORE}", heads=HEADS)
        whose = await who(ccas, done["id"])
        answers = await asyncio.gather(
            *(records(ccas, whose, programme, reference="Mandat 7") for _ in range(4))
        )
        assert {one.status_code for one in answers} == {200}, [a.text for a in answers]
        assert len({one.json()["id"] for one in answers}) == 1
        assert len((await person(ccas, whose))["mandates"]) == 2


@pytest.mark.parametrize("left", [0, 1])
async def test_a_mandate_that_ends_while_a_batch_is_reckoned_issues_nothing(
    ccas, monkeypatch, left
):
    """At midnight: what was counted before it is not what is given after it."""
    programme = await civil(ccas)
    rows = [f"{uuid4()};Nom {n};5;{BEFORE}" for n in range(left + 1)]
    batch = await entered(ccas, programme, *rows)
    await revokes(ccas, await who(ccas, batch))
    with monkeypatch.context() as before_midnight:
        before_midnight.setattr(mandated, "euros_of", batches.euros_of)
        assert (await ccas.approve(batch)).status_code == 200
    if left:
        await ccas.until(batch, "executed")
    told = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    assert told["held"] == eur(1_000_00 - 5_00 * left)
    proof = await ccas.validator.get(f"/v1/aid/programmes/{programme}/proof")
    assert proof.status_code == 200, proof.text


_ONE_BY_ONE = """
    select count(*), coalesce(sum(a.euros_cents), 0)::bigint
      from admin.award a where a.batch = $1 and admin.unmandated(a)"""


@pytest.mark.clock
async def test_a_great_batch_is_looked_at_in_one_go_and_says_what_each_award_says(town, ccas):
    programme = await civil(ccas)
    rows = [f"{uuid4()};Nom {n};0,01;{BEFORE}" for n in range(1_000)]
    batch = await entered(ccas, programme, *rows)
    first, second, third = [await who(ccas, batch, n) for n in range(3)]
    await revokes(ccas, first)
    day = {"day": BEFORE + timedelta(days=1)}
    assert (await records(ccas, second, programme, **day, ends_on=str(today()))).status_code == 200
    yesterday = str(today() - timedelta(days=1))
    assert (await records(ccas, third, programme, **day, ends_on=yesterday)).status_code == 200
    async with town.services.connection() as connection:
        began = time.perf_counter()
        said = await connection.fetchrow(_ONE_BY_ONE, UUID(batch))
        between = time.perf_counter()
        told = await mandated.without(connection, UUID(batch))
        took = time.perf_counter() - between
    assert tuple(said) == tuple(told) == (2, 2)
    assert took < (between - began) / 3


async def test_an_approval_stands_though_a_list_of_mandates_is_in_its_way(town, ccas):
    programme = await civil(ccas)
    file = uuid4()
    batch = await entered(ccas, programme, f"{file};Anne;5;{BEFORE}")
    async with town.services.connection() as connection, connection.transaction():
        await mandated.lock(connection, ccas.party)
        answer = await ccas.approve(batch)
        # A list that says no day writes no mandate, and waits for nobody.
        await entered(ccas, programme, f"{file};;5;", period="2027-05")
    assert (answer.status_code, answer.json()["status"]) == (200, "waiting"), answer.text
    assert (await ccas.until(batch, "executed"))["done"] == 1


async def test_a_day_before_the_live_mandates_is_refused_in_words_and_changes_nothing(ccas):
    programme = await civil(ccas)
    done = await ccas.given(programme, f"{uuid4()};Anne;5;{BEFORE}", heads=HEADS)
    whose = await who(ccas, done["id"])
    earlier = BEFORE - timedelta(days=1)
    for more in ({}, {"reference": "Mandat 7"}):
        assert code(await records(ccas, whose, programme, earlier, **more)) == (
            422, "mandate_unfit")  # fmt: skip
    (mandate,) = (await person(ccas, whose))["mandates"]
    assert (mandate["given_on"], mandate["live"]) == (str(BEFORE), True)
