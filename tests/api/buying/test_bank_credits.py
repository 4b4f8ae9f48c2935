"""Euros that arrive: issued once, waiting, or returned; by one treasurer, or two above a limit."""

import asyncio
import signal
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from admin.roles import Role
from api.acting import act
from api.policies import policy_in_force
from api.wire.days import day_of
from ledger.flows import payment
from ledger.lots import Share
from ledger.paying import CHAIN_LOCK
from tests.api.buying.buyers import (
    booked,
    bsl,
    eur,
    line,
    member,
    ordered,
    treasurer,
)
from tests.api.house import served
from tests.database.world import tell
from tests.patience import until

pytestmark = pytest.mark.usefixtures("lawful")


async def suspense(home):
    async with home.services.connection() as connection:
        query = """select (select sum(balance) from ledger.account where class = 19),
                          (select coalesce(sum(waiting_cents), 0) from admin.bank_credit)"""
        return tuple(map(int, await connection.fetchrow(query)))


async def messages(home, party):
    async with home.services.connection() as connection:
        rows = await connection.fetch(
            "select template from admin.message where party = $1 order by queued_at", party
        )
    return [row["template"] for row in rows]


async def events(home, object_):
    async with home.services.connection() as connection:
        rows = await connection.fetch(
            "select act from admin.event where object = $1 order by id", str(object_)
        )
    return [row["act"] for row in rows]


async def test_euros_with_their_reference_become_bousols_and_the_holder_hears_of_it(
    home, town, tre
):
    bob = await member(town)
    made = await ordered(bob, 7_35)
    credit = await booked(tre, 7_35, reference=made["transfer"]["reference"])
    assert (credit["state"], credit["order"]) == ("booked", made["id"])
    assert (credit["credited"], credit["put_aside"]) == (bsl(7_71), eur(0))
    assert await town.balance(bob) == 7_71
    shown = (await bob.get(f"/v1/orders/{made['id']}")).json()
    assert (shown["state"], shown["waiting"]) == ("settled", eur(0))
    assert await messages(home, bob.party) == ["money_arrived"]
    assert await events(home, credit["id"]) == ["credit_proposed", "credit_booked"]


async def test_another_amount_than_ordered_is_converted_as_it_came_and_twice_is_twice(town, tre):
    bob = await member(town)
    made = await ordered(bob, 20_00)
    await booked(tre, 19_99, order=made["id"])
    await booked(tre, 10_00, order=made["id"])
    assert await town.balance(bob) == 20_98 + 10_50


async def test_one_key_is_one_credit_another_body_is_refused_and_a_bank_line_comes_once(town, tre):
    bob = await member(town)
    made = await ordered(bob, 20_00)
    body, key = line(20_00, order=made["id"]), uuid4()
    first = await tre.post("/v1/bank-credits", body, key=key)
    again = await tre.post("/v1/bank-credits", body, key=key)
    assert (first.status_code, first.content) == (201, again.content)
    assert first.headers["location"] == again.headers["location"]
    other = await tre.post("/v1/bank-credits", body | {"amount": eur(20_01)}, key=key)
    assert other.json()["code"] == "key_conflict"
    taken = await tre.post("/v1/bank-credits", body)
    assert (taken.status_code, taken.json()["code"]) == (409, "bank_reference_taken")
    assert await town.balance(bob) == 21_00


@pytest.mark.parametrize(("one_key", "count"), [(True, 1_000), (False, 100)])
async def test_a_thousand_equal_credits_at_once_are_one(town, tre, one_key, count):
    bob = await member(town)
    made = await ordered(bob, 20_00)
    body, key = line(20_00, order=made["id"]), uuid4()
    turns = asyncio.Semaphore(50)

    async def enter():
        mine = key if one_key else uuid4()
        async with turns:
            while True:
                answer = await tre.post("/v1/bank-credits", body, key=mine)
                if answer.status_code != 503:
                    return answer.status_code, answer.content if one_key else b""

    answers = await asyncio.gather(*(enter() for _ in range(count)))
    wanted = {201} if one_key else {201, 409}
    assert {status for status, _ in answers} == wanted
    assert len({body for _, body in answers}) == 1
    assert sum(status == 201 for status, _ in answers) == (count if one_key else 1)
    assert await town.balance(bob) == 21_00


