"""Awards: looked at, submitted, approved by another person, given once when the euros are there."""

import asyncio
from uuid import UUID, uuid4

import pytest

from admin.roles import Role
from api.aid import executing
from tests.api.aid.sponsors import Sponsor, card_of, selling
from tests.api.buying.buyers import booked, bsl, eur, member, ordered, treasurer
from tests.api.paying import shops
from tests.api.shops.committee import code


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


async def test_a_list_is_previewed_submitted_approved_and_given(town, ccas):
    programme = await ccas.programme(funded=400_00)
    looked = (await ccas.preview(programme, "D-1;Anne;50,00", "D-2;Bob;20,50")).json()
    assert (looked["awards"], looked["total"], looked["faulty"]) == (2, eur(70_50), 0)
    assert (looked["new"], looked["missing"], looked["budget_left"]) == (2, eur(0), eur(400_00))
    batch = await ccas.batch(programme, "D-1;Anne;50,00", "D-2;Bob;20,50")
    shown = await ccas.approve(batch)
    assert shown.status_code == 200, shown.text
    done = await ccas.until(batch, "executed")
    assert (done["done"], done["awards"], done["total_local"]) == (2, 2, bsl(52_50 + 21_52))
    assert done["decision"] == "CP du 12 mars, no 14"
    assert [lot["balance"] for lot in await ccas.lots(batch)] == [52_50, 21_52]
    told = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    assert (told["held"], told["backing"]) == (eur(400_00 - 70_50), bsl(74_02))


async def test_nothing_is_written_before_submit_but_that_somebody_looked(town, ccas):
    programme = await ccas.programme()
    counts = "select (select count(*) from admin.award), (select count(*) from admin.party)"
    async with town.services.connection() as connection:
        before = tuple(await connection.fetchrow(counts))
        assert (await ccas.preview(programme, "N-1;Anne;50")).status_code == 200
        assert tuple(await connection.fetchrow(counts)) == before
    log = (await ccas.validator.get("/v1/aid/access-log")).json()["items"]
    assert log[0]["act"] == "preview"


async def test_each_fault_is_named_and_a_faulty_list_is_refused_whole(ccas):
    programme = await ccas.programme(funded=100_00)
    rows = ("F-1;Anne;50", "F-1;Anne;50", "F-2;;50", "F-3;Bob;12,345", "F-4;Eve;500", ";Max;5")
    looked = (await ccas.preview(programme, *rows)).json()
    found = {row["line"]: [one["code"] for one in row["faults"]] for row in looked["rows"]}
    assert found == {2: [], 3: ["duplicate_in_file"], 4: ["name_missing"],
                     5: ["amount_malformed"], 6: ["amount_above_most"],
                     7: ["file_missing"]}  # fmt: skip
    assert looked["faulty"] == 5
    assert code(await ccas.submits(programme, *rows)) == (422, "list_faulty")


async def test_awards_are_for_months_in_which_the_programme_runs(ccas):
    days = {"opens_on": "2026-11-10", "ends_on": "2099-11-30"}
    programme = await ccas.programme(funded=100_00, version=days)
    months = ("2026-10", "2026-11", "2099-11", "2099-12", "2999-03")
    rows = [f"M-{n};Anne;5;{month}" for n, month in enumerate(months)]
    looked = await ccas.preview(programme, *rows, heads="dossier;nom;montant;periode")
    faults = {row["line"]: row["faults"] for row in looked.json()["rows"] if row["faults"]}
    facts = {"first": "2026-11", "last": "2099-11"}
    said = [{"code": "period_outside", "facts": facts}]
    assert faults == {2: said, 5: said, 6: said}
    refused = await ccas.submits(programme, "M-9;Anne;5", period="2099-12")
    assert code(refused) == (422, "list_faulty")


