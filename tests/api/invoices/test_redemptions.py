"""A merchant asks for euros and treasurers decide, as people do it over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from admin.roles import Role
from ledger import store
from ledger.chart import AccountClass
from ledger.flows import Act, redeem_hold
from ledger.refusals import NotInTemplate
from tests.api.invoices.shops import HERE, IBAN, public_body, set_status, shop
from tests.api.invoices.test_suppliers import refused
from tests.database.world import tell

ASK = "/v1/redemptions"
REASON = {"reason": "IBAN of somebody else"}


def bousols(cents):
    return {"amount": {"amount": cents, "currency": "BSL"}} | HERE


@pytest.fixture(scope="module")
async def treasurers(town):
    return [await town.somebody(Role.TREASURER) for _ in range(3)]


async def requested(who, cents=105_00):
    told = await who.post(ASK, bousols(cents))
    assert told.status_code == 201, told.text
    return told.headers["location"]


async def balance(town, account):
    async with town.services.connection() as connection:
        found: Any = await store.account(connection, account)
    return found.balance


async def law(town):
    async with town.services.connection() as connection:
        head = await store.head(connection)
    assert 21 * head.debt - 20 * head.issued == head.remainder >= 0
    assert head.reserve >= head.debt


async def holds(town, who):
    async with town.services.connection() as connection:
        accounts = await store.accounts_of(connection, who.party)
    return [a.balance for a in accounts if a.account_class is AccountClass.HOLD]


async def test_105_are_held_then_approved_and_100_euros_are_owed(town, treasurers):
    who = await shop(town, 200_00)
    before = await town.balance(who)
    told = await who.post(ASK, bousols(105_00))
    made = told.json()
    assert made["status"] == "requested"
    assert (made["net"]["amount"], made["discount"]["amount"]) == (100_00, 5_00)
    assert await town.balance(who) == before - 105_00
    assert await holds(town, who) == [105_00]
    path = told.headers["location"]
    assert path in [f"{ASK}/{x['id']}" for x in (
        await treasurers[0].get(ASK, waiting=True)).json()["items"]]  # fmt: skip
    key = uuid4()
    approved = await treasurers[0].post(f"{path}/approval", key=key)
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert (await treasurers[0].post(f"{path}/approval", key=key)).content == approved.content
    assert await holds(town, who) == [0]
    assert await balance(town, who.extra["payable"]) == 100_00
    assert (await who.get(path)).json() == approved.json()
    await law(town)


async def test_a_rejected_request_gives_back_what_was_held_and_says_why(town, treasurers):
    who = await shop(town, 200_00)
    before, path, key = await town.balance(who), await requested(who), uuid4()
    turned = await treasurers[0].post(f"{path}/rejection", {"reason": "12,\u202e43 €"})
    await refused(turned, 400, "malformed_body")
    told = [await treasurers[0].post(f"{path}/rejection", REASON, key=key) for _ in range(2)]
    assert told[0].content == told[1].content
    assert await town.balance(who) == before
    assert (await who.get(path)).json()["reason"] == REASON["reason"]
    other = await treasurers[0].post(f"{path}/rejection", {"reason": "other"}, key=key)
    await refused(other, 422, "key_conflict")
    for other_key in (key, uuid4()):
        approval = await treasurers[0].post(f"{path}/approval", key=other_key)
        await refused(approval, 409, "redemption_decided")
    async with town.services.rows() as rows:
        query = f"select count(*) from admin.message where party = {who.party}"
        assert (await rows.exec_driver_sql(query)).scalar_one() == 1


async def test_the_same_key_holds_once_and_answers_the_same_bytes(town, treasurers):
    who, key = await shop(town, 500_00), uuid4()
    before = await town.balance(who)
    told = await asyncio.gather(*(who.post(ASK, bousols(50_00), key=key) for _ in range(8)))
    path = told[0].headers["location"]
    assert (await treasurers[0].post(f"{path}/approval")).status_code == 200
    await set_status(town, who, "closing")
    last = await who.post(ASK, bousols(50_00), key=key)
    assert {answer.content for answer in [*told, last]} == {told[0].content}
    assert await town.balance(who) == before - 50_00
    await refused(await who.post(ASK, bousols(51_00), key=key), 422, "key_conflict")


async def test_a_stolen_session_asks_for_at_most_30_a_day(town, treasurers):
    who, key = await shop(town, 500_00), uuid4()
    before = await town.balance(who)

    async def bare(cents, key=None):
        return await who.post(ASK, {"amount": bousols(cents)["amount"]}, key=key)

    await refused(await bare(30_01), 422, "confirmation_needed")
    first = await bare(30_00, key)
    assert first.status_code == 201, first.text
    assert (await bare(30_00, key)).content == first.content
    await refused(await bare(21_00), 422, "confirmation_needed")
    told = await asyncio.gather(*(bare(21_00) for _ in range(4)))
    assert {answer.status_code for answer in told} == {422}
    wrong = await who.post(ASK, bousols(21_00) | {"proof": {"pin": "0000"}})
    await refused(wrong, 422, "wrong_pin")
    assert await town.balance(who) == before - 30_00
    await treasurers[0].post(f"{first.headers['location']}/rejection", REASON)
    assert (await bare(30_00)).status_code == 201


async def test_small_requests_at_once_do_not_slip_through_together(town):
    who = await shop(town, 500_00)
    bare = {"amount": bousols(21_00)["amount"]}
    told = await asyncio.gather(*(who.post(ASK, bare) for _ in range(6)))
    assert sorted(answer.status_code for answer in told) == [201] + [422] * 5


async def test_a_request_keeps_the_account_it_was_made_for_and_treasurers_see_it(town, treasurers):
    who = await shop(town, 500_00)
    path = await requested(who)
    async with town.services.rows() as rows:
        query = f"update merchants.merchant set iban = 'x' where party = {who.party}"
        await rows.exec_driver_sql(query)
    masked = f"{IBAN[:4]}\xa0••••\xa0{IBAN[-3:]}"
    assert (await treasurers[0].get(path)).json()["iban"] == masked
    listed = (await treasurers[0].get(ASK, waiting=True)).json()["items"]
    assert masked in [one["iban"] for one in listed if path.endswith(one["id"])]
    async with town.services.rows() as rows:
        query = f"select iban from admin.redemption where party = {who.party}"
        assert (await rows.exec_driver_sql(query)).scalar_one() == IBAN


async def test_above_1000_two_treasurers_approve_who_are_two_human_beings(town, treasurers):
    who, (one, two, three) = await shop(town, 2_000_00), treasurers
    path, key = await requested(who, 1_000_01), uuid4()
    first = await one.post(f"{path}/approval", key=key)
    assert (first.json()["status"], first.json()["approvals"]) == ("requested", 1)
    assert (await one.post(f"{path}/approval", key=key)).content == first.content
    await refused(await one.post(f"{path}/approval"), 409, "same_person")
    twin = await town.somebody(Role.TREASURER)
    async with town.services.rows() as rows:
        await rows.exec_driver_sql(
            f"update admin.users set person = '{one.person}' where id = '{twin.user}'"
        )
    await refused(await twin.post(f"{path}/approval", key=key), 409, "same_person")
    assert await balance(town, who.extra["payable"]) == 0
    second = await two.post(f"{path}/approval", key=key)
    assert (second.json()["status"], second.json()["approvals"]) == ("approved", 2)
    assert (await one.post(f"{path}/approval", key=key)).content == first.content
    await refused(await three.post(f"{path}/approval"), 409, "redemption_decided")
    await law(town)


async def test_up_to_1000_one_treasurer_suffices(town, treasurers):
    who = await shop(town, 2_000_00)
    path = await requested(who, 1_000_00)
    assert (await treasurers[0].post(f"{path}/approval")).json()["status"] == "approved"


async def test_approving_twice_and_approving_and_rejecting_at_once_leave_one_decision(
    town, treasurers
):
    who, races = await shop(town, 3_000_00), 100
    one, two, _ = treasurers
    whole, owed = await town.balance(who), 0
    for number in range(races):
        path = await requested(who, 21_00)
        other = ("approval", None) if number % 2 else ("rejection", REASON)
        told = await asyncio.gather(
            one.post(f"{path}/approval"), two.post(f"{path}/{other[0]}", other[1])
        )
        assert sorted(answer.status_code for answer in told) == [200, 409], told
        approved = (await who.get(path)).json()["status"] == "approved"
        owed += 20_00 if approved else 0
        assert await balance(town, who.extra["payable"]) == owed
        assert await town.balance(who) == whole - owed // 20 * 21
    assert set(await holds(town, who)) == {0}
    await law(town)
    tell(f"redemption: {races} races, one decision each")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MERCHANT}))
async def test_no_other_role_ever_asks_for_euros(town, role):
    who = await town.somebody(role)
    await refused(await who.post(ASK, bousols(21_00)), 403, "forbidden")


async def test_a_resident_or_public_body_has_no_way_to_euros_even_inside(town):
    resident, officer = await town.resident(50_00), await public_body(town)
    for who in (resident, officer):
        async with town.services.connection() as connection:
            held = await store.open_account(connection, AccountClass.HOLD, party=who.party)
        act = Act(uuid4(), who.party, uuid4(), bytes(16))
        with pytest.raises(NotInTemplate):
            await town.services.post(
                redeem_hold(act, merchant=who.account or 0, held=held, bousol_cents=1)
            )
    merchant = await town.somebody(Role.MERCHANT, party=officer.party)
    await refused(await merchant.post(ASK, bousols(21_00)), 422, "not_redeemable")


async def test_without_money_minimum_or_iban_nothing_is_held_and_no_account_is_opened(town):
    who, poor = await shop(town, 100_00), await shop(town, 100_00, iban=None)
    await refused(await poor.post(ASK, bousols(21_00)), 422, "iban_missing")
    await refused(await who.post(ASK, bousols(20_99)), 422, "below_minimum")
    await refused(await who.post(ASK, bousols(900_00)), 422, "insufficient_funds")
    euros = {"amount": {"amount": 21_00, "currency": "EUR"}}
    await refused(await who.post(ASK, euros), 422, "wrong_currency")
    assert await holds(town, who) == await holds(town, poor) == []


async def test_two_requests_at_once_hold_no_more_than_there_is(town):
    who = await shop(town, 100_00)
    told = await asyncio.gather(*(who.post(ASK, bousols(60_00)) for _ in range(4)))
    assert sorted(answer.status_code for answer in told) == [201, 422, 422, 422]
    assert sum(await holds(town, who)) == 60_00


async def test_a_suspended_merchant_still_redeems(town):
    who = await shop(town, 100_00)
    await set_status(town, who, "suspended")
    assert (await who.post(ASK, bousols(21_00))).status_code == 201


async def test_a_merchant_sees_its_own_requests_alone(town, treasurers):
    one, other = await shop(town, 100_00), await shop(town, 100_00)
    path = await requested(one, 21_00)
    await refused(await other.get(path), 404, "not_found")
    missing = await other.get(f"{ASK}/{uuid4()}")
    assert missing.json() | {"trace_id": ""} == (await other.get(path)).json() | {"trace_id": ""}
    assert (await other.get(ASK)).json()["items"] == []
    assert [x["id"] for x in (await one.get(ASK)).json()["items"]] == [path.rsplit("/", 1)[1]]
    await refused(await treasurers[0].post(f"{ASK}/{uuid4()}/approval"), 404, "not_found")
