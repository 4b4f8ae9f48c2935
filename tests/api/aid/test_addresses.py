"""The address of somebody known follows the newest list submitted, and the look is told."""

from uuid import UUID

import pytest

from admin.aid import checking
from tests.api.aid.sponsors import Sponsor

HEADS = "dossier;nom;montant;adresse"


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


async def address(town, ccas, file):
    async with town.services.room(ccas.party) as room:
        whose = (await room.known([file]))[file].beneficiary
        return (await room.read([whose]))[whose].get("address")


def remarks(looked):
    rows = looked.json()["rows"]
    return {r["file"]: [x["facts"] for x in r["remarks"] if x["code"] == "address_changed"]
            for r in rows}  # fmt: skip


async def test_the_newest_list_wins_names_who_moved_and_a_preview_writes_nothing(town, ccas):
    programme = await ccas.programme(funded=500_00)
    first = ("A-1;Anne;5;1 rue du Port, 62200 Boulogne", "A-2;Bob;5;2 rue Haute", "A-3;Eve;5;")
    await ccas.given(programme, *first, heads=HEADS, period="2027-01")
    second = ("A-1;;5;9 quai Gambetta", "A-2;;5;2 rue Haute", "A-3;;5;3 rue Basse")
    looked = await ccas.preview(programme, *second, heads=HEADS, period="2027-02")
    found = {file: facts for file, facts in remarks(looked).items() if facts}
    assert found == {"A-1": [{"before": "1 rue du Port, 62200 Boulogne"}],
                     "A-3": [{"before": ""}]}  # fmt: skip
    assert looked.json()["faulty"] == 0
    assert await address(town, ccas, "A-1") == "1 rue du Port, 62200 Boulogne"
    await ccas.batch(programme, *second, heads=HEADS, period="2027-02")
    assert await address(town, ccas, "A-1") == "9 quai Gambetta"
    assert await address(town, ccas, "A-3") == "3 rue Basse"
    log = (await ccas.validator.get("/v1/aid/access-log")).json()["items"]
    moved = [x for x in log if x["act"] == "address"]
    async with town.services.room(ccas.party) as room:
        known = await room.known(["A-1", "A-3"])
    assert {x["beneficiary"] for x in moved} == {str(k.beneficiary) for k in known.values()}
    assert {UUID(x["user"]) for x in moved} == {ccas.clerk.user}
    # A list that names no address, and one without the column, leave it.
    await ccas.batch(programme, "A-1;;5;", heads=HEADS, period="2027-03")
    await ccas.batch(programme, "A-1;;5", period="2027-04")
    assert await address(town, ccas, "A-1") == "9 quai Gambetta"
    again = (await ccas.validator.get("/v1/aid/access-log")).json()["items"]
    assert sum(x["act"] == "address" for x in again) == 2


async def test_whose_address_was_read_is_written_down_whatever_dies_after(ccas, monkeypatch):
    programme = await ccas.programme()
    await ccas.batch(programme, "C-1;Anne;5;1 rue du Port", heads=HEADS)

    def dies(*_):
        raise ProcessLookupError

    monkeypatch.setattr(checking, "check", dies)
    answer = await ccas.preview(programme, "C-1;;5;2 rue Haute", heads=HEADS, period="2027-04")
    assert answer.status_code == 500
    log = (await ccas.validator.get("/v1/aid/access-log")).json()["items"]
    assert (log[0]["act"], log[0]["people"]) == ("compare", 1)


async def test_another_sponsor_with_the_same_file_number_changes_nothing_of_ours(town, ccas):
    programme = await ccas.programme()
    await ccas.batch(programme, "B-1;Anne;5;1 rue du Port", heads=HEADS)
    other = await Sponsor.meet(town)
    theirs = await other.programme()
    looked = await other.preview(theirs, "B-1;Zoé;5;ailleurs", heads=HEADS)
    assert remarks(looked) == {"B-1": []}
    await other.batch(theirs, "B-1;Zoé;5;ailleurs", heads=HEADS)
    assert await address(town, ccas, "B-1") == "1 rue du Port"
