"""Whether the process lives, whether it can serve, what it has counted, and what it owes."""

import asyncio

import asyncpg
import pytest

from api.failures import Failure
from api.installation.migrate import newest_version
from api.process import probe
from api.process.metering import Meter
from api.services import running
from api.sweeping import sweeping
from api.wire.problems import Problem
from ledger.paying import CHAIN_LOCK
from ledger.store import head
from tests.api.house import TOKEN, house, settings_of
from tests.api.test_answers import problem


async def test_a_service_that_can_serve_says_so(home):
    alive, ready = await home.get("/healthz"), await home.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


async def test_a_database_of_another_version_is_not_served(home, owner):
    await owner.execute("update schema_version set version_num = '9999'")
    try:
        told = await problem(await home.get("/readyz"), "unavailable")
        assert [(one["pointer"], one["code"]) for one in told["errors"]] == [
            ("database", "other_version")
        ]
    finally:
        await owner.execute("update schema_version set version_num = $1", newest_version())
    assert (await home.get("/readyz")).status_code == 200


async def test_a_service_does_not_start_before_a_database_of_another_version(fresh_database, owner):
    await owner.execute("update schema_version set version_num = '9999'")
    try:
        with pytest.raises(Failure, match="not of this version; `bousol db migrate` brings it"):
            async with running(settings_of(fresh_database), meter=Meter(), sweeping=sweeping):
                pass
    finally:
        await owner.execute("update schema_version set version_num = $1", newest_version())


async def test_an_entry_not_known_to_survive_is_not_shown(home):
    with pytest.raises(Problem) as refusal:
        await home.services.durable(10**12)
    assert refusal.value.code == "unavailable"


@pytest.mark.clock
async def test_a_database_that_is_away_is_told_within_two_seconds_and_found_again(
    make_database, server
):
    database = make_database()
    async with house(database) as home:
        admin = await asyncpg.connect(server.url(database="postgres", user="postgres"))
        await admin.execute(f"alter database {database.name} allow_connections false")
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
            database.name,
        )
        answered = await asyncio.wait_for(home.get("/readyz"), 2)
        assert (await problem(answered, "unavailable"))["errors"][0]["code"] == "no_answer"
        assert answered.headers["retry-after"] == "5"
        cover = await asyncio.wait_for(home.get("/v1/cover"), 4)
        await problem(cover, "unavailable")
        rows = await home.get("/v1/test/rows?statement=select%201")
        await problem(rows, "unavailable")
        assert (await home.get("/healthz")).status_code == 200
        await admin.execute(f"alter database {database.name} allow_connections true")
        assert (await home.get("/readyz")).status_code == 200
        assert (await home.get("/v1/cover")).status_code == 200
        await admin.close()


async def test_a_poster_that_does_not_move_is_told(home, books, payment, monkeypatch):
    monkeypatch.setattr(probe, "STUCK_SECONDS", 0.2)
    async with books.connection.transaction():
        await books.connection.execute(f"select pg_advisory_xact_lock({CHAIN_LOCK})")
        paying = asyncio.create_task(home.pay(payment))
        await asyncio.sleep(0.5)
        told = await problem(await home.get("/readyz"), "unavailable")
        assert told["errors"] == [
            {"pointer": "poster", "code": "stuck", "message": "Nothing moves."}
        ]
    assert (await paying).status_code == 201
    assert (await home.get("/readyz")).status_code == 200


async def test_what_was_counted_is_for_who_has_the_token(home, payment):
    await problem(await home.get("/metrics"), "unauthenticated")
    await problem(await home.get("/metrics", authorization="Bearer another"), "unauthenticated")
    await home.pay(payment)
    await home.pay(payment | {"payee": 999_999})
    page = (await home.get("/metrics", authorization=f"Bearer {TOKEN}")).text
    paid = '{method="POST",route="/v1/test/payments",status="201"}'
    assert f"bousol_requests_total{paid}" in page
    assert 'bousol_entries_refused_total{code="unknown_account"} 1.0' in page
    for counted in (
        "bousol_entries_posted_total",
        "bousol_queue_entries 0.0",
        "bousol_commit_seconds_bucket",
        "bousol_batch_entries_count",
        "bousol_durable_seq",
        "bousol_requests_active 1.0",
    ):
        assert counted in page


async def test_without_a_token_there_are_no_metrics(fresh_database):
    async with house(fresh_database, metrics_token=None) as home:
        await problem(await home.get("/metrics"), "not_found")


async def test_the_cover_is_that_of_the_chains_head(home, books, payment):
    await home.pay(payment)
    stands = await head(books.connection)
    told = (await home.get("/v1/cover")).json()
    assert told["owed"] == {"amount": stands.debt, "currency": "EUR"}
    assert told["circulating"] == {"amount": stands.issued, "currency": "BSL"}
    assert told["reserve"] == {"amount": stands.reserve, "currency": "EUR"}
    assert told["remainder"] == stands.remainder
    assert told["redemption_ppm"] == stands.reserve * 1_000_000 // stands.debt
    assert told["par_ppm"] == stands.reserve * 1_000_000 // stands.issued
    assert (told["head"]["seq"], told["head"]["hash"]) == (stands.seq, stands.hash.hex())
    assert told["head"]["posted_at"].endswith("Z")


async def test_a_ledger_without_an_entry_has_no_ratio(make_database):
    async with house(make_database()) as home:
        told = (await home.get("/v1/cover")).json()
    assert (told["redemption_ppm"], told["par_ppm"]) == (None, None)
    assert (told["owed"]["amount"], told["head"]["seq"]) == (0, 0)
    assert told["head"]["posted_at"] is None


async def test_rows_whose_commit_was_not_confirmed_are_an_unknown_outcome(home):
    await problem(await home.get("/v1/test/orphan"), "outcome_unknown")


async def test_rows_that_do_not_post_are_committed_or_refused_in_their_own_words(home):
    async def run(statement):
        return await home.client.get("/v1/test/rows", params={"statement": statement})

    assert (await run("select 1")).status_code == 200
    late = "select set_config('statement_timeout', '50ms', true); select pg_sleep(5)"
    await problem(await run(late), "overloaded")
    await problem(await run("select * from no_such_table"), "internal")
