"""A food fund from joining to the shares of a month: contributions by means, the same for all."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from admin.aid import members
from admin.roles import Role
from api.aid import monthly
from api.wire.days import day_of
from tests.api.aid.sponsors import PERIOD, Sponsor, card_of
from tests.api.buying import buyers
from tests.api.buying.buyers import booked, bsl, eur, ordered, treasurer
from tests.api.shops.committee import code


@pytest.fixture(scope="module")
async def sponsor(town):
    return await Sponsor.meet(town, Role.SPONSOR)


async def fund(sponsor, **more):
    return await sponsor.programme(instrument="food_fund", **more)


async def joins(who, programme, cents=60_00):
    body = {"contribution": eur(cents)}
    return await who.ask("PUT", f"/v1/food-funds/{programme}/membership", body)


async def member(town, programme, cents=60_00):
    who = await town.resident()
    answer = await joins(who, programme, cents)
    assert answer.status_code == 200, answer.text
    return who, answer.json()["mine"]["transfer"]["reference"]


def month(town):
    return f"{day_of(town.now):%Y-%m}"


async def looked(who, programme, **params):
    answer = await who.get(f"/v1/aid/programmes/{programme}/month", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def shares(who, programme, month, key=None, **more):
    body = {"period": month, "decision": "Règlement, art. 4"} | more
    return await who.post(f"/v1/aid/programmes/{programme}/allotments", body, key=key)


async def test_a_file_that_bears_the_name_of_the_next_member_keeps_nobody_out(town, sponsor):
    programme = await fund(sponsor)
    async with town.services.connection() as connection:
        last = await members.next_number(connection)
    taken = [f"CAISSE-{last + n};Camille;5" for n in (1, 2, 3)]
    await sponsor.batch(await sponsor.programme(), *taken)
    assert (await joins(await town.resident(), programme)).status_code == 200


async def test_a_members_file_has_the_address_of_the_account_or_lacks_one(town, sponsor):
    programme = await fund(sponsor, funded=100_00)
    whose = "update admin.person set postal_address = $2 where id = $1"
    home = "9 quai Gambetta\n\n62200 Boulogne-sur-Mer"
    known, nowhere, filed, blank = [await town.resident() for _ in range(4)]
    row = "F-{};Camille;5;{};{}"
    rows = [
        row.format(1, await card_of(town, filed), '"1 rue du Port, 62200 Boulogne"'),
        row.format(2, await card_of(town, blank), ""),
    ]
    heads = "dossier;nom;montant;carte;adresse"
    await sponsor.batch(await sponsor.programme(), *rows, heads=heads)
    async with town.services.connection() as connection:
        for who in (known, filed, blank):
            await connection.execute(whose, who.person, home)
    for who in (known, nowhere, filed, blank):
        assert (await joins(who, programme)).status_code == 200
    async with town.services.room(sponsor.party) as room:
        files = await room.of_parties([w.party for w in (known, nowhere, filed, blank)])
        facts = await room.read(list(files.values()))
    found = [facts[files[w.party]].get("address") for w in (known, nowhere, filed, blank)]
    ours = "9 quai Gambetta, 62200 Boulogne-sur-Mer"
    assert [a or None for a in found] == [ours, None, "1 rue du Port, 62200 Boulogne", ours]


async def test_members_are_told_page_by_page_and_the_log_counts_whom_each_page_shows(town, sponsor):
    programme = await fund(sponsor)
    for _ in range(3):
        await member(town, programme)
    path, found, cursor = f"/v1/aid/programmes/{programme}/members", [], ""
    for count in (2, 1):
        more = {"cursor": cursor} if cursor else {}
        page = (await sponsor.clerk.get(path, limit="2", **more)).json()
        log = (await sponsor.validator.get("/v1/aid/access-log", limit="1")).json()["items"]
        assert (len(page["items"]), log[0]["act"], log[0]["people"]) == (count, "list", count)
        found += [one["joined_at"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert (found, len(set(found))) == (sorted(found), 3)
    assert not cursor


async def test_a_month_runs_from_joining_to_the_shares(town, sponsor):
    programme = await fund(sponsor, funded=100_00, name="Caisse du marché")
    (ann, first), (bob, second) = [await member(town, programme, c) for c in (1_00, 150_00)]
    late, _ = await member(town, programme, 20_00)
    for reference, cents in ((first, 1_00), (second, 150_00)):
        credit = await booked(await treasurer(town), cents, reference=f"CAISSE {reference} mars")
        assert (credit["state"], credit["programme"]) == ("booked", programme)
    told = await looked(sponsor.clerk, programme)
    assert (told["members"], told["paid"], told["to_give"]) == (3, 2, 2)
    assert told["promised"] == eur(171_00)
    assert (told["from_members"], told["other"]) == (eur(151_00), eur(100_00))
    assert (told["each"], told["remainder"]) == (eur(125_50), eur(0))
    # Nobody who has not paid gets a share, unless the decision says so: 251.00 by 3.
    all_three = await looked(sponsor.clerk, programme, everybody="true")
    assert (all_three["each"], all_three["remainder"]) == (eur(83_66), eur(2))
    await _given(town, sponsor, programme, (ann, bob))
    assert (await late.get(f"/v1/food-funds/{programme}")).json()["mine"]["shares"] == []
    assert code(await shares(sponsor.clerk, programme, month(town))) == (
        409, "fund_without_members")  # fmt: skip
    later = await looked(sponsor.clerk, programme, everybody="true")
    assert (later["given"], later["to_give"], later["each"]) == (2, 1, eur(125_50))
    assert later["missing"] == eur(125_50)


async def test_a_contribution_is_of_the_month_in_which_the_bank_booked_it(town, sponsor):
    programme = await fund(sponsor)
    _, reference = await member(town, programme, 40_00)
    last = day_of(town.now).replace(day=1) - timedelta(days=1)
    await booked(await treasurer(town), 40_00, reference=reference, booked_on=f"{last}")
    assert (await looked(sponsor.clerk, programme))["paid"] == 0
    before = await looked(sponsor.clerk, programme, period=f"{last:%Y-%m}")
    assert (before["paid"], before["from_members"]) == (1, eur(40_00))


async def _given(town, sponsor, programme, members):
    """One enters the month, another approves it, each of the two has the same."""
    key = uuid4()
    made = await shares(sponsor.clerk, programme, month(town), key)
    assert made.status_code == 201, made.text
    assert (await shares(sponsor.clerk, programme, month(town), key)).content == made.content
    batch = made.json()["id"]
    assert code(await sponsor.approve(batch, sponsor.clerk)) == (409, "same_person")
    await sponsor.approve(batch)
    done = await sponsor.until(batch, "executed")
    assert (done["awards"], done["total"]) == (2, eur(251_00))
    # 125.50 EUR are 131.77 BSL each; the late one gets as much once the contribution has come.
    for who in members:
        mine = (await who.get(f"/v1/food-funds/{programme}")).json()["mine"]
        assert [(s["period"], s["amount_local"], s["left"]) for s in mine["shares"]] == [
            (month(town), bsl(131_77), bsl(131_77))]  # fmt: skip
    async with town.services.connection() as connection:
        query = "select contribution_cents from admin.award where batch = $1"
        paid = {row[0] for row in await connection.fetch(query, UUID(batch))}
    assert paid == {1_00, 150_00}


async def test_a_rule_of_100_euros_gives_them_whatever_is_there(town, sponsor):
    version = {"formula": {"first_adult": 100_00}}
    programme = await fund(sponsor, version=version)
    who, reference = await member(town, programme, 40_00)
    await booked(await treasurer(town), 40_00, reference=reference)
    told = await looked(sponsor.clerk, programme)
    assert (told["each"], told["missing"]) == (eur(100_00), eur(60_00))
    assert (await who.get("/v1/food-funds")).json()["items"][-1]["share"] == eur(100_00)
    made = (await shares(sponsor.clerk, programme, month(town))).json()
    assert (await sponsor.approve(made["id"])).json()["missing"] == eur(60_00)
    await sponsor.fund(programme, 60_00)
    assert (await sponsor.until(made["id"], "executed"))["total_local"] == bsl(105_00)


async def test_a_member_says_what_they_pay_once_or_anew_and_leaves(town, sponsor):
    programme = await fund(sponsor)
    who = await town.resident()
    answers = await asyncio.gather(*(joins(who, programme, 30_00) for _ in range(6)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["mine"]["transfer"]["reference"] for a in answers}) == 1
    reference = answers[0].json()["mine"]["transfer"]["reference"]
    changed = (await joins(who, programme, 45_50)).json()
    assert changed["mine"]["contribution"] == eur(45_50)
    assert changed["mine"]["transfer"]["reference"] == reference
    assert changed["members"] == 1
    for cents in (99, 150_01, 0):
        answer = await joins(who, programme, cents)
        assert answer.status_code in {400, 422}, answer.text
    assert code(await joins(who, programme, 99)) == (422, "contribution_unfit")
    wrong = {"contribution": bsl(5_00)}
    answer = await who.ask("PUT", f"/v1/food-funds/{programme}/membership", wrong)
    assert code(answer) == (422, "wrong_currency")
    place = f"/v1/food-funds/{programme}/membership"
    for _ in range(2):
        assert (await who.ask("DELETE", place)).status_code == 204
    assert (await who.get(f"/v1/food-funds/{programme}")).json()["mine"] is None
    # Euros of who left are the fund's all the same, and who comes back has a new reference.
    credit = await booked(await treasurer(town), 10_00, reference=reference)
    assert credit["programme"] == programme
    again = (await joins(who, programme, 45_50)).json()
    assert again["mine"]["transfer"]["reference"] != reference
    assert again["mine"]["paid"] == eur(0)


async def test_the_sponsor_sees_who_joined_the_look_is_written_down_and_another_does_not(
    town, sponsor
):
    programme = await fund(sponsor)
    who, _ = await member(town, programme, 15_00)
    place = f"/v1/aid/programmes/{programme}/members"
    (told,) = (await sponsor.clerk.get(place)).json()["items"]
    assert told["file"].startswith("CAISSE-")
    assert (told["contribution"], told["paid"], told["share"]) == (eur(15_00), eur(0), None)
    acts = [x["act"] for x in (await sponsor.clerk.get("/v1/aid/access-log")).json()["items"]]
    assert acts[:2] == ["list", "join"]
    other = await Sponsor.meet(town, Role.SPONSOR)
    for path in (place, f"/v1/aid/programmes/{programme}/month"):
        assert code(await other.clerk.get(path)) == (404, "not_found")
        assert (await who.get(path)).status_code == 403
        assert (await sponsor.treasurer.get(path)).status_code == 403
    assert code(await shares(other.clerk, programme, month(town))) == (404, "not_found")


async def test_what_makes_no_month(town, sponsor):
    programme = await fund(sponsor)
    who, _ = await member(town, programme)
    for period in ("2020-01", PERIOD if month(town) != PERIOD else "2099-01"):
        answer = await shares(sponsor.clerk, programme, period)
        assert code(answer) == (422, "fund_month_far"), answer.text
    this = month(town)
    assert code(await shares(sponsor.clerk, programme, this)) == (409, "fund_without_members")
    assert code(await shares(sponsor.clerk, programme, this, everybody=True)) == (
        409, "fund_empty")  # fmt: skip
    key = uuid4()
    await sponsor.fund(programme, 50_00)
    first = await shares(sponsor.clerk, programme, this, key, everybody=True)
    assert first.status_code == 201, first.text
    other = await shares(sponsor.clerk, programme, this, key)
    assert code(other) == (422, "key_conflict")
    for nonsense in ({"period": "2027-13"}, {"decision": ""}, {"everybody": "yes please"}):
        answer = await shares(sponsor.clerk, programme, this, **nonsense)
        assert answer.status_code == 400, answer.text
    for never in ("0000-01", "0001-01", "9999-12", "1999-12", "2027-13"):
        for path in ("month", "members"):
            answer = await sponsor.clerk.get(f"/v1/aid/programmes/{programme}/{path}", period=never)
            assert answer.status_code == 400, answer.text
    aid = await sponsor.programme(name="Pas une caisse")
    assert code(await joins(who, aid)) == (404, "not_found")
    assert code(await sponsor.clerk.get(f"/v1/aid/programmes/{aid}/month")) == (404, "not_found")
    over = await fund(sponsor, version={"ends_on": "2020-12-31"})
    assert code(await joins(who, over)) == (422, "programme_shut")
    assert over not in {one["id"] for one in (await who.get("/v1/food-funds")).json()["items"]}


async def test_two_months_at_once_are_one_and_whoever_is_a_member_enters_none(town, sponsor):
    programme = await fund(sponsor, funded=90_00)
    for _ in range(3):
        await member(town, programme)
    answers = await asyncio.gather(
        *(shares(sponsor.clerk, programme, month(town), everybody=True) for _ in range(4))
    )
    assert min(a.status_code for a in answers) == 201
    async with town.services.connection() as connection:
        query = "select count(*), sum(euros_cents) from admin.award where programme = $1"
        assert tuple(await connection.fetchrow(query, UUID(programme))) == (3, 90_00)
    resident = await town.resident()
    async with town.services.connection() as connection:
        whose = "update admin.party set person = $2 where id = $1"
        await connection.execute(whose, resident.party, sponsor.clerk.person)
    assert (await joins(resident, programme)).status_code == 200
    again = await shares(sponsor.clerk, programme, month(town), everybody=True)
    assert code(again) == (409, "own_award")


async def test_the_same_request_twice_at_once_is_answered_twice_alike(town, sponsor, monkeypatch):
    programme, key, look = await fund(sponsor, funded=90_00), uuid4(), monthly.look
    await member(town, programme)
    answers: list[Any] = []

    async def after_the_other(*given, **more):
        """What the month holds once the first of the two has been answered."""
        if not answers:
            answers.append(None)
            answers[0] = await shares(sponsor.clerk, programme, month(town), key, everybody=True)
        return await look(*given, **more)

    monkeypatch.setattr(monthly, "look", after_the_other)
    late = await shares(sponsor.clerk, programme, month(town), key, everybody=True)
    assert (late.status_code, answers[0].status_code) == (201, 201), late.text
    assert late.json()["id"] == answers[0].json()["id"]


async def test_an_account_whose_file_was_erased_gets_no_second_share_of_a_month(town, sponsor):
    programme = await fund(sponsor, funded=90_00, version={"formula": {"first_adult": 30_00}})
    who, _ = await member(town, programme)
    assert (await shares(sponsor.clerk, programme, month(town), everybody=True)).status_code == 201
    place = f"/v1/aid/programmes/{programme}/members"
    (one,) = (await sponsor.clerk.get(place)).json()["items"]
    erased = await sponsor.validator.post(f"/v1/aid/beneficiaries/{one['beneficiary']}/erasure")
    assert erased.status_code == 204
    await who.ask("DELETE", f"/v1/food-funds/{programme}/membership")
    assert (await joins(who, programme)).status_code == 200
    (anew,) = (await sponsor.clerk.get(place)).json()["items"]
    assert anew["beneficiary"] != one["beneficiary"]
    assert anew["share"] == eur(30_00)
    again = await shares(sponsor.clerk, programme, month(town), everybody=True)
    assert code(again) == (409, "fund_without_members")


async def test_a_text_that_names_an_order_and_a_member_waits_for_a_person(town, sponsor):
    programme = await fund(sponsor)
    _, reference = await member(town, programme)
    buyer = await buyers.member(town)
    order = await ordered(buyer)
    both = f"{reference} {order['transfer']['reference']}"
    credit = await booked(await treasurer(town), 20_00, reference=both)
    assert (credit["state"], credit["order"], credit["programme"]) == ("waiting", None, None)
    matched = await (await treasurer(town)).post(
        f"/v1/bank-credits/{credit['id']}/match", {"order": order["id"]}
    )
    assert (matched.status_code, matched.json()["euros"]) == (201, eur(20_00)), matched.text


async def test_raw_sql_puts_no_member_twice_and_changes_no_contribution(fresh_database, town):
    who = "(select id from admin.fund_member limit 1)"
    attacks = (
        "update admin.fund_contribution set euros_cents = 150",
        "delete from admin.fund_contribution",
        "update admin.fund_member set party = party",
        "delete from admin.fund_member",
        f"insert into admin.fund_contribution (member, euros_cents, at) values ({who}, 9, now())",
        """insert into admin.fund_member
           select gen_random_uuid(), 999999, programme, party, beneficiary, now(), null
             from admin.fund_member where left_at is null limit 1""",
        f"update admin.bank_credit set member = {who} where programme is null",
    )
    stray = await booked(await treasurer(town), 1_00)
    assert stray["state"] == "waiting"
    connection = await asyncpg.connect(fresh_database.app_url)
    try:
        for attack in attacks:
            with pytest.raises(asyncpg.PostgresError):
                await connection.execute(attack)
    finally:
        await connection.close()
