"""Emergency aid at the desk: set aside by one, given by another, usable before the door."""

import time
from uuid import uuid4

import pytest

from admin.roles import Role
from merchants.codes import card_link
from tests.api.aid.sponsors import Sponsor, card_of, selling, stock
from tests.api.buying.buyers import bsl, eur
from tests.api.paying import shops
from tests.api.shops.committee import code
from tests.database.world import tell


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(scope="module")
async def programme(ccas):
    made = await ccas.programme(funded=300_00)
    assert code(await gives(ccas, made)) == (409, "line_missing")
    answer = await opens(ccas, made)
    assert answer.status_code == 201, answer.text
    return made


async def opens(ccas, programme, total=200_00):
    body = {"total": eur(total), "each_at_most": eur(70_00), "floor": eur(150_00)}
    return await ccas.validator.post(f"/v1/aid/programmes/{programme}/line", body)


async def gives(ccas, programme, *, by=None, key=None, file="U-1", cents=50_00, **more):
    body = {"file": file, "name": "Anne", "children": 2, "amount": eur(cents),
            "decision": "Secours 2027-031", **more}  # fmt: skip
    return await (by or ccas.clerk).post(
        f"/v1/aid/programmes/{programme}/emergencies", body, key=key
    )


async def test_a_card_is_handed_over_loaded_and_pays_at_once(town, ccas, programme):
    bakery = await selling(town)
    (printed,) = await stock(town, ccas.clerk)
    begun, key = time.monotonic(), uuid4()
    made = await gives(ccas, programme, card_number=printed.number, pin="4711", key=key)
    assert made.status_code == 201, made.text
    receipt = made.json()
    assert (receipt["amount"], receipt["amount_local"]) == (eur(50_00), bsl(52_50))
    assert receipt["decision"] == "Secours 2027-031"
    till = await shops.till_key(town, bakery)
    link = card_link(printed.token, town.services.paying.realm)
    paid = await shops.takes(till, bakery, link, 20_00)
    assert paid.status_code == 201, paid.text
    tell(f"emergency at the desk: card given and spent after {time.monotonic() - begun:.2f} s")
    again = await gives(ccas, programme, card_number=printed.number, pin="4711", key=key)
    assert again.json() == receipt
    lots = await ccas.lots(receipt["batch"])
    assert [(lot["balance"], lot["status"]) for lot in lots] == [(32_50, "given")]
    shown = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    assert shown["line"] == {"left": eur(150_00), "floor": eur(150_00),
                             "each_at_most": eur(70_00), "low": False}  # fmt: skip
    assert shown["held"] == eur(250_00)


async def test_the_line_bounds_what_the_desk_gives_and_another_person_gives_it(
    town, ccas, programme
):
    (printed,) = await stock(town, ccas.clerk)
    known = {"card_number": printed.number, "pin": "4711"}
    assert code(await gives(ccas, programme, file="U-2", cents=70_01, **known)) == (
        422,
        "line_short",
    )
    same = await town.signed_in(
        ccas.validator.user, ccas.validator.person, Role.CASEWORKER, ccas.party
    )
    answer = await gives(ccas, programme, by=same, file="U-2", **known)
    assert answer.json()["code"] == "same_person"
    assert code(await opens(ccas, programme)) == (409, "line_open")
    async with town.services.connection() as connection:
        left = await connection.fetchval(
            "select status from admin.card where number = $1", printed.number
        )
    assert left == "stock"


async def test_a_person_has_one_emergency_of_a_programme_a_month(ccas, programme):
    assert code(await gives(ccas, programme, cents=10_00)) == (409, "awarded_before")


async def test_who_has_a_card_keeps_it_and_no_batch_takes_what_is_set_aside(town, ccas, programme):
    who = await town.resident()
    made = await gives(
        ccas, programme, file="U-3", cents=10_00, card_number=await card_of(town, who)
    )
    assert made.status_code == 201, made.text
    assert (await ccas.lots(made.json()["batch"]))[0]["party"] == who.party
    batch = await ccas.batch(programme, "U-9;Max;150")
    waits = (await ccas.approve(batch)).json()
    assert (waits["status"], waits["missing"]) == ("waiting", eur(50_00))
    closed = await ccas.validator.post(f"/v1/aid/programmes/{programme}/line/closing")
    assert closed.status_code == 204, closed.text
    await ccas.until(batch, "executed")
    assert code(await gives(ccas, programme, file="U-4")) == (409, "line_missing")


async def test_a_line_is_no_more_than_what_is_free(ccas):
    poor = await ccas.programme(funded=10_00)
    assert code(await opens(ccas, poor)) == (422, "line_short")
