"""What may happen once is closed or happens, never both, whoever comes first."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from ledger import store
from ledger.audit import audit, identities
from ledger.journal import Posted
from ledger.kinds import Kind
from ledger.poster import Poster
from ledger.refusals import OnceClosed
from ledger.store import Done
from tests.database.world import Books, again, entry, members

AT_ONCE = 100
CLOSED = "select count(*) from ledger.closed_once where once = $1"


@pytest.fixture(scope="module")
async def ground(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
    books = Books(connection, fresh_database.app_url)
    yield books, await members(books)
    assert await books.faults_of_the_law() == []
    await connection.close()


@pytest.fixture
async def poster(fresh_database):
    async with Poster(fresh_database.connect) as made:
        yield made


def paid(m, **facts):
    return entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), once=uuid4(), **facts)


async def test_what_was_closed_is_refused_for_ever_and_closing_again_is_no_act(ground, poster):
    books, m = ground
    late = paid(m)
    for _ in range(2):
        assert await store.close_once(books.connection, late.once) is None
        assert await books.connection.fetchval(CLOSED, late.once) == 1
    for wanted in (late, late, again(late, key=uuid4()), again(late, key=uuid4(), party=5)):
        with pytest.raises(OnceClosed):
            await poster.post(wanted)
    kept = await store.answer(books.connection, party=1, key=late.key)
    assert isinstance(kept, OnceClosed)
    assert (await poster.post(replace(late, key=uuid4(), once=uuid4()))).seq


async def test_what_has_happened_is_answered_and_its_key_goes_on_answering(ground, poster):
    books, m = ground
    wanted = paid(m)
    posted = await poster.post(wanted)
    done = await store.close_once(books.connection, wanted.once)
    assert done == Done(posted.seq, posted.id, posted.posted_at)
    assert await books.connection.fetchval(CLOSED, wanted.once) == 0
    assert await poster.post(again(wanted)) == posted
    assert await store.answer(books.connection, party=1, key=wanted.key) == posted


async def test_a_batch_refuses_only_the_entries_whose_act_is_closed(ground):
    books, m = ground
    first, closed, last, done = (paid(m) for _ in range(4))
    await books.stands(done)
    await store.close_once(books.connection, closed.once)
    asked = (
        first,
        closed,
        last,
        again(done, key=uuid4()),
        entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)),
    )
    codes = [getattr(answer, "code", None) for answer in await books.post(*asked)]
    assert codes == [None, "once_closed", None, "already_done", None]


async def test_of_a_payment_and_the_closing_of_its_request_exactly_one_happens(ground, poster):
    books, m = ground
    wanted = [paid(m) for _ in range(AT_ONCE)]
    async with asyncpg.create_pool(books.url, min_size=16, max_size=16) as pool:

        async def closing(one):
            async with pool.acquire() as connection:
                return await store.close_once(connection, one.once)

        async def asked(number, one):
            orders = (poster.post(one), closing(one))
            told = await asyncio.gather(
                *(orders if number % 2 else orders[::-1]), return_exceptions=True
            )
            return told if number % 2 else told[::-1]

        told = await asyncio.gather(*(asked(*pair) for pair in enumerate(wanted)))
    for one, (posted, done) in zip(wanted, told, strict=True):
        closed = await books.connection.fetchval(CLOSED, one.once)
        if isinstance(posted, Posted):
            assert (done, closed) == (Done(posted.seq, posted.id, posted.posted_at), 0)
        else:
            assert isinstance(posted, OnceClosed)
            assert (done, closed) == (None, 1)


async def test_the_audit_walks_every_closed_act_page_by_page(ground, fresh_database, monkeypatch):
    books, _ = ground
    for _ in range(5):
        await store.close_once(books.connection, uuid4())
    monkeypatch.setattr(identities, "PAGE_ROWS", 2)
    report = await audit(fresh_database.connect)
    assert report.ok, report.proofs