async def test_alone_up_to_the_limit_above_it_a_second_treasurer(home, town, tre):
    bob = await member(town, Role.MERCHANT)
    made = await ordered(bob, 500_01)
    at_most = await booked(tre, 500_00, order=made["id"])
    above = await booked(tre, 500_01, order=made["id"])
    assert (at_most["state"], above["state"]) == ("booked", "proposed")
    assert await town.balance(bob) == 525_00
    address = f"/v1/bank-credits/{above['id']}/confirmation"
    alone = await tre.post(address)
    assert (alone.status_code, alone.json()["code"]) == (409, "same_person")
    twin = await town.signed_in(tre.user, tre.person, Role.TREASURER, tre.party)
    assert (await twin.post(address)).json()["code"] == "same_person"
    assert (await bob.post(address)).status_code == 403
    other, key = await treasurer(town), uuid4()
    done = await other.post(address, key=key)
    assert (done.status_code, done.json()["credited"]) == (201, bsl(525_01))
    assert (await other.post(address, key=key)).content == done.content
    assert (await other.post(address)).json()["code"] == "credit_decided"
    assert await town.balance(bob) == 525_00 + 525_01


async def test_two_second_persons_at_once_book_it_once(town, tre):
    bob = await member(town, Role.MERCHANT)
    made = await ordered(bob, 600_00)
    credit = await booked(tre, 600_00, order=made["id"])
    seconds = [await treasurer(town) for _ in range(5)]
    address = f"/v1/bank-credits/{credit['id']}/confirmation"
    answers = await asyncio.gather(*(one.post(address) for one in seconds))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert await town.balance(bob) == 630_00


async def test_a_refused_credit_moves_nothing_and_is_confirmed_no_more(town, tre):
    bob = await member(town, Role.MERCHANT)
    made = await ordered(bob, 600_00)
    credit = await booked(tre, 600_00, order=made["id"])
    address = f"/v1/bank-credits/{credit['id']}"
    refused = await tre.post(f"{address}/refusal")
    assert refused.json()["state"] == "refused"
    assert (await tre.post(f"{address}/refusal")).json() == refused.json()
    other = await treasurer(town)
    assert (await other.post(f"{address}/confirmation")).json()["code"] == "credit_decided"
    assert await town.balance(bob) == 0
    done = await booked(tre, 1_00, order=made["id"])
    late = await tre.post(f"/v1/bank-credits/{done['id']}/refusal")
    assert late.json()["code"] == "credit_decided"


async def test_euros_without_a_reference_wait_until_they_are_matched_once(home, town, tre):
    bob = await member(town)
    made = await ordered(bob, 50_00)
    credit = await booked(tre, 50_00, reference="loyer de mai")
    assert (credit["state"], credit["waiting"]) == ("waiting", eur(50_00))
    address, key = f"/v1/bank-credits/{credit['id']}/match", uuid4()
    done = await tre.post(address, {"order": made["id"]}, key=key)
    assert (done.status_code, done.json()["credited"]) == (201, bsl(52_50))
    assert (await tre.post(address, {"order": made["id"]}, key=key)).content == done.content
    other = await ordered(bob, 5_00)
    assert (await tre.post(address, {"order": other["id"]})).json()["code"] == "nothing_waits"
    assert (await tre.post(f"{address[:-5]}return")).json()["code"] == "nothing_waits"
    assert await town.balance(bob) == 52_50
    shown = (await bob.get(f"/v1/orders/{made['id']}")).json()
    assert shown["state"] == "settled"


async def test_above_the_limit_two_treasurers_say_whose_the_euros_are(home, town, tre):
    bob = await member(town, Role.MERCHANT)
    made, other_order = await ordered(bob, 700_00), await ordered(bob, 700_00)
    credit = await booked(tre, 700_00)
    second = await treasurer(town)
    address = f"/v1/bank-credits/{credit['id']}"
    assert (await second.post(f"{address}/confirmation")).json()["entry"] is None
    first = await tre.post(f"{address}/match", {"order": made["id"]})
    assert first.json()["entry"] is None
    assert (await tre.get(address)).json()["state"] == "matching"
    assert await town.balance(bob) == 0
    again = await second.post(f"{address}/match", {"order": other_order["id"]})
    assert again.json()["code"] == "credit_decided"
    assert (await tre.post(f"{address}/confirmation")).json()["code"] == "same_person"
    done = await second.post(f"{address}/confirmation")
    assert done.json()["credited"] == bsl(735_00)
    assert await town.balance(bob) == 735_00


async def test_euros_that_nobody_claims_go_back_once_and_all_of_them(home, town, tre):
    before = await suspense(home)
    credit = await booked(tre, 33_00)
    address, key = f"/v1/bank-credits/{credit['id']}/return", uuid4()
    done = await tre.post(address, key=key)
    assert (done.status_code, done.json()["euros"]) == (201, eur(33_00))
    assert (await tre.post(address, key=key)).content == done.content
    assert (await tre.post(address)).json()["code"] == "nothing_waits"
    assert await suspense(home) == before


