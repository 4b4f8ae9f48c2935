"""Overload, deadlines, callers who go away: nobody is told what is not so."""

import asyncio
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from ledger import store
from ledger.journal import Posted
from ledger.kinds import Kind
from ledger.poster import Poster
from ledger.refusals import KeyClosed, OutcomeUnknown, Overloaded
from tests.database.world import Books, again, entry, members

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
    """Nobody posts meanwhile: the chain lock is held."""
    connection = await asyncpg.connect(books.url)
    async with connection.transaction():
        await connection.execute(f"select pg_advisory_xact_lock({CHAIN_LOCK})")
        yield
    await connection.close()


def _poster(books, **limits):
    return Poster(lambda: asyncpg.connect(books.url), **limits)


async def _sent(poster, wanted, **limits):
    """Ask for `wanted`, and let it leave before anything else happens."""
    asked = asyncio.create_task(poster.post(wanted, **limits))
    await asyncio.sleep(0.05)
    return asked


async def test_a_full_queue_says_when_to_come_back(ground):
    books, m = ground
    paid = [entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)) for _ in range(6)]
    async with _poster(books, lanes=1, cap=1, queue_max=4) as poster:
        async with _stuck(books):
            asked = [await _sent(poster, one) for one in paid[:5]]
            with pytest.raises(Overloaded) as told:
                await poster.post(paid[5])
            assert told.value.retry_after_seconds > 0
            assert told.value.key == paid[5].key
        assert all(isinstance(answer, Posted) for answer in await asyncio.gather(*asked))
        assert isinstance(await poster.post(paid[5]), Posted)


async def test_an_entry_past_its_deadline_is_dropped_unsent(ground):
    books, m = ground
    first, late = (entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)) for _ in range(2))
    async with _poster(books, lanes=1, cap=1) as poster:
        async with _stuck(books):
            asked = await _sent(poster, first)
            with pytest.raises(Overloaded):
                await poster.post(late, timeout_seconds=0.1)
        assert isinstance(await asked, Posted)
    closed = await store.close_key(books.connection, party=late.party, key=late.key)
    assert isinstance(closed, KeyClosed), "it never came, and now it never will"


async def test_a_wait_that_ends_leaves_the_truth_to_be_asked_with_the_key(ground):
    books, m = ground
    paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1))
    async with _poster(books) as poster:
        async with _stuck(books):
            with pytest.raises(OutcomeUnknown) as told:
                await poster.post(paid, timeout_seconds=0.1)
            assert told.value.key == paid.key
        answer = await poster.post(again(paid))
        assert answer == await store.answer(books.connection, party=paid.party, key=paid.key)


async def test_who_comes_while_the_first_is_in_flight_waits_for_its_answer(ground):
    books, m = ground
    paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), once=uuid4())
    other_key = again(paid, key=uuid4())
    async with _poster(books) as poster:
        async with _stuck(books):
            asked = [await _sent(poster, one) for one in (paid, again(paid), other_key)]
        first, second, other = await asyncio.gather(*asked, return_exceptions=True)
    assert first == second
    assert getattr(other, "code", None) == "already_done"


async def test_a_caller_who_goes_away_recalls_nothing_and_disturbs_nobody(ground):
    books, m = ground
    gone, stays = (entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)) for _ in range(2))
    async with _poster(books) as poster:
        async with _stuck(books):
            asked = await _sent(poster, gone)
            waiting = await _sent(poster, stays)
            asked.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asked
        assert isinstance(await waiting, Posted)
        found = await store.answer(books.connection, party=gone.party, key=gone.key)
        assert found == await poster.post(again(gone))


async def test_a_lane_that_is_cut_asks_again_with_the_same_keys(ground, fresh_database):
    books, m = ground
    superuser = await asyncpg.connect(fresh_database.superuser_url)
    paid = [entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), once=uuid4()) for _ in range(50)]
    before = await books.balance(m.wallet)
    async with _poster(books) as poster:
        async with _stuck(books):
            asked = [
                await _sent(poster, paid[0]),
                *map(asyncio.create_task, map(poster.post, paid[1:])),
            ]
            await asyncio.sleep(0.05)
            cut = await superuser.fetchval("""select count(pg_terminate_backend(pid))
                from pg_stat_activity where datname = current_database()
                  and wait_event_type = 'Lock' and query like '%ledger.post%'""")
        answers = await asyncio.gather(*asked)
    await superuser.close()
    assert cut > 0
    assert len({answer.seq for answer in answers}) == 50
    assert await books.balance(m.wallet) == before - 50