async def test_a_person_is_awarded_once_a_month_and_a_changed_row_is_named(ccas):
    programme = await ccas.programme(funded=400_00)
    await ccas.given(programme, "P-1;Anne;50", "P-2;Bob;20", "P-3;Eve;10", period="2027-02")
    again = (await ccas.preview(programme, "P-1;;50", "P-2;;25", period="2027-02")).json()
    faults = [(r["faults"][0]["code"], r["faults"][0]["facts"]) for r in again["rows"]]
    assert faults == [("awarded_before", {"before": 50_00}),
                      ("awarded_differently", {"before": 20_00})]  # fmt: skip
    march = (await ccas.preview(programme, "P-1;;50", "P-2;;25", "P-4;Max;5")).json()
    remarks = {r["file"]: [(x["code"], x["facts"]) for x in r["remarks"]] for r in march["rows"]}
    assert remarks == {"P-2": [("changed", {"before": 20_00})], "P-4": [("new", {})]}
    assert [(g["file"], g["name"], g["amount"]) for g in march["gone"]] == [
        ("P-3", "Eve", eur(10_00))
    ]


async def test_an_account_whose_file_was_erased_gets_no_second_award_of_a_month(town, ccas):
    programme = await ccas.programme(funded=200_00)
    who = await town.resident()
    number = await card_of(town, who)
    heads = "dossier;nom;montant;carte"
    made = await ccas.given(programme, f"O-1;Anne;20;{number}", heads=heads)
    whose = (await ccas.lots(made["id"]))[0]["beneficiary"]
    erased = await ccas.validator.post(f"/v1/aid/beneficiaries/{whose}/erasure")
    assert erased.status_code == 204
    for cents, said in (("20", "awarded_before"), ("25", "awarded_differently")):
        looked = await ccas.preview(programme, f"O-2;Anne;{cents};{number}", heads=heads)
        (row,) = looked.json()["rows"]
        assert [one["code"] for one in row["faults"]] == [said]
    later = f"O-2;Anne;20;{number}"
    assert (await ccas.preview(programme, later, heads=heads, period="2027-04")).json()["new"] == 1


async def test_whoever_submitted_does_not_approve_whatever_the_login(town, ccas):
    programme = await ccas.programme(funded=100_00)
    batch = await ccas.batch(programme, "S-1;Anne;50")
    same = await town.signed_in(ccas.clerk.user, ccas.clerk.person, Role.CCAS_VALIDATOR, ccas.party)
    assert (await ccas.approve(batch, same)).json()["code"] == "same_person"
    assert (await ccas.approve(batch)).status_code == 200
    await ccas.until(batch, "executed")
    assert code(await ccas.approve(batch, ccas.third)) == (409, "batch_decided")


async def test_a_large_batch_takes_a_third_person(town, ccas):
    programme = await ccas.programme(funded=12_000_00, version={"most": eur(11_000_00)})
    batch = await ccas.batch(programme, "L-1;Anne;10500")
    assert (await ccas.approve(batch)).json()["status"] == "approved"
    assert (await ccas.approve(batch)).json()["status"] == "approved"
    again = await town.signed_in(
        ccas.validator.user, ccas.validator.person, Role.CCAS_VALIDATOR, ccas.party
    )
    assert (await ccas.approve(batch, again)).json()["code"] == "same_person"
    assert (await ccas.approve(batch, ccas.third)).status_code == 200
    await ccas.until(batch, "executed")


async def test_an_approved_batch_waits_for_its_euros_and_runs_once_by_itself(ccas):
    programme = await ccas.programme(funded=30_00)
    batch = await ccas.batch(programme, "W-1;Anne;50", "W-2;Bob;20")
    shown = (await ccas.approve(batch)).json()
    assert (shown["status"], shown["missing"]) == ("waiting", eur(40_00))
    credit = await ccas.fund(programme, 40_00)
    assert (credit["state"], credit["programme"]) == ("booked", programme)
    done = await ccas.until(batch, "executed")
    assert (done["missing"], done["done"]) == (eur(0), 2)
    assert [lot["balance"] for lot in await ccas.lots(batch)] == [52_50, 21_00]
    told = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    assert (told["held"], told["waiting"], told["missing"]) == (eur(0), eur(0), eur(0))


