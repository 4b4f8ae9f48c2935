"""What an office looks at: a batch beside the last period, its list, a programme's course."""

import base64
from datetime import UTC, datetime

import pytest

from admin.aid import views
from merchants.codes import card_link
from tests.api.aid.sponsors import Sponsor, stock
from tests.api.buying.buyers import bsl, eur
from tests.api.paying import shops


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(scope="module")
async def programme(ccas):
    made = await ccas.programme(funded=1_000_00)
    await ccas.given(made, "A-1;Anne;50", "A-2;Jean;60", "A-3;Rose;70", period="2027-02")
    return made


async def test_a_review_says_who_agreed_and_what_differs_from_the_last_period(ccas, programme):
    batch = await ccas.batch(programme, "A-1;Anne;50", "A-2;Jean;80", "A-4;Paul;50")
    shown = (await ccas.validator.get(f"/v1/aid/batches/{batch}/review")).json()
    assert shown["entered_by"] == str(ccas.clerk.grant)
    assert (shown["approved_by"], shown["persons"]) == (None, 2)
    assert [(a["each"], a["awards"], a["total"]) for a in shown["amounts"]] == [
        (eur(50_00), 2, eur(100_00)),
        (eur(80_00), 1, eur(80_00)),
    ]
    assert {(c["code"], c["awards"], c["difference"]) for c in shown["changes"]} == {
        ("changed", 1, 20_00),
        ("gone", 1, -70_00),
        ("new", 1, 50_00),
    }
    await ccas.approve(batch)
    shown = (await ccas.clerk.get(f"/v1/aid/batches/{batch}/review")).json()
    assert shown["approved_by"] == str(ccas.validator.grant)
    await ccas.until(batch, "executed")


async def test_a_batch_above_the_limit_needs_three(ccas):
    large = await ccas.programme(version={"most": eur(20_000_00)})
    batch = await ccas.batch(large, "L-1;Anne;10000,01")
    shown = (await ccas.clerk.get(f"/v1/aid/batches/{batch}/review")).json()
    assert (shown["persons"], shown["pair_at_most"]) == (3, eur(10_000_00))
    assert [c["code"] for c in shown["changes"]] == ["new"]


async def test_a_list_is_paged_its_look_is_written_down_and_an_erased_file_has_no_name(ccas):
    made = await ccas.programme(funded=300_00)
    batch = await ccas.batch(made, *[f"P-{n};Anne {n};10" for n in range(3)])
    path = f"/v1/aid/batches/{batch}/awards"
    first = (await ccas.clerk.get(path, limit=2)).json()
    assert [(one["file"], one["name"]) for one in first["items"]] == [
        ("P-0", "Anne 0"),
        ("P-1", "Anne 1"),
    ]
    assert first["items"][0]["amount_local"] == bsl(10_50)
    assert first["items"][0]["expires_at"] is None
    rest = (await ccas.clerk.get(path, limit=2, cursor=first["next_cursor"])).json()
    assert [one["file"] for one in rest["items"]] == ["P-2"]
    assert rest["next_cursor"] is None
    looks = (await ccas.validator.get("/v1/aid/access-log", limit=2)).json()["items"]
    assert [(one["act"], one["people"], one["name"]) for one in looks] == [
        ("list", 1, "Camille"),
        ("list", 2, "Camille"),
    ]
    whose = first["items"][0]["beneficiary"]
    assert (await ccas.validator.post(f"/v1/aid/beneficiaries/{whose}/erasure")).status_code == 204
    shown = (await ccas.clerk.get(path)).json()["items"][0]
    assert (shown["beneficiary"], shown["file"], shown["name"]) == (whose, None, None)


