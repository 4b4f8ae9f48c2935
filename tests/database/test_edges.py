"""What a poster does at the edges: nobody listens, nobody answers, everybody asks the same."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from ledger import flows
from ledger.committing import own_rows, post_and_commit
from ledger.flows import Act
from ledger.kinds import Kind
from ledger.lots import Share
from ledger.paying import Purchase, pay
from ledger.poster import Poster
from ledger.purses import Purses
from ledger.refusals import OutcomeUnknown, UnknownAccount
from tests.database.world import REQUEST, Books, again, entry, members

CHAIN_LOCK = 20210917


@pytest.fixture(scope="module")
async def ground(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
    books = Books(connection, fresh_database.app_url)
    yield books, await members(books)
    assert await books.faults_of_the_law() == []
    await connection.close()


@asynccontextmanager
async def nobody_posts(books):
    """The chain lock is held meanwhile."""
    connection = await asyncpg.connect(books.url)
    async with connection.transaction():
        await connection.execute(f"select pg_advisory_xact_lock({CHAIN_LOCK})")
        yield
    await connection.close()


class Door:
    """Opens connections to the ledger, or, once shut, to a port where nobody answers."""

    def __init__(self, url):
        self.url = url
        self.opened = []
        self.place = None

    async def __call__(self):
        if self.place is not None:
            host, port = self.place
            return await asyncpg.connect(host=host, port=port, user="nobody", timeout=60)
        self.opened.append(await asyncpg.connect(self.url))
        return self.opened[-1]


@asynccontextmanager
async def silence():
    """A place that takes connections and never says a word."""
    ends = []

    async def hold(_, writer):
        ends.append(writer)
        await asyncio.sleep(60)

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[:2]
    server.close()
    for writer in ends:
        writer.close()


def paid(m, cents=1):
    return entry(Kind.PAYMENT, (m.wallet, m.merchant, cents))


async def test_who_cannot_be_told_of_a_commit_hinders_nobody(ground):
    books, m = ground
    door = Door(books.url)
    async with Poster(door) as poster:
        door.place = ("127.0.0.1", 1)  # the notice finds no server
        for _ in range(2):
            assert (await poster.post(paid(m))).seq
            await asyncio.sleep(0.05)


async def test_a_barrier_that_finds_no_server_asks_again_and_serves_all_who_wait(ground):
    books, m = ground
    door = Door(books.url)
    async with Poster(lambda: asyncpg.connect(books.url)) as other, Poster(door) as poster:
        seq = (await other.post(paid(m))).seq
        door.place = ("127.0.0.1", 1)
        waiting = [asyncio.create_task(poster.durable(seq)) for _ in range(3)]
        await asyncio.sleep(0.1)
        assert not any(task.done() for task in waiting)
        door.place = None
        await asyncio.wait_for(asyncio.gather(*waiting), 10)


async def test_a_stop_does_not_wait_for_a_barrier_nobody_answers(ground):
    books, m = ground
    door = Door(books.url)
    async with silence() as place, Poster(lambda: asyncpg.connect(books.url)) as other:
        poster = await Poster(door).start()
        seq = (await other.post(paid(m))).seq
        door.place = place
        waiting = asyncio.create_task(poster.durable(seq))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(poster.stop(), 5)
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_a_stop_while_the_server_is_gone_tells_the_truth_is_unknown(ground):
    books, m = ground
    door = Door(books.url)
    poster = await Poster(door, lanes=1).start()
    async with nobody_posts(books):
        asked = asyncio.create_task(poster.post(paid(m)))
        await asyncio.sleep(0.1)
        door.place = ("127.0.0.1", 1)
        door.opened[0].terminate()
        stopping = asyncio.create_task(poster.stop())
        with pytest.raises(OutcomeUnknown):
            await asyncio.wait_for(asked, 20)
        await stopping


async def test_a_poster_that_never_started_stops(ground):
    books, _ = ground
    await Poster(lambda: asyncpg.connect(books.url)).stop()


async def test_refunds_of_one_payment_in_one_batch_are_decided_one_after_the_other(ground):
    books, m = ground
    async with Poster(lambda: asyncpg.connect(books.url)) as poster:
        first = await poster.post(paid(m, 9))
        async with nobody_posts(books):
            ahead = asyncio.create_task(poster.post(paid(m)))
            await asyncio.sleep(0.05)
            back = [
                asyncio.create_task(
                    poster.post(entry(Kind.REFUND, (m.merchant, m.wallet, 3), origin=first.seq))
                )
                for _ in range(3)
            ]
            await asyncio.sleep(0.05)
        answers = await asyncio.gather(ahead, *back)
        assert len({answer.seq for answer in answers}) == 4


async def test_an_entry_python_cannot_send_fails_alone(ground):
    books, m = ground
    async with Poster(lambda: asyncpg.connect(books.url)) as poster:
        async with nobody_posts(books):
            ahead = asyncio.create_task(poster.post(paid(m)))
            await asyncio.sleep(0.05)
            nobody: Any = None
            broken = asyncio.create_task(poster.post(entry(Kind.PAYMENT, (m.wallet, nobody, 1))))
            good = asyncio.create_task(poster.post(paid(m)))
            await asyncio.sleep(0.05)
        with pytest.raises(TypeError):
            await broken
        assert (await ahead).seq < (await good).seq


async def test_a_loop_that_ends_leaves_no_caller_with_a_no(ground):
    books, m = ground
    poster = await Poster(lambda: asyncpg.connect(books.url)).start()
    async with nobody_posts(books):
        asked = asyncio.create_task(poster.post(paid(m)))
        await asyncio.sleep(0.05)
        for task in poster._tasks:
            task.cancel()
        with pytest.raises(OutcomeUnknown):
            await asked
    await poster.stop()


async def test_one_answer_serves_all_who_ask_the_same_meanwhile(ground):
    books, m = ground
    wanted = paid(m)
    async with Poster(lambda: asyncpg.connect(books.url)) as poster:
        async with nobody_posts(books):
            asked = [asyncio.create_task(poster.post(again(wanted))) for _ in range(100)]
            hasty = asyncio.create_task(poster.post(again(wanted), timeout_seconds=0.05))
            with pytest.raises(OutcomeUnknown):
                await hasty
            before = poster.batches
        assert len(set(await asyncio.gather(*asked))) == 1
        assert poster.batches == before + 1


async def test_a_party_without_a_wallet_and_too_few_lots_has_nothing_to_pay_with(ground):
    books, m = ground
    act = Act(id=uuid4(), party=987_654, key=uuid4(), request=REQUEST)
    pool = asyncpg.create_pool(books.url, min_size=1)
    async with pool, Poster(lambda: asyncpg.connect(books.url)) as poster:
        purses = Purses(lambda: asyncpg.connect(books.url))
        with pytest.raises(UnknownAccount):
            await pay(poster, purses, pool.acquire, Purchase(act, m.merchant, 1))
        await purses.close()


async def test_every_column_of_an_entry_travels_with_own_rows_too(ground):
    books, m = ground
    card = 4_711
    await books.connection.execute("select ledger.put_card($1, 1, 0::smallint)", card)
    version = await books.connection.fetchval(
        "select version from ledger.account where id = $1", m.wallet
    )
    today = datetime.now(UTC)  # noqa: TID251  # why: the server's clock is the one that counts
    act = Act(
        id=uuid4(),
        party=1,
        key=uuid4(),
        request=REQUEST,
        effective=today.date(),
        document=uuid4(),
        policy=1,
        not_after=today + timedelta(hours=1),
        once=uuid4(),
        card=card,
        pin=True,
        replan=True,
        expected=(m.wallet, version),
    )
    wanted = flows.payment(act, shares=[Share(m.wallet, 2)], merchant=m.merchant)
    connection = await asyncpg.connect(books.url)
    async with own_rows(connection):
        (posted,) = await post_and_commit(connection, [wanted])
    row = await connection.fetchrow("select * from ledger.entry where seq = $1", posted.seq)
    assert row is not None
    assert (row["card"], row["policy"], row["once"], row["effective"]) == (
        card, 1, act.once, today.date()
    )  # fmt: skip
    await connection.close()
