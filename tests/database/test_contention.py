"""Many at once: processes with lanes, own rows and openings on a few accounts; nothing is lost."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from ledger.committing import own_rows, post_and_commit
from ledger.kinds import Kind
from ledger.poster import Replan
from tests.database.hands import ORDER
from tests.database.world import LONG_AGO, Books, entry, in_a_year, members, tell

PROCESSES = 4
CHAIN_LOCK = 20210917
PAUSE_SECONDS = 0.8


@pytest.fixture(scope="module")
async def ground(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
    books = Books(connection, fresh_database.app_url)
    m = await members(books)
    owner = await asyncpg.connect(fresh_database.owner_url)
    await owner.execute("""
        create schema shop;
        create table shop.orders (id uuid primary key, entry uuid not null);
        grant usage on schema shop to bousol_app;
        grant select, insert, update on shop.orders to bousol_app""")
    yield books, m
    assert await Books(owner).faults() == []
    await owner.close()
    await connection.close()


async def _line(stream):
    assert stream is not None
    return await stream.readline()


async def _nothing():
    pass


async def hands(what, *each, beside=_nothing):
    """One process for each of the arguments; they start at once; the reports, added up.

    `beside` is what happens in this process while they work.
    """
    programs = [(sys.executable, "-m", "tests.database.hands", what, json.dumps(x)) for x in each]
    running = [await create_subprocess_exec(*p, stdin=PIPE, stdout=PIPE) for p in programs]
    assert [await _line(one.stdout) for one in running] == [b"ready\n"] * len(running)
    told = await asyncio.gather(*(one.communicate(b"go\n") for one in running), beside())
    told.pop()
    assert [one.returncode for one in running] == [0] * len(running)
    reports = [json.loads(out) for out, _ in told]
    assert [report["errors"] for report in reports] == [[]] * len(running)
    return reports, sum((Counter(report["counts"]) for report in reports), Counter())


async def deadlocks(books):
    await books.connection.execute("select pg_stat_clear_snapshot()")
    return await books.connection.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )


async def test_four_processes_on_twenty_accounts_lose_and_make_nothing(ground):
    books, _ = ground
    accounts = [await books.wallet(100_00) for _ in range(20)]
    entries_before, deadlocks_before = (await books.written())[0], await deadlocks(books)
    begun = time.monotonic()
    shares = [
        {"url": books.url, "seed": seed, "accounts": accounts, "entries": 3_200}
        for seed in range(PROCESSES)
    ]
    reports, counts = await hands("crowd", *shares)
    tell(f"{sum(counts.values())} entries of {PROCESSES} processes in "
          f"{time.monotonic() - begun:.1f} s: {dict(counts)}")  # fmt: skip
    assert sum(counts.values()) == 12_800
    assert set(counts) <= {"posted", "insufficient_funds"}
    assert counts["posted"] >= 10_000
    assert counts["insufficient_funds"] > 100
    assert (await books.written())[0] == entries_before + counts["posted"]
    assert await deadlocks(books) == deadlocks_before
    assert sum(report["opened"] for report in reports) > 100
    orders = """select count(*) filter (where j.id is null), count(*)
        from shop.orders o left join ledger.journal j on j.id = o.entry"""
    without, written = await books.connection.fetchrow(orders)
    assert (without, written > 100) == (0, True)


async def test_of_two_hundred_spends_of_one_balance_exactly_one_wins(ground):
    books, _ = ground
    payer = await books.wallet(10_00)
    cents = await books.balance(payer)
    shops = [await books.merchant() for _ in range(200)]
    shares = [
        {"url": books.url, "payer": payer, "payees": shops[n::PROCESSES], "cents": cents}
        for n in range(PROCESSES)
    ]
    _, counts = await hands("spenders", *shares)
    assert counts == {"posted": 1, "insufficient_funds": 199}
    assert await books.balance(payer) == 0
    assert sum([await books.balance(shop) for shop in shops]) == cents


async def test_a_thousand_identical_requests_are_one_entry_and_one_answer(ground):
    books, m = ground
    before = await books.balance(m.wallet)
    same = {"key": str(uuid4()), "once": str(uuid4()), "transfer": [m.wallet, m.merchant, 1_00]}
    begun = time.monotonic()
    reports, counts = await hands("identical", *[{"url": books.url, "times": 250} | same] * 4)
    tell(f"1,000 identical requests in {time.monotonic() - begun:.1f} s")
    assert counts == {"posted": 1_000}
    assert len({tuple(answer) for report in reports for answer in report["answers"]}) == 1
    assert await books.balance(m.wallet) == before - 1_00


# Lots -----------------------------------------------------------------------------------------


@asynccontextmanager
async def _holder(books, party, lots):
    """A holder with 20.00 of own money and a lot for each (rule, expiry)."""
    wallet = await books.wallet(21_00, party=party)
    made = [
        await books.lot(21_00, party=party, rule=rule, expires=expires) for rule, expires in lots
    ]
    yield wallet, made


async def _accept(books, rule, *acceptors):
    call = "select ledger.put_acceptance($1, $2, true)"
    await books.connection.execute(call, rule, list(acceptors))


async def test_money_that_suffices_is_never_refused_whoever_pays_at_once(ground):
    """Three eligible lots and own money are spent to the last cent by 84 payments at once."""
    books, _ = ground
    shop = await books.merchant(accepted=False)
    await _accept(books, 61, shop)
    lots = [(61, in_a_year()), (61, in_a_year()), (61, in_a_year()), (62, in_a_year())]
    async with _holder(books, 601, lots) as (wallet, made):
        shares = [
            {"url": books.url, "party": 601, "baskets": [[shop, 4_00]] * 21, "first": 1000 * n}
            for n in range(1, 1 + PROCESSES)
        ]
        _, counts = await hands("shoppers", *shares)
        assert counts == {"posted": 21, "lot_not_accepted": 63}
        assert [await books.balance(a) for a in (wallet, *made)] == [0, 0, 0, 0, 21_00]


async def test_no_payment_takes_an_ineligible_lot_and_each_refusal_was_due(ground):
    """Grocer and baker accept different lots; one lot has expired, one accepts nobody."""
    books, _ = ground
    grocer, baker = await books.merchant(accepted=False), await books.merchant(accepted=False)
    await _accept(books, 71, grocer)
    await _accept(books, 72, grocer, baker)
    lots = [(71, in_a_year()), (72, in_a_year()), (72, LONG_AGO), (73, in_a_year())]
    async with _holder(books, 701, lots) as (wallet, (food, both, expired, nobodys)):
        baskets = [[shop, cents] for shop in (grocer, baker) for cents in (1_37, 2_50, 3_01, 5_00)]
        shares = [
            {"url": books.url, "party": 701, "baskets": baskets, "first": 100_000 * n}
            for n in range(1, 1 + PROCESSES)
        ]
        reports, counts = await hands("shoppers", *shares)
        assert set(counts) == {"posted", "lot_not_accepted"}, "what is passed over would do"
        assert [await books.balance(a) for a in (expired, nobodys)] == [21_00, 21_00]
        left = {a: await books.balance(a) for a in (wallet, food, both)}
    for merchant, cents in (x for report in reports for x in report.get("refused", [])):
        eligible = left[wallet] + left[both] + (left[food] if merchant == grocer else 0)
        assert cents > eligible, "money only becomes less, so this refusal was not due"
    wrong = """select count(*) from ledger.transfer t join ledger.account a on a.id = t.debit
        where a.class = 3 and a.party in (601, 701) and not exists (
          select from ledger.acceptance x where x.rule = a.rule and x.account = t.credit)"""
    assert await books.connection.fetchval(wrong) == 0


# Own rows -------------------------------------------------------------------------------------


async def _paused_before_posting(books, m, seconds):
    """Own rows are written, then the caller thinks for a while, then posts."""
    connection = await asyncpg.connect(books.url)
    order = uuid4()
    async with own_rows(connection):
        await connection.execute(ORDER, order, order)
        await asyncio.sleep(seconds)
        paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), id=order)
        (answer,) = await post_and_commit(connection, [paid])
    await connection.close()
    return answer


async def _holding_the_lock(books, m, seconds):
    """What `post_and_commit` exists to prevent: posted, thinking, not committed."""
    connection = await asyncpg.connect(books.url)
    async with connection.transaction():
        await Books(connection).stands(entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)))
        await asyncio.sleep(seconds)
    await connection.close()


async def _tills(books, m, payers, beside=None):
    """The report of 16 tills for a second and a half, with somebody `beside` them."""
    load = {"url": books.url, "payers": payers, "payee": m.merchant, "seconds": 1.5}

    async def in_the_middle():
        await asyncio.sleep(0.3)
        if beside is not None:
            await beside(books, m, PAUSE_SECONDS)

    ((report,), _) = await hands("tills", load, beside=in_the_middle)
    return report


@pytest.mark.clock
async def test_a_caller_who_pauses_with_own_rows_stalls_no_till(ground):
    books, m = ground
    payers = [await books.wallet(100_00) for _ in range(16)]
    alone = await _tills(books, m, payers)
    paused = await _tills(books, m, payers, _paused_before_posting)
    stalled = await _tills(books, m, payers, _holding_the_lock)
    for name, report in (("alone", alone), ("paused", paused), ("lock held", stalled)):
        tell(f"{name}: {report['n']} payments, p99 {report['p99'] * 1000:.1f} ms, "
              f"longest {report['longest'] * 1000:.0f} ms")  # fmt: skip
    assert stalled["longest"] > 0.9 * PAUSE_SECONDS, "the control: the measure sees a stall"
    assert paused["p99"] < max(4 * alone["p99"], 0.1)
    assert paused["longest"] < 0.9 * PAUSE_SECONDS


async def test_own_rows_stand_with_their_entry_or_not_at_all(ground):
    books, m = ground
    count = "select count(*) from shop.orders where id = $1"
    for cents, expected in ((1, 1), (10**9, 0)):
        order = uuid4()
        connection = await asyncpg.connect(books.url)
        paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, cents))
        try:
            async with own_rows(connection):
                await connection.execute(ORDER, order, order)
                await post_and_commit(connection, [paid])
        except Exception as refusal:  # noqa: BLE001  # why: its code is looked at
            assert getattr(refusal, "code", None) == "insufficient_funds"  # noqa: PT017  # why: only sometimes
        assert await books.connection.fetchval(count, order) == expected
        await connection.close()


async def test_own_rows_of_a_plan_that_lost_a_race_are_not_written(ground):
    books, m = ground
    order = uuid4()
    paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), expected=(m.wallet, -1))
    connection = await asyncpg.connect(books.url)
    with pytest.raises(Replan):  # noqa: PT012  # why: own rows are a block by their nature
        async with own_rows(connection):
            await connection.execute(ORDER, order, order)
            await post_and_commit(connection, [paid])
    await connection.close()
    count = "select count(*) from shop.orders where id = $1"
    assert await books.connection.fetchval(count, order) == 0
    assert await books.code(replace(paid, expected=None)) is None, "its key is free"