async def test_an_exported_list_is_in_the_readers_words_and_can_be_sent_anew(ccas):
    programme = await ccas.programme(funded=100_00)
    batch = await ccas.batch(programme, "X-1;Anne;5,50", "X-2;Bob;6")
    place = f"/v1/aid/batches/{batch}/list"
    french = {"Accept-Language": "fr"}
    waits = (await ccas.clerk.ask("GET", place, **french)).content.decode("utf-8-sig").splitlines()
    assert waits[0] == "dossier;nom;période;montant EUR;Bou’Sols;état"
    assert [line.split(";")[-1] for line in waits[1:]] == ["pas encore donnée"] * 2
    await ccas.approve(batch)
    await ccas.until(batch, "executed")
    given = (await ccas.clerk.ask("GET", place, **french)).content
    lines = given.decode("utf-8-sig").splitlines()
    assert lines[1] == "X-1;Anne;2027-03;5,50;5,77;donnée"
    english = await ccas.clerk.ask("GET", place, **{"Accept-Language": "en"})
    assert english.content.decode("utf-8-sig").splitlines()[1].endswith(";given")
    anew = base64.b64encode(given.replace(b"2027-03", b"2027-04")).decode()
    looked = await ccas.clerk.post(
        f"/v1/aid/programmes/{programme}/previews", {"file": anew, "period": "2027-04"}
    )
    assert (looked.json()["faulty"], looked.json()["total"]) == (0, eur(11_50))


async def test_a_course_adds_up_and_names_nobody(ccas):
    made = await ccas.programme(funded=300_00)
    path = f"/v1/aid/programmes/{made}/follow-up"
    none = (await ccas.clerk.get(path)).json()
    assert (none["given"], none["people"], none["endings"]) == (eur(0), 0, [])
    await ccas.given(made, "C-1;Anne;100", "C-2;Jean;20")
    shown = (await ccas.clerk.get(path)).json()
    assert (shown["given"], shown["given_local"]) == (eur(120_00), bsl(126_00))
    assert (shown["left"], shown["spent"], shown["ended"]) == (bsl(126_00), bsl(0), bsl(0))
    assert shown["people"] == 2
    assert [(one["left"], one["lots"]) for one in shown["endings"]] == [(bsl(126_00), 2)]
    foreign = await Sponsor.meet(ccas.town)
    assert (await foreign.clerk.get(path)).status_code == 404


async def test_a_card_at_hand_tells_its_number_and_no_other_code_does(town, ccas):
    (printed,) = await stock(town, ccas.clerk)
    holder = await town.resident()
    _, used = await shops.card(town, holder)
    (elsewhere,) = await stock(town, (await Sponsor.meet(town)).clerk)
    realm = town.services.paying.realm

    async def reads(code):
        return await ccas.clerk.post("/v1/aid/card-readings", {"code": code})

    new = (await reads(card_link(printed.token, realm))).json()
    assert new == {"number": printed.number, "new": True}
    assert (await reads(used)).json()["new"] is False
    # A card of another desk's stock is read, and is none of this one.
    assert (await reads(card_link(elsewhere.token, realm))).json()["new"] is False
    shop = await shops.shop(town)
    for code in (shop.link, "https://elsewhere.example/c/x", card_link("A" * 22, realm)):
        answer = await reads(code)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_card"), code


async def test_faults_of_a_long_list_are_told_before_remarks(ccas):
    made = await ccas.programme(funded=100_00)
    lines = [f"F-{n};Anne;1" for n in range(1_010)]
    told = (await ccas.preview(made, *lines, "F-9999;Anne;nothing")).json()
    assert told["faulty"] == 1
    assert told["rows"][0]["line"] == 1_012
    assert [one["code"] for one in told["rows"][0]["faults"]] == ["amount_malformed"]


def ending(day, people):
    at = datetime(2027, 3, day, tzinfo=UTC)
    return views.Ending(at, at, 10 * people, people, people)


def test_ends_of_few_households_stand_with_others():
    many, few = [ending(day, 11) for day in (2, 5, 9)], [ending(day, 1) for day in (1, 3, 10, 11)]
    found = sorted([*many, *few])
    told = views.joined(found, least=11)
    assert [(one.at.day, one.until.day, one.lots) for one in told] == [
        (1, 2, 12), (3, 5, 12), (9, 11, 13),
    ]  # fmt: skip
    assert sum(one.cents for one in told) == sum(one.cents for one in found)
    assert [one.lots for one in views.joined(few, least=11)] == [4]
    assert views.joined([], least=11) == []
