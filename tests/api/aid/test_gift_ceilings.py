"""What a works council may give: the table of ceilings, two treasurers, no row above it."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from admin.roles import Role
from api.wire.days import day_of
from tests.api.aid.sponsors import Sponsor, card_of
from tests.api.buying.buyers import bsl, eur, treasurer
from tests.api.shops.committee import code

CULTURE = {"filieres": ["loisirs_culture"]}


@pytest.fixture(scope="module")
async def council(town):
    return await Sponsor.meet(town, Role.WORKS_COUNCIL)


@pytest.fixture(scope="module")
async def programme(council):
    return await council.programme(funded=5_000_00, version=CULTURE, instrument="cse")


def of(looked, kind):
    """The findings of each row by its line: their codes and what the last one says."""
    rows = looked.json()["rows"]
    return {r["line"]: [(x["code"], x["facts"]) for x in r[kind]] for r in rows}


async def test_the_total_of_the_year_stands_beside_the_ceiling_and_a_row_above_is_refused(
    town, council, programme
):
    year = day_of(town.now).year
    await council.given(programme, "S1;Anne;150", "S2;Bob;20", period=f"{year}-01")
    rows = ("S1;;33", "S1;;0,01", "S2;;50", "S3;Eve;183,01")
    looked = await council.preview(programme, *rows, period=f"{year}-02")
    facts = {"year": year, "most": 183_00}
    totals = {line: x[-1] for line, x in of(looked, "remarks").items() if x[-1][0] == "in_year"}
    assert totals == {
        2: ("in_year", facts | {"before": 150_00, "total": 183_00}),
        4: ("in_year", facts | {"before": 20_00, "total": 70_00}),
    }
    faults = {line: dict(x).get("above_year") for line, x in of(looked, "faults").items() if x}
    assert faults == {
        3: facts | {"before": 183_00, "total": 183_01},
        5: facts | {"before": 0, "total": 183_01},
    }
    refused = await council.submits(programme, "S3;Eve;183,01", period=f"{year}-02")
    assert code(refused) == (422, "list_faulty")
    # Another year has a total of its own, and another council's gifts are its own.
    later = await council.preview(programme, "S1;;183", period=f"{year + 1}-01")
    assert of(later, "remarks")[2][-1][1]["total"] == 183_00
    other = await Sponsor.meet(town, Role.WORKS_COUNCIL)
    theirs = await other.programme(version=CULTURE, instrument="cse")
    assert of(await other.preview(theirs, "S1;Anne;183", period=f"{year}-02"), "faults") == {2: []}


async def test_no_gift_is_weighed_by_a_year_whose_ceiling_cannot_be_said_yet(
    town, council, programme
):
    year = day_of(town.now).year
    for later, known in ((1, True), (2, False)):
        looked = await council.preview(programme, "Y1;Yves;5", period=f"{year + later}-01")
        found = [x for x in of(looked, "faults")[2] if x[0] == "ceiling_missing"]
        assert found == ([] if known else [("ceiling_missing", {"year": year + later})])
    refused = await council.submits(programme, "Y1;Yves;5", period=f"{year + 2}-01")
    assert code(refused) == (422, "list_faulty")


async def test_two_files_of_one_account_and_a_second_programme_count_together(
    town, council, programme
):
    year, who = day_of(town.now).year, await town.resident()
    card, heads = await card_of(town, who), "dossier;nom;montant;carte"
    await council.given(programme, f"A1;Zoé;100;{card}", heads=heads, period=f"{year}-03")
    second = await council.programme(version=CULTURE, instrument="cse", name="Noël")
    looked = await council.preview(second, "A1;;83,01", period=f"{year}-12")
    assert of(looked, "faults")[2][0][0] == "above_year"


async def test_two_lists_at_once_do_not_pass_the_ceiling_together(town, council, programme):
    year = day_of(town.now).year
    await council.given(programme, "T1;Lou;1", period=f"{year}-04")
    months = [f"{year}-{month:02}" for month in range(5, 11)]
    answers = await asyncio.gather(
        *(council.submits(programme, "T1;;60", period=month) for month in months)
    )
    assert sorted(a.status_code for a in answers) == [201] * 3 + [422] * 3
    assert {a.json()["code"] for a in answers if a.status_code == 422} == {"list_faulty"}


async def test_a_refused_batch_counts_no_more(town, council, programme):
    year = day_of(town.now).year
    batch = await council.batch(programme, "R1;Max;183", period=f"{year}-05")
    again = await council.preview(programme, "R1;;1", period=f"{year}-06")
    assert of(again, "faults")[2][0][0] == "above_year"
    assert (
        await council.validator.post(f"/v1/aid/batches/{batch}/refusal", {"reason": "doublon"})
    ).status_code == 200
    assert of(await council.preview(programme, "R1;;183", period=f"{year}-06"), "faults")[2] == []


async def test_a_ceiling_is_said_by_two_treasurers_and_stays(town, council, programme):
    one, two = await treasurer(town), await treasurer(town)
    year = day_of(town.now).year + 1
    body = {"year": year, "amount": eur(200_00), "source": "Arrêté du 19 décembre"}
    made = await one.post("/v1/aid/ceilings", body)
    assert made.status_code == 201, made.text
    assert (await one.post("/v1/aid/ceilings", body)).json() == made.json()
    for who, other in ((two, body), (one, body | {"amount": eur(300_00)})):
        assert code(await who.post("/v1/aid/ceilings", other)) == (409, "ceiling_known")
    place = f"/v1/aid/ceilings/{made.json()['id']}"
    twin = await town.signed_in(one.user, one.person, Role.TREASURER, one.party)
    for who in (one, twin):
        assert code(await who.post(f"{place}/confirmation")) == (409, "same_person")
    above = await council.preview(programme, "C1;Ida;190", period=f"{year}-01")
    assert of(above, "faults")[2][0][0] == "above_year"
    done = await two.post(f"{place}/confirmation")
    assert (done.status_code, done.json()["status"]) == (200, "agreed")
    assert (await two.post(f"{place}/confirmation")).json() == done.json()
    assert code(await one.post(f"{place}/refusal")) == (409, "ceiling_decided")
    for who in (one, two):
        assert code(await who.post("/v1/aid/ceilings", body)) == (409, "ceiling_known")
    below = await council.preview(programme, "C1;Ida;190", period=f"{year}-01")
    assert of(below, "faults")[2] == []
    told = (await council.clerk.get("/v1/aid/ceilings")).json()
    assert told["in_force"] == eur(183_00)
    assert [(c["year"], c["amount"]["amount"]) for c in told["items"]] == [
        (year, 200_00), (2023, 183_00), (2019, 169_00)]  # fmt: skip


async def test_a_withdrawn_ceiling_may_be_said_anew_and_nonsense_is_refused(town, council):
    one = await treasurer(town)
    year = day_of(town.now).year
    body = {"year": year, "amount": eur(190_00), "source": "Page du site"}
    made = (await one.post("/v1/aid/ceilings", body)).json()
    place = f"/v1/aid/ceilings/{made['id']}"
    assert (await one.post(f"{place}/refusal")).json()["status"] == "withdrawn"
    two = await treasurer(town)
    assert code(await two.post(f"{place}/confirmation")) == (409, "ceiling_decided")
    again = await one.post("/v1/aid/ceilings", body | {"amount": eur(191_00)})
    assert again.status_code == 201
    await one.post(f"/v1/aid/ceilings/{again.json()['id']}/refusal")
    for past in (year - 1, year + 2):
        assert code(await one.post("/v1/aid/ceilings", body | {"year": past})) == (
            422, "ceiling_past")  # fmt: skip
    for nonsense in ({"amount": eur(0)}, {"amount": bsl(5)}, {"year": "x"}, {"source": " "}):
        assert (await one.post("/v1/aid/ceilings", body | nonsense)).status_code in {400, 422}
    assert code(await one.post(f"/v1/aid/ceilings/{uuid4()}/confirmation")) == (404, "not_found")
    assert (await council.clerk.post("/v1/aid/ceilings", body)).status_code == 403


async def test_raw_sql_changes_no_ceiling(fresh_database):
    for url in (fresh_database.app_url, fresh_database.owner_url):
        connection = await asyncpg.connect(url)
        try:
            for attack in ("update admin.cse_ceiling set euros_cents = 1",
                           "delete from admin.cse_ceiling",
                           "truncate admin.cse_ceiling"):  # fmt: skip
                with pytest.raises(asyncpg.PostgresError):
                    await connection.execute(attack)
        finally:
            await connection.close()