async def test_what_was_submitted_first_has_its_euros_first_as_the_preview_said(town, ccas):
    programme = await ccas.programme(funded=60_00)
    large = await ccas.batch(programme, "O-1;Anne;50", "O-2;Bob;50")
    looked = (await ccas.preview(programme, "O-3;Eve;40")).json()
    assert (looked["budget_left"], looked["missing"]) == (eur(0), eur(40_00))
    small = await ccas.batch(programme, "O-3;Eve;40")
    shown = (await ccas.approve(small)).json()
    assert (shown["status"], shown["missing"]) == ("waiting", eur(80_00))
    shown = (await ccas.approve(large)).json()
    assert (shown["status"], shown["missing"]) == ("waiting", eur(40_00))
    await executing.run_open(town.services)
    assert (await ccas.clerk.get(f"/v1/aid/batches/{small}")).json()["status"] == "waiting"
    why = {"reason": "Trop pour cette année"}
    assert (await ccas.validator.post(f"/v1/aid/batches/{large}/refusal", why)).status_code == 200
    await ccas.until(small, "executed")
    told = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    assert (told["held"], told["waiting"]) == (eur(20_00), eur(0))


async def test_a_batch_that_waits_past_its_programmes_end_says_so_and_holds_nothing(
    town, ccas, owner
):
    programme = await ccas.programme(funded=30_00)
    waits = await ccas.batch(programme, "E-1;Anne;50")
    entered = await ccas.batch(programme, "E-2;Bob;5")
    assert (await ccas.approve(waits)).json()["shut"] is False
    ends = "update admin.programme_version set ends_on = '2020-06-30' where programme = $1"
    await owner.execute(ends, UUID(programme))
    await ccas.fund(programme, 70_00)
    await executing.run_open(town.services)
    shown = (await ccas.clerk.get(f"/v1/aid/batches/{waits}")).json()
    assert (shown["status"], shown["shut"], shown["missing"]) == ("waiting", True, eur(0))
    told = (await ccas.validator.get(f"/v1/aid/programmes/{programme}")).json()
    assert (told["held"], told["waiting"], told["missing"]) == (eur(100_00), eur(0), eur(0))
    assert code(await ccas.approve(entered)) == (422, "programme_shut")
    listed = {one["id"]: one["shut"] for one in (await _listed(ccas))}
    assert (listed[waits], listed[entered]) == (True, True)
    why = {"reason": "Le programme est fini"}
    for batch in (waits, entered):
        done = await ccas.validator.post(f"/v1/aid/batches/{batch}/refusal", why)
        assert (done.json()["status"], done.json()["shut"]) == ("refused", False)


async def _listed(ccas):
    return (await ccas.clerk.get("/v1/aid/batches")).json()["items"]


async def test_a_refused_batch_leaves_its_persons_free_for_another(ccas):
    programme = await ccas.programme(funded=50_00)
    batch = await ccas.batch(programme, "R-1;Anne;50")
    assert code(await ccas.submits(programme, "R-1;;50")) == (422, "list_faulty")
    place, why = f"/v1/aid/batches/{batch}/refusal", "Anne n’habite plus la commune"
    refused = await ccas.validator.post(place, {"reason": f" {why} "})
    assert refused.json()["status"] == "refused"
    assert code(await ccas.approve(batch)) == (409, "batch_decided")
    # Again is no act, whoever says it and whatever they say: who entered it reads the first reason.
    for who in (ccas.validator, ccas.third):
        assert (await who.post(place, {"reason": "Autre chose"})).status_code == 200
    told = (await ccas.clerk.get(f"/v1/aid/batches/{batch}")).json()
    assert (told["reason"], told["refused_at"]) == (why, refused.json()["refused_at"])
    listed = (await ccas.clerk.get("/v1/aid/batches")).json()["items"]
    assert [one["reason"] for one in listed if one["id"] == batch] == [None]
    await ccas.given(programme, "R-1;;40")


