"""kill -9: what was confirmed stands, nothing is done twice, every unknown can be resolved."""

import asyncio
import contextlib
import multiprocessing
import os
import secrets
import shutil
import signal
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from api.embedded_postgres import EmbeddedPostgres
from api.installation.databases import provision
from api.installation.migrate import migrate
from ledger import store
from ledger.committing import own_rows, post_and_commit
from ledger.journal import Posted
from ledger.kinds import Kind
from ledger.poster import Poster
from ledger.refusals import OutcomeUnknown
from tests.database.workers import Plan, nth, read, work
from tests.database.world import Books, again, entry, members, tell
from tests.patience import until

POSTER_KILLS, SERVER_KILLS = 50, 10
WORKERS = multiprocessing.get_context("forkserver")
WORKERS.set_forkserver_preload(["tests.database.workers"])


@pytest.fixture
def folder():
    """A folder that the server's user may enter, for logs and for a server of our own."""
    made = Path(tempfile.mkdtemp(prefix="bousol-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


async def accounts_with_money(books):
    await members(books)
    return tuple([await books.wallet(10_000_00) for _ in range(20)])


@contextlib.asynccontextmanager
async def ledger_at(url):
    connection = await asyncpg.connect(url)
    try:
        yield Books(connection, url)
    finally:
        await connection.close()


# Judging ----------------------------------------------------------------------------------------


async def judged(name, plan, books, owner_url, *, kills):
    """Compare what was told with what stands; one line of results."""
    told = read(plan.log)
    # What a request did is found by what it asked for, not by the key that should protect it.
    rows = await books.connection.fetch(
        "select request, seq, debit_balance, posted_at from ledger.journal"
        " where substr(request, 1, 8) = $1",
        plan.run.to_bytes(8, "big"),
    )
    numbers = [int.from_bytes(row["request"][8:], "big") for row in rows]
    stands = {
        n: f"posted {row['seq']} {row['debit_balance']} {row['posted_at']}"
        for n, row in zip(numbers, rows, strict=True)
    }
    confirmed = {n for n, answers in told.answers.items() if answers[0].startswith("posted")}
    lost = [n for n in confirmed if set(told.answers[n]) != {stands.get(n)}]
    refused_but_done = set(stands) & (set(told.answers) - confirmed)
    result = {
        "kills": kills,
        "tried": len(told.asked),
        "confirmed": len(confirmed),
        "refused": len(told.answers) - len(confirmed),
        "unknown": len(told.unknown),
        "lost": len(lost),
        "double": len(numbers) - len(set(numbers)),
        "refused but done": len(refused_but_done),
        "longest gap s": round(told.longest_gap, 2),
    }
    tell(f"{name}: " + ", ".join(f"{what} {n}" for what, n in result.items()))
    async with ledger_at(owner_url) as owners:
        assert await owners.faults() == []
    assert (result["lost"], result["double"], result["refused but done"]) == (0, 0, 0)
    assert confirmed | refused_but_done != set()
    return told, stands


# The poster ---------------------------------------------------------------------------------------


def _size(log):
    return Path(log).stat().st_size if Path(log).exists() else 0


async def killed_after(plan, seconds):
    """One worker, killed in the middle of its work."""
    worker = WORKERS.Process(target=work, args=(plan,))
    worker.start()
    try:
        size, deadline = _size(plan.log), time.monotonic() + 60
        while _size(plan.log) == size:
            assert worker.is_alive()
            assert time.monotonic() < deadline
            await asyncio.sleep(0.002)
        await asyncio.sleep(seconds)
        assert worker.is_alive()
    finally:
        worker.kill()
        await asyncio.to_thread(worker.join)


async def test_a_poster_killed_fifty_times_loses_and_repeats_nothing(fresh_database, folder):
    async with ledger_at(fresh_database.app_url) as books:
        accounts = await accounts_with_money(books)
        plan = Plan(fresh_database.app_url, str(folder / "log"), 1, accounts)
        closed, asked_again = {}, set()
        for _ in range(POSTER_KILLS):
            await killed_after(plan, secrets.randbelow(150) / 1000)
            told = read(plan.log)
            unknown = [n for n in told.unknown if n not in closed]
            for n in unknown[::2]:
                closed[n] = await _closed(books, plan, n)
            asked_again |= set(unknown[1::2])
            plan = replace(plan, first=max(told.asked) + 1, again=tuple(unknown[1::2]))
        for n in (n for n in read(plan.log).unknown if n not in closed):
            closed[n] = await _closed(books, plan, n)
        told, stands = await judged(
            "kill -9 of the poster", plan, books, fresh_database.owner_url, kills=POSTER_KILLS
        )
    answered = asked_again & set(told.answers)
    tell(
        f"unknowns closed {len(closed)}, of which {sum(closed.values())} stood;"
        f" asked again and answered {len(answered)}"
    )
    assert set(told.unknown) <= set(closed), "each is known now"
    assert {n for n, stood in closed.items() if stood} == set(stands) & set(closed)
    assert len(answered) > 0
    assert len(closed) > POSTER_KILLS / 2, "the kills came in the middle of work"


async def _closed(books, plan, n):
    """Whether request n had been posted; if not, it never will be."""
    answer = await store.close_key(books.connection, party=1, key=nth(plan, n).key)
    return isinstance(answer, Posted)


# PostgreSQL ---------------------------------------------------------------------------------------


def _started_again(server):
    """The server, once the killed one is gone: a signal takes its time."""
    while server.postmaster_pid is not None:
        time.sleep(0.001)
    server.start()


@pytest.fixture
async def own_server(folder):
    """A durable server of our own, with a ledger in it, to be killed."""
    settings = {"shared_buffers": "64MB", "max_wal_size": "256MB"}
    with EmbeddedPostgres(folder / "home", settings=settings) as server:
        urls = await provision(server.url(database="postgres", user="postgres"))
        await migrate(urls.owner)
        yield server, urls


async def test_postgresql_killed_ten_times_loses_and_repeats_nothing(own_server, folder):
    server, urls = own_server
    async with ledger_at(urls.application) as books:
        accounts = await accounts_with_money(books)
    stop = folder / "stop"
    plans = [
        Plan(urls.application, str(folder / f"log{run}"), run, accounts, stop=str(stop))
        for run in (2, 3)
    ]
    workers = [WORKERS.Process(target=work, args=(plan,)) for plan in plans]
    for worker in workers:
        worker.start()
    try:
        for _ in range(SERVER_KILLS):
            await asyncio.sleep(0.5 + secrets.randbelow(400) / 1000)
            os.kill(server.postmaster_pid, signal.SIGKILL)
            await asyncio.to_thread(_started_again, server)
        await asyncio.sleep(0.5)
        stop.touch()
    finally:
        for worker in workers:
            await asyncio.to_thread(worker.join, 20)
            worker.kill()
    assert [worker.exitcode for worker in workers] == [0, 0]
    async with ledger_at(urls.application) as books:
        for plan in plans:
            name = f"kill -9 of PostgreSQL, worker {plan.run - 1}"
            told, _ = await judged(name, plan, books, urls.owner, kills=SERVER_KILLS)
            assert told.unknown == [], "the poster itself asked again until it knew"


# A standby that does not answer -------------------------------------------------------------------


@contextlib.asynccontextmanager
async def without_its_standby(admin):
    """Commits wait for a synchronous standby that there is not."""
    await admin.execute("alter system set synchronous_standby_names = 'ghost'")
    await admin.execute("select pg_reload_conf()")
    await _until(admin, "select current_setting('synchronous_standby_names') = 'ghost'")
    try:
        yield
    finally:
        await admin.execute("alter system reset synchronous_standby_names")
        await admin.execute("select pg_reload_conf()")


async def _until(admin, query):
    await until(lambda: admin.fetchval(query))


WAITING = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
CANCEL = "select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'"


async def _still_waits(*asked):
    await asyncio.sleep(0.3)
    assert not any(one.done() for one in asked)


async def test_a_cancelled_wait_for_a_standby_confirms_nothing_before_the_standby(own_server):
    server, urls = own_server
    admin = await asyncpg.connect(server.url(database="bousol", user="postgres"))
    connect = lambda: asyncpg.connect(urls.application)  # noqa: E731  # why: two posters use it
    async with ledger_at(urls.application) as books:
        m = await members(books)
        paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1))
        async with Poster(connect) as poster, Poster(connect) as restarted:
            async with without_its_standby(admin):
                asked = asyncio.create_task(poster.post(paid))
                for _ in range(3):  # PostgreSQL reports success each time, with a warning.
                    await _until(admin, f"select ({WAITING}) > 0")
                    await _still_waits(asked)
                    assert await admin.fetchval(CANCEL) > 0
                stands = await store.answer(admin, party=paid.party, key=paid.key)
                assert isinstance(stands, Posted), "committed here, and nowhere else"
                replayed = asyncio.create_task(restarted.post(again(paid)))
                durable = asyncio.create_task(restarted.durable(stands.seq))
                await _still_waits(asked, replayed, durable)
                await admin.fetchval(CANCEL)
                await _still_waits(asked, replayed, durable)
                with pytest.raises(OutcomeUnknown):
                    await poster.post(again(paid), timeout_seconds=0.2)
            assert await asked == await replayed == stands
            await durable
            assert await poster.post(again(paid)) == stands
    await admin.close()