async def test_what_does_not_fit_under_the_cap_waits_and_is_credited_when_it_fits(home, town, tre):
    poor = await member(town, tier=0)
    made = await ordered(poor, 100_00)
    shop = await town.somebody(Role.MERCHANT)
    credit = await booked(tre, 160_00, order=made["id"])
    # 142.86 EUR give 150.00; a cent more would give 150.01.
    assert (credit["credited"], credit["put_aside"]) == (bsl(150_00), eur(160_00 - 142_86))
    assert await messages(home, poor.party) == ["money_arrived", "money_waits"]
    shown = (await poor.get(f"/v1/orders/{made['id']}")).json()
    assert (shown["state"], shown["waiting"]) == ("settled", eur(17_14))
    address = f"/v1/orders/{made['id']}/surplus"
    full = await poor.post(address)
    assert (full.status_code, full.json()["code"]) == (422, "nothing_fits")
    await spend(home, poor, shop, 10_00)
    key = uuid4()
    part = await poor.post(address, key=key)
    assert part.status_code == 201
    assert part.json()["credited"] == bsl(10_00)
    assert await town.balance(poor) == 150_00
    assert (await poor.post(address, key=key)).content == part.content
    left = (await poor.get(f"/v1/orders/{made['id']}")).json()["waiting"]["amount"]
    assert left == 17_14 - part.json()["euros"]["amount"]
    await spend(home, poor, shop, 100_00)
    rest = await poor.post(address)
    assert rest.json()["euros"] == eur(left)
    assert (await poor.post(address)).json()["code"] == "nothing_waits"
    assert (await tre.get(f"/v1/bank-credits/{credit['id']}")).json()["state"] == "booked"
    parted = part.json()["credited"]["amount"] + rest.json()["credited"]["amount"]
    assert await town.balance(poor) == 150_00 - 110_00 + parted


async def spend(home, who, shop, cents):
    made = act(home.services, who.party, uuid4(), "spend")
    shares = [Share(who.account, cents)]
    await home.services.post(payment(made, shares=shares, merchant=shop.account))


async def test_twenty_claims_of_one_surplus_at_once_issue_it_once(home, town, tre):
    poor = await member(town, tier=0)
    shop = await town.somebody(Role.MERCHANT)
    made = await ordered(poor, 100_00)
    await booked(tre, 200_00, order=made["id"])
    await spend(home, poor, shop, 150_00)
    address = f"/v1/orders/{made['id']}/surplus"
    answers = await asyncio.gather(*(poor.post(address) for _ in range(20)))
    assert sorted({answer.status_code for answer in answers} - {503}) == [201, 409]
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert await town.balance(poor) == (200_00 - 142_86) * 21 // 20


async def test_euros_for_a_frozen_account_wait_for_it(home, town, tre):
    bob = await member(town)
    made = await ordered(bob, 20_00)
    async with home.services.connection() as connection:
        await connection.execute("select ledger.set_status($1, 2::smallint)", bob.account)
    credit = await booked(tre, 20_00, order=made["id"])
    assert (credit["state"], credit["waiting"]) == ("waiting", eur(20_00))
    async with home.services.connection() as connection:
        await connection.execute("select ledger.set_status($1, 0::smallint)", bob.account)
    assert (await bob.post(f"/v1/orders/{made['id']}/surplus")).json()["credited"] == bsl(21_00)


async def test_an_order_whose_euros_all_went_back_is_refunded(home, town, tre):
    poor = await member(town, tier=0)
    first, second = await ordered(poor, 70_00), await ordered(poor, 70_00)
    await booked(tre, 142_86, order=first["id"])
    credit = await booked(tre, 70_00, order=second["id"])
    assert credit["state"] == "waiting"
    await tre.post(f"/v1/bank-credits/{credit['id']}/return")
    assert (await poor.get(f"/v1/orders/{second['id']}")).json()["state"] == "refunded"
    assert (await poor.get(f"/v1/orders/{first['id']}")).json()["state"] == "settled"


