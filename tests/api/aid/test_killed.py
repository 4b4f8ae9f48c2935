"""A server killed anywhere in a batch: asked again, each award was given once and nothing twice."""

import asyncio
import signal
import sys
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from api.aid import executing
from ledger.audit import audit
from ledger.chart import AccountClass
from tests.api.aid.sponsors import Sponsor, listed
from tests.api.buying.buyers import eur
from tests.api.house import served
from tests.database.world import tell

AWARDS = 300
_DIES = """
import os, signal, sys
import api.aid.executing as executing
import api.sweeping
from admin.aid import batches
from api.serve import serve
from api.settings import load_settings

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

async def dies(*_, **__):
    die()

AT = "{at}"
executing.CHUNK, executing.WINDOW = 100, 8
if AT == "issue":
    executing.post_and_commit = dies
elif AT == "lots":
    executing.open_lots = dies
elif AT == "given":
    batches.given = dies
elif AT == "awards":
    first = executing.award_entry
    left = [150]
    def entry(*a, **k):
        left[0] -= 1
        if left[0] < 0:
            die()
        return first(*a, **k)
    executing.award_entry = entry
elif AT == "finish":
    executing.tell_holders = dies
serve(load_settings(), host="127.0.0.1", port=0)
"""
POINTS = ("issue", "lots", "given", "awards", "finish")


@pytest.fixture(scope="module")
async def ccas(town):
    return await Sponsor.meet(town)


@pytest.fixture(autouse=True)
def only_the_other_process(monkeypatch):
    """This process gives nothing out by itself: the one that is killed shall."""

    async def idle(_):
        return None

    monkeypatch.setattr(executing, "run", idle)


async def facts(town, batch):
    """How many lots hold an award, how many entries gave one, and what is left to give out."""
    async with town.services.connection() as connection:
        return tuple(
            await connection.fetchrow(
                """select count(*) filter (where l.balance = a.bousol_cents),
                          count(distinct a.entry),
                          (select count(*) from ledger.journal j where j.kind = 20
                              and j.debit = b.account),
                          (select balance from ledger.account where id = b.account),
                          (select count(*) from ledger.account where class = $2 and party is null)
                     from admin.aid_batch b join admin.award a on a.batch = b.id
                     left join ledger.account l on l.id = a.lot
                    where b.id = $1 group by b.id, b.account""",
                UUID(batch),
                AccountClass.LOT,
            )
        )


@pytest.mark.parametrize("at", POINTS)
async def test_killed_there_and_run_again_each_award_is_given_once(
    fresh_database, town, ccas, at, monkeypatch
):
    programme = await ccas.programme(funded=2_000_00)
    rows = [f"{at}-{n};Personne {n};5" for n in range(AWARDS)]
    batch = await ccas.batch(programme, *rows)
    async with town.services.connection() as connection:
        await connection.execute(
            "update admin.aid_batch set status = 'waiting', approved_by = $2, approved_at = now()"
            " where id = $1", UUID(batch), ccas.validator.grant)  # fmt: skip
    async with served(fresh_database, sys.executable, "-c", _DIES.replace("{at}", at)) as (one, _):
        assert await asyncio.wait_for(one.wait(), 30) == -signal.SIGKILL
    given = (await facts(town, batch))[2]
    monkeypatch.undo()
    for _ in range(2):
        await executing.run(town.services, UUID(batch))
    done = await ccas.until(batch, "executed")
    assert (done["done"], done["awards"]) == (AWARDS, AWARDS)
    assert await facts(town, batch) == (AWARDS, AWARDS, AWARDS, 0, 0)
    tell(f"batch of {AWARDS} killed at {at} after {given} awards: each once, nothing left to give")


async def test_two_processes_and_many_tries_give_each_award_once(fresh_database, town, ccas):
    programme = await ccas.programme(funded=2_000_00)
    batch = await ccas.batch(programme, *[f"two-{n};P {n};5" for n in range(AWARDS)])
    place, by = f"/v1/aid/batches/{batch}/approval", ccas.validator.headers
    async with served(fresh_database) as (_, port), httpx.AsyncClient(timeout=30) as other:
        url = f"http://127.0.0.1:{port}{place}"
        answers = await asyncio.gather(*(other.post(url, headers=by) for _ in range(4)))
        assert {a.status_code for a in answers} == {200}, [a.text for a in answers]
        await ccas.until(batch, "executed")
    assert await facts(town, batch) == (AWARDS, AWARDS, AWARDS, 0, 0)


async def test_no_two_batches_at_once_take_more_than_the_programme_has(town, ccas, monkeypatch):
    monkeypatch.undo()
    programme = await ccas.programme(funded=100_00)
    made = [await ccas.batch(programme, f"race-{n};P {n};40") for n in range(4)]
    await asyncio.gather(*(ccas.approve(batch) for batch in made))
    shown = [(await ccas.clerk.get(f"/v1/aid/batches/{b}")).json() for b in made]
    statuses = sorted(one["status"] for one in shown)
    assert statuses.count("waiting") == 2, statuses
    told = (await ccas.clerk.get(f"/v1/aid/programmes/{programme}")).json()
    assert told["held"] == eur(20_00)


async def test_what_was_killed_stands_before_the_audit(home, fresh_database):
    report = await audit(lambda: asyncpg.connect(fresh_database.app_url))
    assert report.ok, report


async def test_one_key_at_once_submits_one_batch(ccas):
    for nth in range(8):
        programme, key = await ccas.programme(), uuid4()
        body = listed(f"once-{nth};Anne;5") | {"decision": "x"}
        place = f"/v1/aid/programmes/{programme}/batches"
        answers = await asyncio.gather(*(ccas.clerk.post(place, body, key=key) for _ in range(6)))
        ids = {a.json().get("id") for a in answers if a.status_code == 201}
        assert len(ids) == 1, [a.text for a in answers]
        assert {a.status_code for a in answers} <= {201, 503}, [a.text for a in answers]
