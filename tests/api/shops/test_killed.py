"""An approval that is killed between its steps, and decisions that come at once."""

import asyncio
from contextlib import asynccontextmanager, suppress

import asyncpg
import httpx
import pytest

from ledger.chart import AccountClass
from tests.api.house import served
from tests.database.world import tell

MADE = """
    select (select count(*) from ledger.account where party = m.party) as accounts,
           (select count(*) from ledger.account where id in (m.account, m.payable)) as own,
           (select count(*) from merchants.till where merchant = m.id) as tills,
           (select count(*) from admin.invitation where party = m.party) as invitations,
           (select count(*) from admin.party where person = m.contact) as parties, m.status
      from merchants.merchant m where m.id = $1"""
ONE = {"accounts": 2, "own": 2, "tills": 1, "invitations": 1, "parties": 1, "status": "approved"}


@asynccontextmanager
async def locked(database, table):
    """Nobody writes to a table meanwhile."""
    connection = await asyncpg.connect(database.superuser_url)
    await connection.execute(f"begin; lock table {table} in exclusive mode")
    try:
        yield
    finally:
        await connection.close()


async def made_of(town, merchant):
    async with town.services.connection() as connection:
        row = await connection.fetchrow(MADE, merchant)
    return dict(row)


async def killed(database, committee, decision, seconds):
    """A confirmation asked of a service that dies so long after."""
    async with served(database) as (process, port):
        place = f"http://127.0.0.1:{port}/v1/merchant-decisions/{decision}/confirmation"
        async with httpx.AsyncClient(timeout=10, headers=committee.second.headers) as client:
            # The first request of a process is slow: what is timed is the second.
            await client.get(f"http://127.0.0.1:{port}/v1/merchant-applications")
            asking = asyncio.create_task(client.post(place))
            await asyncio.sleep(seconds)
            process.kill()
            with suppress(httpx.HTTPError):
                return (await asking).status_code
    return None


@pytest.mark.parametrize("table", ["admin.party", "ledger.account", "merchants.till"])
async def test_an_approval_killed_between_two_steps_is_finished_by_asking_again(
    committee, town, fresh_database, table
):
    merchant = await committee.candidate()
    decision = await committee.propose(merchant, "approve")
    async with locked(fresh_database, table):
        assert await killed(fresh_database, committee, decision, 0.3) is None
    assert (await made_of(town, merchant))["status"] == "candidate"
    answer = await committee.confirm(decision)
    assert answer.status_code == 201, answer.text
    assert await made_of(town, merchant) == ONE
    owner = await committee.taken_up(answer.json())
    assert owner.account == await committee.account(owner.party, AccountClass.MERCHANT)


async def test_an_approval_killed_at_any_moment_is_one_merchant_in_the_end(
    committee, town, fresh_database
):
    ends = []
    for milliseconds in (20, 60, 110, 150, 200, 300):
        merchant = await committee.candidate()
        decision = await committee.propose(merchant, "approve")
        answered = await killed(fresh_database, committee, decision, milliseconds / 1000)
        ends.append((milliseconds, answered, (await made_of(town, merchant))["accounts"]))
        assert (await committee.confirm(decision)).status_code == 201
        assert await made_of(town, merchant) == ONE
    tell(f"approvals killed after (ms, answered, accounts there): {ends}")


async def test_two_proposals_at_once_are_one(committee):
    merchant = await committee.candidate()
    place = f"/v1/merchant-applications/{merchant}/decisions"
    asked = [("approve", committee.first), ("refuse", committee.second)] * 4
    answers = await asyncio.gather(
        *[who.post(place, {"what": what, "reason": "PV"}) for what, who in asked]
    )
    assert sorted(a.status_code for a in answers) == [201] + [409] * 7


async def test_confirmations_at_once_make_one_merchant(committee, town):
    merchant = await committee.candidate()
    decision = await committee.propose(merchant, "approve")
    answers = await asyncio.gather(*[committee.confirm(decision) for _ in range(6)])
    assert {a.status_code for a in answers} == {201}
    assert len({a.content for a in answers}) == 1
    assert await made_of(town, merchant) == ONE


async def test_whatever_is_decided_at_once_register_and_ledger_agree(committee, town):
    expected = {"approved": 0, "suspended": 1, "closing": 1, "frozen": 2}
    for _ in range(6):
        merchant, _ = await committee.merchant()
        decision = await committee.propose(merchant, "suspend")
        freeze = f"/v1/merchants/{merchant}/freezes"
        body = {"reason": "Ventes fictives"}
        await asyncio.gather(
            committee.confirm(decision),
            committee.treasurer.post(freeze, body),
            committee.deputy.post(freeze, body),
            committee.confirm(decision),
        )
        async with town.services.connection() as connection:
            query = """select m.status, a.status as told from merchants.merchant m
                         join ledger.account a on a.id = m.account where m.id = $1"""
            row = await connection.fetchrow(query, merchant)
        assert row["told"] == expected[row["status"]]
        assert row["status"] == "frozen"