@pytest.mark.parametrize("reason", [None, "", "  ", "x" * 201, "two\nlines", 7, "No\x00"])
async def test_a_batch_is_refused_with_a_reason_of_one_line_or_not_at_all(ccas, reason):
    batch = await ccas.batch(await ccas.programme(), f"{uuid4()};Anne;5")
    place = f"/v1/aid/batches/{batch}/refusal"
    body = {} if reason is None else {"reason": reason}
    assert code(await ccas.validator.post(place, body)) == (400, "malformed_body")
    assert code(await ccas.clerk.post(place, {"reason": "No"})) == (403, "forbidden")
    assert (await ccas.clerk.get(f"/v1/aid/batches/{batch}")).json()["status"] == "submitted"


async def test_who_refuses_too_late_leaves_no_reason_and_two_at_once_leave_the_winners(town, ccas):
    programme = await ccas.programme(funded=50_00)
    done = await ccas.given(programme, f"{uuid4()};Anne;5")
    late = await ccas.validator.post(f"/v1/aid/batches/{done['id']}/refusal", {"reason": "Trop"})
    assert code(late) == (409, "batch_decided")
    batch = await ccas.batch(programme, f"{uuid4()};Bob;5")
    place, whose = f"/v1/aid/batches/{batch}/refusal", {"Karim": ccas.validator, "Awa": ccas.third}
    answers = await asyncio.gather(*(w.post(place, {"reason": n}) for n, w in whose.items()))
    assert {answer.status_code for answer in answers} == {200}
    told = (await ccas.clerk.get(f"/v1/aid/batches/{batch}")).json()
    by = (await ccas.clerk.get(f"/v1/aid/batches/{batch}/review")).json()["refused_by"]
    assert str(whose[told["reason"]].grant) == by


async def test_the_same_key_submits_once_and_another_list_with_it_is_refused(ccas):
    programme, key = await ccas.programme(funded=50_00), uuid4()
    first = await ccas.submits(programme, "K-1;Anne;50", key=key)
    again = await ccas.submits(programme, "K-1;Anne;50", key=key)
    assert first.json()["id"] == again.json()["id"]
    assert code(await ccas.submits(programme, "K-1;Anne;51", key=key)) == (422, "key_conflict")


async def test_a_household_gives_the_amount_and_a_card_names_the_account(town, ccas):
    formula = {"first_adult": 150_00, "further_adult": 75_00, "child": 75_00}
    programme = await ccas.programme(funded=500_00, version={"formula": formula})
    who = await town.resident()
    number = await card_of(town, who)
    heads = "N° dossier;Nom;Adultes;Enfants;Montant;Carte"
    rows = (f"H-1;Anne;2;1;;{number}", "H-2;Bob;1;0;100,00;")
    looked = (await ccas.preview(programme, *rows, heads=heads)).json()
    assert looked["total"] == eur(400_00)
    assert looked["rows"][1]["remarks"][0] == {
        "code": "off_formula", "facts": {"formula": 150_00}}  # fmt: skip
    done = await ccas.given(programme, *rows, heads=heads)
    lots = await ccas.lots(done["id"])
    assert (lots[0]["party"], lots[0]["balance"]) == (who.party, 315_00)


