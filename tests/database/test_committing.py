"""Entries and their caller's own rows stand or fall together."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from ledger import flows, store
from ledger.chart import AccountClass as A
from ledger.committing import Replayed, own_rows, post_and_commit
from ledger.flows import Act, Terms
from ledger.journal import JournalEntry
from ledger.refusals import InsufficientFunds, KeyConflict, OutcomeUnknown
from tests.patience import until


def act(party: int = 1, **facts: Any) -> Act:
    facts.setdefault("document", uuid4())
    return Act(id=uuid4(), party=party, key=uuid4(), request=b"0" * 16, **facts)


@pytest.fixture
async def shop(urls):
    """A table of the caller's own, and two connections that may write it."""
    owner = await asyncpg.connect(urls.owner)
    await owner.execute(
        "create schema own; create table own.orders (id uuid primary key, state text not null);"
        "grant usage on schema own to bousol_app; grant select, insert, update on own.orders"
        " to bousol_app"
    )
    await owner.close()
    async with asyncpg.create_pool(urls.application, min_size=2, max_size=4) as pool:
        yield pool


@pytest.fixture
async def wallet(shop):
    async with shop.acquire() as c:
        return await store.open_account(c, A.WALLET, party=1)


def bought(wallet: int, **facts: Any) -> JournalEntry:
    return flows.issue_transfer(
        act(**facts), euros_cents=20_00, holder=wallet, bank_line=uuid4(), terms=Terms()
    )


async def settle(c, entry, order=None):
    async with own_rows(c):
        await c.execute("insert into own.orders values ($1, 'settled')", order or uuid4())
        return await post_and_commit(c, [entry])


async def count(c: Any) -> Any:
    return await c.fetchval("select count(*) from own.orders")


async def test_an_order_and_its_entry_stand_together(shop, wallet):
    async with shop.acquire() as c:
        (posted,) = await settle(c, bought(wallet))
        assert (posted.seq, await count(c)) == (1, 1)
        assert not c.is_in_transaction()


async def test_a_refused_entry_takes_the_own_rows_with_it_and_is_final(shop, wallet):
    payment = flows.fee_bsl(act(), holder=wallet, bousol_cents=3_00, scheme=Terms().scheme)
    async with shop.acquire() as c:
        for _ in range(2):
            with pytest.raises(InsufficientFunds):
                await settle(c, payment)
        assert await count(c) == 0
        await settle(c, bought(wallet))
        with pytest.raises(InsufficientFunds):
            await settle(c, payment)  # there is money now, but the answer for this key was given
        assert isinstance(await store.answer(c, party=1, key=payment.key), InsufficientFunds)


async def test_the_same_key_again_answers_the_same_and_writes_no_own_row(shop, wallet):
    entry = bought(wallet)
    async with shop.acquire() as c:
        (posted,) = await settle(c, entry)
        with pytest.raises(Replayed) as replayed:
            await settle(c, entry)
        assert replayed.value.answer == posted
        assert await count(c) == 1


async def test_another_request_under_the_same_key_is_a_conflict(shop, wallet):
    entry = bought(wallet)
    other = flows.issue_transfer(
        Act(id=uuid4(), party=1, key=entry.key, request=b"1" * 16, document=uuid4()),
        euros_cents=40_00,
        holder=wallet,
        bank_line=uuid4(),
        terms=Terms(),
    )
    async with shop.acquire() as c:
        await settle(c, entry)
        with pytest.raises(KeyConflict):
            await settle(c, other)
        assert await count(c) == 1


async def test_own_rows_that_fail_leave_no_entry(shop, wallet):
    order = uuid4()
    async with shop.acquire() as c:
        await settle(c, bought(wallet), order)
        with pytest.raises(asyncpg.UniqueViolationError):
            await settle(c, bought(wallet), order)
        assert (await store.head(c)).seq == 1


async def test_a_transaction_left_without_posting_is_rolled_back(shop, wallet):
    async with shop.acquire() as c:
        async with own_rows(c):
            await c.execute("insert into own.orders values ($1, 'forgotten')", uuid4())
        assert await count(c) == 0
        with pytest.raises(AssertionError):
            await post_and_commit(c, [bought(wallet)])


async def test_several_entries_stand_or_fall_as_one(shop, wallet):
    good = bought(wallet)
    bad = flows.fee_bsl(act(), holder=wallet, bousol_cents=30_00, scheme=Terms().scheme)
    async with shop.acquire() as c:
        with pytest.raises(InsufficientFunds):
            async with own_rows(c):
                await post_and_commit(c, [good, bad])
        assert (await store.head(c)).seq == 0
        assert await store.answer(c, party=1, key=good.key) is None


async def test_a_connection_lost_at_the_commit_is_an_unknown_outcome(shop, wallet):
    entry = bought(wallet)
    async with shop.acquire() as c, shop.acquire() as other:
        await other.execute("begin; select pg_advisory_xact_lock(20210917)")
        victim = c.get_server_pid()
        posting = asyncio.create_task(settle(c, entry))
        waits = "select count(*) from pg_locks where pid = $1 and not granted"
        await until(lambda: other.fetchval(waits, victim))
        pid = await asyncpg.connect(dsn=None, **_like(other))
        await pid.execute("select pg_terminate_backend($1)", victim)
        await pid.close()
        with pytest.raises(OutcomeUnknown):
            await posting
        await other.execute("rollback")
        assert await store.answer(other, party=1, key=entry.key) is None


def _like(connection: Any) -> dict[str, Any]:
    """The same place, the same role: a role may end its own sessions."""
    host, port = connection._addr.rsplit("/.s.PGSQL.", 1)
    return {"host": host, "port": int(port), "user": "bousol_app",
            "database": connection._params.database}  # fmt: skip