async def test_a_cancelled_wait_of_own_rows_is_unknown_and_asked_again(own_server):
    server, urls = own_server
    admin = await asyncpg.connect(server.url(database="bousol", user="postgres"))
    async with ledger_at(urls.application) as books:
        m = await members(books)
        paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1))
        async with without_its_standby(admin), ledger_at(urls.application) as caller:
            asked = asyncio.create_task(_with_own_rows(caller.connection, paid))
            await _until(admin, f"select ({WAITING}) > 0")
            await _still_waits(asked)
            await admin.fetchval(CANCEL)
            with pytest.raises(OutcomeUnknown):
                await asked
            await _waits_however_it_is_asked(urls.application, admin, paid)
        stood = await store.close_key(books.connection, party=paid.party, key=paid.key)
        assert isinstance(stood, Posted)
    await admin.close()


async def _waits_however_it_is_asked(url, admin, paid):
    """The same again, and "did it go through?": neither answers before the standby does."""
    async with ledger_at(url) as first, ledger_at(url) as second:
        asked = [
            asyncio.create_task(_with_own_rows(first.connection, again(paid))),
            asyncio.create_task(store.close_key(second.connection, party=1, key=paid.key)),
        ]
        while waiting := [one for one in asked if not one.done()]:
            await _until(admin, f"select ({WAITING}) > 0")
            await _still_waits(*waiting)
            await admin.fetchval(CANCEL)
            await asyncio.wait(waiting, timeout=0.2)
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(one) for one in told] == [OutcomeUnknown] * 2


async def _with_own_rows(connection, wanted):
    async with own_rows(connection):
        return await post_and_commit(connection, [wanted])
