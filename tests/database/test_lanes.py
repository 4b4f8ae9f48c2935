"""Lanes: a second one works when enough wait for it, or when the first does not come back."""

import asyncio
from contextlib import asynccontextmanager

import asyncpg
import pytest

from ledger.kinds import Kind
from ledger.poster import SECOND_LANE_FROM, Poster
from tests.database.world import Books, entry, members
from tests.patience import until

CHAIN_LOCK = 20210917


@pytest.fixture(scope="module")
async def ground(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
    books = Books(connection, fresh_database.app_url)
    yield books, await members(books)
    assert await books.faults_of_the_law() == []
    await connection.close()


@asynccontextmanager
async def _stuck(books):
    """The chain lock is held: whoever posts is seen waiting for it."""
    async with books.connection.transaction():
        await books.connection.execute(f"select pg_advisory_xact_lock({CHAIN_LOCK})")
        yield


async def _lanes_at_work(books):
    """How many lanes wait for the lock; a connection sees the others' state as of its question."""
    await books.connection.execute("select pg_stat_clear_snapshot()")
    return await books.connection.fetchval("""select count(*) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and wait_event_type = 'Lock'""")


async def _work(books, lanes):
    async def so_many():
        return await _lanes_at_work(books) == lanes

    await until(so_many)


def _ask(poster, m, number):
    paid = (entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)) for _ in range(number))
    return [asyncio.create_task(poster.post(one)) for one in paid]


@asynccontextmanager
async def _one_lane_waits(ground):
    """A poster whose first lane has sent one entry and gets no answer yet."""
    books, m = ground
    asked = []
    async with Poster(lambda: asyncpg.connect(books.url)) as poster:
        async with _stuck(books):
            asked.extend(_ask(poster, m, 1))
            await _work(books, 1)
            yield poster, books, m, asked
        await asyncio.gather(*asked)


async def test_a_few_that_wait_go_with_the_lane_that_works(ground, monkeypatch):
    monkeypatch.setattr("ledger.poster.SWEEP_SECONDS", 60.0)  # nobody calls the lane stuck
    async with _one_lane_waits(ground) as (poster, books, m, asked):
        asked.extend(_ask(poster, m, SECOND_LANE_FROM - 1))
        await asyncio.sleep(0.05)
        assert await _lanes_at_work(books) == 1


async def test_enough_that_wait_get_a_lane_of_their_own(ground):
    async with _one_lane_waits(ground) as (poster, books, m, asked):
        asked.extend(_ask(poster, m, SECOND_LANE_FROM))
        await _work(books, 2)


async def test_a_lane_that_does_not_come_back_holds_nobody_up(ground):
    async with _one_lane_waits(ground) as (poster, books, m, asked):
        asked.extend(_ask(poster, m, 1))
        await _work(books, 2)


async def test_lanes_share_what_is_outstanding(ground):
    books, m = ground
    async with Poster(lambda: asyncpg.connect(books.url)) as poster:
        await asyncio.gather(*_ask(poster, m, 3 * SECOND_LANE_FROM))
        assert poster.batches == 2, "three quarters of a cap, in two halves"