async def test_an_order_keeps_the_terms_it_was_made_at(home, town, tre):
    bob = await member(town, Role.MERCHANT)
    made = await ordered(bob, 50_00)
    old = await policy_in_force(home.services)
    await put_mode(home, "tranche")
    try:
        assert (await policy_in_force(home.services)).version == old.version + 1
        tranche = (await bob.ask("POST", "/v1/quotes", {"amount": eur(50_00)})).json()
        assert (tranche["mode"], tranche["receive"]) == ("tranche", bsl(52_00))
        wish = (await bob.ask("POST", "/v1/quotes", {"amount": bsl(52_00)})).json()
        assert wish["pay"] == eur(50_00)
        newer = await ordered(bob, 50_00)
        await booked(tre, 50_00, order=made["id"])
        assert await town.balance(bob) == 52_50
        await booked(tre, 50_00, order=newer["id"])
        assert await town.balance(bob) == 52_50 + 52_00
    finally:
        await put_mode(home, "linear")


async def put_mode(home, mode):
    async with home.services.connection() as connection:
        await connection.execute(
            "select ledger.put_policy(now(), $1, 'tranche', 0, '{}'::jsonb, 0, -1)", mode
        )
    home.services.policies.forget()


async def test_the_bank_has_booked_nothing_on_a_day_to_come(home, tre):
    today = day_of(home.services.clock.now())
    ahead = line(20_00, booked_on=f"{today + timedelta(days=1)}")
    answer = await tre.post("/v1/bank-credits", ahead)
    assert (answer.status_code, answer.json()["code"]) == (422, "booked_ahead")
    again = await tre.post("/v1/bank-credits", ahead | {"booked_on": f"{today}"})
    assert again.status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": bsl(20_00)},
        {"bank_reference": ""},
        {"bank_reference": "x" * 65},
        {"booked_on": "2026-02-30"},
        {"booked_on": 5},
        {"document_reference": "  "},
        {"document_reference": "a\nb"},
        {"order": "nobody"},
        {"reference": "RF", "order": str(uuid4())},
        {"more": 1},
    ],
)
async def test_nonsense_is_refused_by_its_shape_and_leaves_nothing(home, tre, wrong):
    async with home.services.connection() as connection:
        before = await connection.fetchval("select count(*) from admin.bank_credit")
    answer = await tre.post("/v1/bank-credits", line(20_00) | wrong)
    meant = answer.json()["code"] in {"wrong_currency", "fields_contradict"}
    assert answer.status_code == (422 if meant else 400), answer.text
    async with home.services.connection() as connection:
        assert await connection.fetchval("select count(*) from admin.bank_credit") == before


async def test_a_treasurer_finds_what_waits_for_somebody(town, tre):
    credit = await booked(tre, 12_00)
    found: list[dict] = []
    cursor = None
    while True:
        more: dict[str, str] = {} if cursor is None else {"cursor": cursor}
        page = (await tre.get("/v1/bank-credits", open=True, limit=2, **more)).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert credit["id"] in [one["id"] for one in found]
    assert {one["state"] for one in found} <= {"proposed", "waiting", "matching"}
    assert len({one["id"] for one in found}) == len(found)


async def test_a_service_killed_between_its_own_rows_and_the_commit_leaves_both_or_none(
    fresh_database, home, town, tre
):
    bob = await member(town)
    made = await ordered(bob, 20_00)
    body, key = line(20_00, order=made["id"]), uuid4()
    sent = tre.headers | {"Idempotency-Key": str(key)}
    blocker = await fresh_database.connect()
    async with served(fresh_database) as (process, port), client_of(port) as client:
        lock = blocker.transaction()
        await lock.start()
        await blocker.execute(f"select pg_advisory_xact_lock({CHAIN_LOCK})")
        asked = asyncio.create_task(client.post("/v1/bank-credits", json=body, headers=sent))
        await until_waiting(blocker)
        process.send_signal(signal.SIGKILL)
        with pytest.raises(httpx.HTTPError):
            await asked
        await lock.rollback()
    await blocker.close()
    query = "select count(*) from admin.bank_credit where key = $1"
    async with home.services.connection() as connection:
        # What the dead process had begun ends when its session does, one way or the other.
        await connection.execute(f"select pg_advisory_xact_lock({CHAIN_LOCK})")
        rows = await connection.fetchval(query, key)
    stands = await town.balance(bob)
    tell(f"killed between own rows and commit: {rows} rows, {stands} cents")
    assert (rows, stands) in {(0, 0), (1, 21_00)}
    again = await tre.post("/v1/bank-credits", body, key=key)
    assert again.status_code == 201
    assert await town.balance(bob) == 21_00


def client_of(port):
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30)


async def until_waiting(connection):
    """Until somebody waits for the lock of posting."""
    waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
    await until(lambda: connection.fetchval(waits))
