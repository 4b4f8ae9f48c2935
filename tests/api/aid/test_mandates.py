"""The mandate of each person under a civil mandate: no award is given without a live one."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from api.aid import executing
from tests.api.aid.mandates import (
    BEFORE,
    HEADS,
    civil,
    entered,
    found,
    logged,
    person,
    records,
    revokes,
    today,
    tomorrow,
    who,
)
from tests.api.aid.sponsors import Sponsor, stock
from tests.api.buying.buyers import eur
from tests.api.shops.committee import code


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


async def test_a_row_without_a_mandate_is_a_fault_and_a_list_with_them_is_given(ccas):
    programme = await civil(ccas)
    assert await found(ccas, programme, "M-1;Anne;5;", f"M-2;Bob;5;{BEFORE:%d/%m/%Y}") == [
        ["mandate_missing"], []]  # fmt: skip
    assert await found(ccas, programme, "M-1;Anne;5", heads="dossier;nom;montant") == [
        ["mandate_missing"]]  # fmt: skip
    refused = await ccas.submits(programme, "M-1;Anne;5;", heads=HEADS)
    assert code(refused) == (422, "list_faulty")
    done = await ccas.given(programme, f"M-1;Anne;5;{BEFORE}", heads=HEADS)
    assert (done["done"], done["unmandated"]) == (1, 0)
    (mandate,) = (await person(ccas, await who(ccas, done["id"])))["mandates"]
    assert (mandate["programme"], mandate["given_on"]) == (programme, str(BEFORE))
    assert (mandate["live"], mandate["revoked_at"], mandate["ends_on"]) == (True, None, None)
    # The next month's list needs not say it again.
    again = await ccas.given(programme, "M-1;;5;", heads=HEADS, period="2027-04")
    assert again["done"] == 1
    assert len((await person(ccas, await who(ccas, done["id"])))["mandates"]) == 1


async def test_what_is_no_past_day_is_a_fault_and_one_row_speaks_for_a_file(ccas):
    programme = await civil(ccas)
    rows = (
        f"F-1;Anne;5;{tomorrow()}",
        "F-2;Bob;5;2027-02-30",
        "F-3;Eve;5;hier",
        "F-4;Léa;5;09/13/2026",
    )
    assert await found(ccas, programme, *rows) == [
        ["mandate_future"], *[["mandate_malformed"]] * 3]  # fmt: skip
    heads = "dossier;nom;montant;periode;mandat"
    two = (f"F-5;Anne;5;2027-03;{today()}", "F-5;Anne;5;2027-04;")
    assert await found(ccas, programme, *two, heads=heads) == [[], []]
    assert (await ccas.given(programme, *two, heads=heads))["done"] == 2


@pytest.mark.parametrize("instrument", ["subvention", "cap"])
async def test_other_instruments_want_no_mandate_and_read_none(ccas, instrument):
    programme = await ccas.programme(funded=100_00, instrument=instrument)
    done = await ccas.given(programme, f"{uuid4()};Anne;5;jamais", heads=HEADS)
    assert done["done"] == 1
    whose = await who(ccas, done["id"])
    assert (await person(ccas, whose))["mandates"] == []
    assert code(await records(ccas, whose, programme)) == (422, "mandate_unfit")


async def test_a_mandate_revoked_before_approval_or_before_the_funds_gives_nothing(town, ccas):
    programme = await civil(ccas, funded=10_00)
    batch = await entered(ccas, programme, f"R-1;Anne;20;{BEFORE}", f"R-2;Bob;30;{BEFORE}",
                          f"R-3;Eve;50;{BEFORE}")  # fmt: skip
    anne, bob = await who(ccas, batch), await who(ccas, batch, 1)
    assert (await revokes(ccas, anne)).status_code == 200
    shown = (await ccas.approve(batch)).json()
    assert (shown["status"], shown["missing"]) == ("waiting", eur(70_00))
    assert (shown["unmandated"], shown["unmandated_total"]) == (1, eur(20_00))
    # Between approval and funds, too; by whoever of the CCAS is asked.
    assert (await revokes(ccas, bob, ccas.validator)).status_code == 200
    listed = await ccas.clerk.get(f"/v1/aid/batches/{batch}/awards", unmandated=True)
    assert [one["file"] for one in listed.json()["items"]] == ["R-1", "R-2"]
    await ccas.fund(programme, 40_00)
    done = await ccas.until(batch, "executed")
    assert (done["done"], done["unmandated"], done["unmandated_total"]) == (1, 2, eur(50_00))
    lots = await ccas.lots(batch)
    assert [(one["status"], one["balance"]) for one in lots] == [
        ("refused", None), ("refused", None), ("given", 52_50)]  # fmt: skip
    told = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    assert (told["held"], told["waiting"]) == (eur(0), eur(0))
    assert (await person(ccas, anne))["awards"][0]["status"] == "unmandated"
    listed = (await ccas.clerk.get(f"/v1/aid/batches/{batch}/awards")).json()["items"]
    assert [one["unmandated"] for one in listed] == [True, True, False]
    # Nobody was written to, and they may be awarded anew once they gave another one.
    assert await written_to(town, lots) == [lots[2]["party"]]
    assert await found(ccas, programme, "R-1;;20;", f"R-2;;20;{today()}") == [
        ["mandate_missing"], ["mandate_revoked"]]  # fmt: skip


async def written_to(town, lots):
    async with town.services.connection() as connection:
        rows = await connection.fetch(
            "select party from admin.message where party = any($1) and template = 'money_arrived'",
            [one["party"] for one in lots])  # fmt: skip
    return [row[0] for row in rows]


async def test_a_batch_of_which_nobody_has_a_mandate_waits_until_one_gives_it(ccas, town):
    programme = await civil(ccas)
    batch = await entered(ccas, programme, f"{uuid4()};Anne;20;{BEFORE}")
    whose = await who(ccas, batch)
    await revokes(ccas, whose)
    shown = (await ccas.approve(batch)).json()
    assert (shown["status"], shown["missing"], shown["unmandated"]) == ("waiting", eur(0), 1)
    await executing.run_open(town.services)
    assert (await ccas.clerk.get(f"/v1/aid/batches/{batch}")).json()["status"] == "waiting"
    # A paper from the day of the revocation, or before it, is of no use.
    for day in (BEFORE, today()):
        assert code(await records(ccas, whose, programme, day)) == (422, "mandate_unfit")
    why = {"reason": "Mandat révoqué"}
    assert (await ccas.validator.post(f"/v1/aid/batches/{batch}/refusal", why)).status_code == 200
    assert (await ccas.clerk.get(f"/v1/aid/batches/{batch}")).json()["unmandated"] == 0


async def test_a_later_mandate_replaces_the_one_before_and_the_history_is_kept(ccas):
    programme = await civil(ccas)
    done = await ccas.given(programme, f"{uuid4()};Anne;5;{BEFORE}", heads=HEADS)
    whose = await who(ccas, done["id"])
    more = {"ends_on": str(tomorrow()), "reference": "Mandat 2027-104"}
    first = await records(ccas, whose, programme, BEFORE, **more)
    again = await records(ccas, whose, programme, BEFORE, **more)
    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    shown = (await person(ccas, whose))["mandates"]
    assert [(one["live"], one["reference"]) for one in shown] == [
        (True, "Mandat 2027-104"),
        (False, ""),
    ]
    assert shown[1]["replaced_at"] is not None
    assert (await records(ccas, whose, programme, today())).json()["ends_on"] is None
    assert code(await records(ccas, whose, programme, BEFORE, **more)) == (422, "mandate_unfit")
    assert code(await records(ccas, whose, programme, tomorrow())) == (422, "mandate_unfit")
    ends = {"ends_on": str(today() - timedelta(days=1))}
    assert code(await records(ccas, whose, programme, **ends)) == (422, "fields_contradict")
    acts = [(one["user"], one["beneficiary"]) for one in await logged(ccas, "mandate")]
    assert acts.count((str(ccas.clerk.user), whose)) == 3


async def test_a_mandate_that_has_ended_gives_nothing_and_its_own_day_does_not_renew_it(ccas):
    programme = await civil(ccas)
    file = str(uuid4()).upper()
    batch = await entered(ccas, programme, f"{file};Anne;5;{BEFORE}")
    whose = await who(ccas, batch)
    ends = {"ends_on": str(today() - timedelta(days=1))}
    assert (await records(ccas, whose, programme, BEFORE, **ends)).json()["live"] is False
    assert (await ccas.approve(batch)).json()["unmandated"] == 1
    row = f"{file};;5;{BEFORE}"
    told = (await ccas.preview(programme, row, heads=HEADS, period="2027-05")).json()
    assert told["rows"][0]["faults"] == [
        {"code": "mandate_ended", "facts": {"day": ends["ends_on"]}}]  # fmt: skip
    assert (await records(ccas, whose, programme, today())).json()["live"] is True
    await executing_ends(ccas, batch)


async def executing_ends(ccas, batch):
    """A batch that waited for a mandate runs by itself once there is one."""
    await executing.run_open(ccas.town.services)
    assert (await ccas.until(batch, "executed"))["done"] == 1


async def test_another_sponsor_neither_sees_nor_gives_nor_revokes_a_mandate(town, ccas):
    programme, other = await civil(ccas), await Sponsor.meet(town)
    done = await ccas.given(programme, f"{uuid4()};Anne;5;{BEFORE}", heads=HEADS)
    whose = await who(ccas, done["id"])
    mandate = (await person(ccas, whose))["mandates"][0]["id"]
    place = f"/v1/aid/beneficiaries/{whose}/mandates"
    for by in (other.clerk, other.validator):
        assert code(await by.post(f"{place}/{mandate}/revocation")) == (404, "not_found")
        assert code(await by.get(f"/v1/aid/beneficiaries/{whose}")) == (404, "not_found")
        assert code(await records(ccas, whose, programme, by=by)) == (404, "not_found")
        assert code(await records(ccas, whose, await civil(other), by=by)) == (404, "not_found")
    theirs = await other.given(await civil(other), f"{uuid4()};Max;5;{BEFORE}", heads=HEADS)
    mine = await who(other, theirs["id"])
    assert code(await records(ccas, mine, programme, by=other.clerk)) == (422, "mandate_unfit")
    # Nor with another person's number in the address, even in the same room.
    third = await ccas.given(programme, f"{uuid4()};Luc;5;{BEFORE}", heads=HEADS)
    wrong = f"/v1/aid/beneficiaries/{await who(ccas, third['id'])}/mandates/{mandate}/revocation"
    assert code(await ccas.clerk.post(wrong)) == (404, "not_found")
    assert (await person(ccas, whose))["mandates"][0]["live"] is True


async def test_an_erased_persons_document_is_gone_and_their_mandate_with_it(
    town, ccas, fresh_database
):
    programme = await civil(ccas, funded=0)
    batch = await entered(ccas, programme, f"E-9;Anne;5;{BEFORE}", f"{uuid4()};Bob;5;{BEFORE}")
    whose = await who(ccas, batch)
    secret = "Carton 14, chemise Quatrepierre"
    assert (await records(ccas, whose, programme, reference=secret)).status_code == 200
    root = await asyncpg.connect(fresh_database.superuser_url)
    kept = "select * from ccas.mandate where beneficiary = $1 order by recorded_at"
    assert secret not in str(await root.fetch(kept, UUID(whose)))
    assert (await ccas.validator.post(f"/v1/aid/beneficiaries/{whose}/erasure")).status_code == 204
    rows = await root.fetch(kept, UUID(whose))
    assert [row["sealed"] for row in rows] == [b"", b""]
    assert not any(row["revoked_at"] is None and row["replaced_at"] is None for row in rows)
    await root.close()
    assert code(await records(ccas, whose, programme)) == (404, "not_found")
    await ccas.approve(batch)
    await ccas.fund(programme, 5_00)
    done = await ccas.until(batch, "executed")
    assert (done["done"], done["unmandated"]) == (1, 1)
    # The same number is a new file, which has no mandate.
    assert await found(ccas, programme, "E-9;Anne;5;") == [["mandate_missing"]]


async def test_the_same_key_submits_once_and_another_day_with_it_is_refused(ccas):
    programme, key = await civil(ccas), uuid4()
    row = f"{uuid4()};Anne;5;{BEFORE}"
    first, again = [await ccas.submits(programme, row, heads=HEADS, key=key) for _ in range(2)]
    assert first.json()["id"] == again.json()["id"]
    whose = await who(ccas, first.json()["id"])
    assert len((await person(ccas, whose))["mandates"]) == 1
    other = await ccas.submits(programme, row[:-10] + str(today()), heads=HEADS, key=key)
    assert code(other) == (422, "key_conflict")
    # Once it stands, a revocation does not undo that it was asked for.
    one, two = await asyncio.gather(*(revokes(ccas, whose) for _ in range(2)))
    assert one.json() == two.json()
    assert len([x for x in await logged(ccas, "revoke") if x["beneficiary"] == whose]) == 1
    third = await ccas.submits(programme, row, heads=HEADS, key=key)
    assert third.json()["id"] == first.json()["id"]


async def test_two_who_record_at_once_leave_one_live_mandate(ccas):
    programme = await civil(ccas)
    done = await ccas.given(programme, f"{uuid4()};Anne;5;{BEFORE}", heads=HEADS)
    whose = await who(ccas, done["id"])
    answers = await asyncio.gather(
        *(records(ccas, whose, programme, reference=str(n)) for n in range(4))
    )
    assert {answer.status_code for answer in answers} <= {200, 503}
    shown = (await person(ccas, whose))["mandates"]
    assert [one["live"] for one in shown] == [True] + [False] * (len(shown) - 1)


async def test_the_desk_gives_under_a_live_mandate_or_one_signed_there(town, ccas):
    programme = await civil(ccas)
    line = {name: eur(70_00) for name in ("total", "each_at_most", "floor")}
    place = f"/v1/aid/programmes/{programme}"
    assert (await ccas.validator.post(f"{place}/line", line)).status_code == 201
    (printed,) = await stock(town, ccas.clerk)
    body = {"file": "U-77", "name": "Anne", "amount": eur(5_00), "decision": "Secours 1",
            "card_number": printed.number, "pin": "4711"}  # fmt: skip

    async def gives(key=None, **more):
        return await ccas.clerk.post(f"{place}/emergencies", body | more, key=key)

    assert code(await gives()) == (409, "mandate_missing")
    assert code(await gives(mandate=str(tomorrow()))) == (422, "mandate_unfit")
    async with town.services.room(ccas.party) as room:
        assert await room.known(["U-77"]) == {}
    key = uuid4()
    made = await gives(key, mandate=str(today()))
    assert made.status_code == 201, made.text
    assert (await gives(key, mandate=str(today()))).json() == made.json()
    whose = made.json()["beneficiary"]
    (mandate,) = (await person(ccas, whose))["mandates"]
    assert (mandate["given_on"], mandate["live"]) == (str(today()), True)
    await revokes(ccas, whose)
    body |= {"card_number": None, "pin": None, "decision": "Secours 2"}
    assert code(await gives()) == (409, "mandate_missing")
    assert code(await gives(mandate=str(today()))) == (422, "mandate_unfit")
    plain = await ccas.programme(funded=100_00)
    assert (await ccas.validator.post(f"/v1/aid/programmes/{plain}/line", line)).status_code == 201
    other = f"/v1/aid/programmes/{plain}/emergencies"
    assert code(await ccas.clerk.post(other, body | {"mandate": str(today())})) == (
        422, "mandate_unfit")  # fmt: skip
    assert (await ccas.clerk.post(other, body)).status_code == 201


async def test_who_revokes_while_a_batch_leaves_is_given_to_or_left_out_and_never_both(ccas):
    programme = await civil(ccas)
    rows = [f"{uuid4()};Nom {n};5;{BEFORE}" for n in range(12)]
    batch = await entered(ccas, programme, *rows)
    people = [str(lot["beneficiary"]) for lot in await ccas.lots(batch)]
    first, *answers = await asyncio.gather(
        ccas.approve(batch), *(revokes(ccas, whose) for whose in people[::2])
    )
    assert first.status_code == 200, first.text
    assert {answer.status_code for answer in answers} == {200}
    done = await ccas.until(batch, "executed")
    lots = await ccas.lots(batch)
    given = [lot for lot in lots if lot["status"] == "given"]
    assert (done["done"], done["unmandated"]) == (len(given), 12 - len(given))
    assert all(lot["status"] == "given" for lot in lots[1::2])
    told = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    assert told["held"] == eur(1_000_00 - 5_00 * len(given))