async def test_aid_pays_where_its_filieres_are_and_refuses_in_words_that_say_nothing(town, ccas):
    programme = await ccas.programme(funded=100_00)
    bakery, bookshop = await selling(town), await selling(town, "librairie")
    who = await town.resident()
    done = await ccas.given(programme, f"M-1;Anne;50;{await card_of(town, who)}",
                            heads="dossier;nom;montant;carte")  # fmt: skip
    paid = await shops.pays(who, bakery.link, 20_00)
    assert paid.status_code == 201, paid.text
    assert (await ccas.lots(done["id"]))[0]["balance"] == 32_50
    _, card = await shops.card(town, who)
    till = await shops.till_key(town, bookshop)
    refused = await shops.takes(till, bookshop, card, 20_00)
    assert refused.json()["code"] == "payment_not_possible"
    shown = (
        await ccas.clerk.get(
            f"/v1/aid/beneficiaries/{(await ccas.lots(done['id']))[0]['beneficiary']}"
        )
    ).json()
    assert (shown["name"], shown["awards"][0]["left"]) == ("Anne", bsl(32_50))
    assert shown["refused"][0]["code"] == "lot_not_accepted"


async def test_aid_does_not_count_against_the_cap_of_an_identity(town, ccas):
    programme = await ccas.programme(funded=400_00)
    who = await member(town, tier=0)
    await ccas.given(programme, f"C-1;Anne;400;{await card_of(town, who)}",
                     heads="dossier;nom;montant;carte")  # fmt: skip
    limits = await town.limits()
    assert limits.balance_tier0_max_cents < 400_00
    made = await ordered(who, 140_00)
    credit = await booked(await treasurer(town), 140_00, order=made["id"])
    assert (credit["state"], credit["put_aside"]) == ("booked", eur(0))


async def test_nobody_enters_approves_or_gives_aid_to_themselves(town, ccas):
    programme = await ccas.programme(funded=100_00)
    heads = "dossier;nom;montant;carte"
    numbers = {}
    for who in (ccas.clerk, ccas.validator):
        own = await town.resident()
        async with town.services.connection() as connection:
            whose = "update admin.party set person = $2 where id = $1"
            await connection.execute(whose, own.party, who.person)
        numbers[who.role] = await card_of(town, own)
    mine = f"Z-1;Anne;5;{numbers[Role.CASEWORKER]}"
    assert code(await ccas.submits(programme, mine, heads=heads)) == (409, "own_award")
    batch = await ccas.batch(programme, f"Z-2;Bob;5;{numbers[Role.CCAS_VALIDATOR]}", heads=heads)
    assert code(await ccas.approve(batch)) == (409, "own_award")
    assert (await ccas.approve(batch, ccas.third)).status_code == 200
    line = {name: eur(50_00) for name in ("total", "each_at_most", "floor")}
    assert (
        await ccas.validator.post(f"/v1/aid/programmes/{programme}/line", line)
    ).status_code == 201
    given = await ccas.clerk.post(f"/v1/aid/programmes/{programme}/emergencies", {
        "file": "Z-3", "name": "Anne", "amount": eur(5_00), "decision": "x",
        "card_number": numbers[Role.CASEWORKER]})  # fmt: skip
    assert code(given) == (409, "own_award")


async def test_what_a_list_says_anew_of_a_person_is_kept_and_what_it_leaves_out_stays(ccas):
    programme = await ccas.programme(funded=100_00)
    heads = "dossier;nom;adultes;enfants;montant"
    done = await ccas.given(programme, "N-1;Anne Petit;1;2;5", heads=heads, period="2027-01")
    place = f"/v1/aid/beneficiaries/{(await ccas.lots(done['id']))[0]['beneficiary']}"
    for row, month, expected in (
        ("N-1;Anne Roy;;;5", "02", ("Anne Roy", 1, 2)),
        ("N-1;;2;3;5", "03", ("Anne Roy", 2, 3)),
        ("N-1;;;;5", "04", ("Anne Roy", 2, 3)),
    ):
        await ccas.batch(programme, row, heads=heads, period=f"2027-{month}")
        shown = (await ccas.clerk.get(place)).json()
        assert (shown["name"], shown["adults"], shown["children"]) == expected
