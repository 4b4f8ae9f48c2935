"""Memberships: asked for, paid once in Bou'Sols or in euros, left; a word before the last day."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from admin.people import memberships
from admin.people.memberships import a_year_after
from admin.roles import Role
from api.process.post_office import remind


def code(answer):
    return answer.status_code, answer.json().get("code")


async def asked(who):
    answer = await who.post("/v1/memberships")
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def entries(town, party):
    async with town.services.connection() as connection:
        query = "select count(*) from ledger.journal where party = $1 and kind in (28, 29)"
        return await connection.fetchval(query, party)


async def test_a_year_is_asked_for_once_and_the_same_key_is_the_same_year(town):
    resident, key = await town.resident(), uuid4()
    answers = [await resident.post("/v1/memberships", key=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    year = answers[0].json()
    assert answers[0].headers["location"] == f"/v1/memberships/{year['id']}"
    assert (year["standing"], year["fee"]) == ("pending", {"amount": 3_00, "currency": "EUR"})
    assert code(await resident.post("/v1/memberships")) == (409, "membership_open")
    listed = (await resident.get("/v1/memberships")).json()
    assert (listed["items"], listed["may_buy"]) == ([year], False)
    assert listed["fee"] == year["fee"]
    assert (await resident.get(f"/v1/memberships/{year['id']}")).json() == year


async def test_bousols_pay_a_year_once_whatever_is_tapped(town):
    resident = await town.resident(20_00)
    year, key = await asked(resident), uuid4()
    path, before = f"/v1/memberships/{year}/payment", await town.balance(resident)
    answers = await asyncio.gather(*(resident.post(path, key=key) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}, [a.text for a in answers]
    assert len({answer.content for answer in answers}) == 1
    assert await town.balance(resident) == before - 3_00
    assert await entries(town, resident.party) == 1
    told = (await resident.get(f"/v1/memberships/{year}")).json()
    paid = answers[0].json()
    assert (told["standing"], told["until"]) == ("active", paid["until"])
    assert (await resident.get("/v1/memberships")).json()["may_buy"] is True
    assert code(await resident.post(path)) == (409, "already_done")
    async with town.services.rows() as rows:
        query = f"select entry from admin.membership where id = '{year}'"
        assert str((await rows.exec_driver_sql(query)).scalar()) == paid["entry"]


async def test_two_keys_at_once_pay_one_year_once(town):
    resident = await town.resident(20_00)
    year, before = await asked(resident), await town.balance(resident)
    path = f"/v1/memberships/{year}/payment"
    answers = await asyncio.gather(*(resident.post(path) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert await town.balance(resident) == before - 3_00


async def test_the_next_year_follows_on_the_one_that_runs(town):
    resident = await town.resident(20_00)
    untils = []
    for _ in range(2):
        year = await asked(resident)
        paid = await resident.post(f"/v1/memberships/{year}/payment")
        untils.append(paid.json()["until"])
    async with town.services.rows() as rows:
        years = await memberships.of(rows, resident.party)
    first, second = sorted(year.until for year in years if year.until)
    assert second == a_year_after(first)
    assert untils == sorted(untils)


async def test_a_key_that_paid_one_year_pays_no_other(town):
    resident, key = await town.resident(20_00), uuid4()
    first = await asked(resident)
    assert (await resident.post(f"/v1/memberships/{first}/payment", key=key)).status_code == 201
    second = await asked(resident)
    answer = await resident.post(f"/v1/memberships/{second}/payment", key=key)
    assert code(answer) == (422, "key_conflict")
    assert (await resident.get(f"/v1/memberships/{second}")).json()["standing"] == "pending"


async def test_who_has_too_little_stays_where_they_were_and_the_refusal_is_the_keys(town):
    resident, key = await town.resident(1_00), uuid4()
    year = await asked(resident)
    path = f"/v1/memberships/{year}/payment"
    assert code(await resident.post(path, key=key)) == (422, "insufficient_funds")
    assert (await resident.get(f"/v1/memberships/{year}")).json()["standing"] == "pending"
    await town.fill(resident, 10_00)
    assert code(await resident.post(path, key=key)) == (422, "insufficient_funds")
    assert (await resident.post(path)).status_code == 201


async def test_a_treasurer_books_euros_with_their_document_once(town):
    resident, treasurer = await town.resident(), await town.somebody(Role.TREASURER)
    year, key = await asked(resident), uuid4()
    path, body = f"/v1/memberships/{year}/receipt", {"document": str(uuid4())}
    assert code(await treasurer.post(path, {})) == (400, "malformed_body")
    answers = [await treasurer.post(path, body, key=key) for _ in range(2)]
    assert answers[0].status_code == 201, answers[0].text
    assert answers[0].content == answers[1].content
    other = {"document": str(uuid4())}
    assert code(await treasurer.post(path, other)) == (409, "already_done")
    assert code(await resident.post(path, body)) == (403, "forbidden")
    nothing = f"/v1/memberships/{uuid4()}/receipt"
    assert code(await treasurer.post(nothing, body)) == (404, "not_found")
    assert (await resident.get("/v1/memberships")).json()["may_buy"] is True


async def test_a_business_pays_its_own_fee(town):
    merchant = await town.somebody(Role.MERCHANT)
    year = (await merchant.post("/v1/memberships")).json()
    assert year["fee"] == {"amount": 30_00, "currency": "EUR"}
    answer = await merchant.post(f"/v1/memberships/{year['id']}/payment")
    assert code(answer) == (422, "insufficient_funds")


async def test_who_left_is_no_member_keeps_the_money_and_may_come_back(town):
    resident = await town.resident(20_00)
    year = await asked(resident)
    await resident.post(f"/v1/memberships/{year}/payment")
    before = await town.balance(resident)
    for _ in range(2):
        assert (await resident.post("/v1/memberships/leave")).status_code == 204
    assert (await resident.get("/v1/memberships")).json()["may_buy"] is False
    assert await town.balance(resident) == before
    pending = await asked(resident)
    await resident.post("/v1/memberships/leave")
    answer = await resident.post(f"/v1/memberships/{pending}/payment")
    assert code(answer) == (409, "already_done")


@pytest.mark.parametrize("follows", [False, True])
async def test_a_member_is_told_once_that_the_year_ends_unless_another_follows(town, follows):
    resident = await town.resident()
    engine, clock = town.services.engine, town.services.clock
    year = uuid4()
    async with town.services.rows() as rows:
        ends = clock.now() + timedelta(days=20)
        insert = (
            "insert into admin.membership (id, party, fee_cents, asked_at, paid_at, valid_until)"
            f" values ('{{}}', {resident.party}, 300, now(), now(), '{{}}')"
        )
        await rows.exec_driver_sql(insert.format(year, ends))
        if follows:
            await rows.exec_driver_sql(insert.format(uuid4(), a_year_after(ends)))
    await asyncio.gather(*(remind(engine, clock) for _ in range(4)))
    async with town.services.rows() as rows:
        query = f"select id from admin.message where party = {resident.party}"
        told = (await rows.exec_driver_sql(query)).scalars().all()
    assert told == ([] if follows else [year])
