"""Reading the ledger: past balances, statement pages, purses, what a refund may still give."""

import random  # noqa: TID251  # why: a seeded choice of payments
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from ledger import flows, store
from ledger.chart import AccountClass as A
from ledger.flows import Act, Terms
from ledger.journal import Posted
from ledger.lots import Share
from ledger.poster import Poster
from ledger.refusals import KeyClosed, RefundTooLarge

SOON = datetime(2099, 1, 1, tzinfo=UTC)


def act(party: int, **facts: Any) -> Act:
    facts.setdefault("document", uuid4())
    return Act(id=uuid4(), party=party, key=uuid4(), request=b"0" * 16, **facts)


@pytest.fixture
async def pool(urls):
    async with asyncpg.create_pool(urls.application, min_size=1, max_size=4) as made:
        yield made


@pytest.fixture
async def poster(urls):
    async with Poster(lambda: asyncpg.connect(urls.application)) as made:
        yield made


@pytest.fixture
async def town(pool, poster):
    """Two wallets of 105.00, a shop, and eighty payments and refunds among them."""
    async with pool.acquire() as c:
        alice = await store.open_account(c, A.WALLET, party=1)
        bob = await store.open_account(c, A.WALLET, party=2)
        shop = await store.open_account(c, A.MERCHANT, party=3)
    for wallet in (alice, bob):
        await poster.post(
            flows.issue_transfer(
                act(9), euros_cents=100_00, holder=wallet, bank_line=uuid4(), terms=Terms()
            )
        )
    throw = random.Random(3)
    for _ in range(40):
        payer = throw.choice((alice, bob))
        paid = await poster.post(
            flows.payment(act(1), shares=[Share(payer, throw.randint(2, 200))], merchant=shop)
        )
        if throw.random() < 0.5:
            back = [Share(payer, 1)]
            await poster.post(flows.refund(act(3), origin=paid.seq, merchant=shop, shares=back))
        else:
            await poster.post(
                flows.p2p(act(1), payer=payer, payee=alice + bob - payer, bousol_cents=1)
            )
    return alice, bob, shop


async def test_a_past_balance_is_what_replaying_the_journal_up_to_then_gives(pool, town):
    async with pool.acquire() as c:
        head = await store.head(c)
        transfers = await c.fetch("select * from ledger.transfer order by seq, position")
        sides = dict(await c.fetch("select id, side from ledger.account"))
        for account in (*town, 8, 9, 15):
            balance = 0
            for seq in range(head.seq + 1):
                for t in transfers:
                    if t["seq"] == seq:
                        balance += t["amount"] * (
                            (t["debit"] == account) - (t["credit"] == account)
                        )
                assert await store.balance_as_of(c, account, seq) == sides[account] * balance


async def test_what_moved_in_each_kind_is_what_the_journal_says(pool, town):
    async with pool.acquire() as c:
        head = await store.head(c)
        for seq in (0, 1, head.seq // 2, head.seq):
            query = """select e.kind, t.debit, t.credit, t.amount
                         from ledger.transfer t join ledger.entry e using (seq)
                        where t.seq <= $1"""
            wanted: dict = {}
            for kind, debit, credit, amount in await c.fetch(query, seq):
                for account, side in ((debit, 0), (credit, 1)):
                    if account in (*town, 8):
                        sums = wanted.setdefault((account, kind), [0, 0])
                        sums[side] += amount
            found = await store.moved_by_kind(c, [*town, 8], seq)
            assert {(one.account, one.kind): [one.debited, one.credited] for one in found} == wanted


async def test_an_instant_names_the_last_entry_posted_by_then(pool, town):
    async with pool.acquire() as c:
        rows = await c.fetch("select seq, posted_at from ledger.entry order by seq")
        first = rows[0]["posted_at"]
        assert await store.seq_at(c, first - timedelta(microseconds=1)) == 0
        for row in rows:
            latest = max(r["seq"] for r in rows if r["posted_at"] <= row["posted_at"])
            assert await store.seq_at(c, row["posted_at"]) == latest
        assert await store.seq_at(c, SOON) == len(rows)


@pytest.mark.parametrize("lines_max", [1, 3, 7, 1000])
async def test_pages_of_a_statement_show_each_transfer_once_newest_first(pool, town, lines_max):
    async with pool.acquire() as c:
        for account in (*town, 8, 15):
            seen: list[store.Line] = []
            after = None
            while page := await store.statement_page(c, account, after=after, lines_max=lines_max):
                assert len(page) <= lines_max
                seen += page
                after = page[-1]
            versions = [line.version for line in seen]
            assert versions == list(range(len(seen), 0, -1))
            side = await c.fetchval("select side from ledger.account where id = $1", account)
            for newer, older in zip(seen, [*seen[1:], None], strict=True):
                before = older.balance if older else 0
                assert newer.balance == before + side * newer.amount


async def test_a_page_goes_on_where_it_stopped_while_others_pay(pool, poster, town):
    alice, _, shop = town
    async with pool.acquire() as c:
        first = await store.statement_page(c, shop, lines_max=5)
        await poster.post(flows.payment(act(1), shares=[Share(alice, 1)], merchant=shop))
        second = await store.statement_page(c, shop, after=first[-1], lines_max=5)
        assert [x.version for x in (*first, *second)] == list(
            range(first[0].version, first[0].version - 10, -1)
        )


async def test_a_purse_is_the_wallet_and_the_lots_and_who_accepts_them(pool, poster):
    async with pool.acquire() as c:
        wallet = await store.open_account(c, A.WALLET, party=5)
        shop, other = [await store.open_account(c, A.MERCHANT, party=n) for n in (6, 7)]
        lot = await store.open_account(c, A.LOT, party=5, rule=70, expires=SOON)
        await c.execute("select ledger.put_acceptance(70, array[$1::bigint], true)", shop)
        await poster.post(
            flows.cse_disburse(
                act(9), grants=[Share(lot, 50_00)], source=9, batch=uuid4(), terms=Terms()
            )
        )
        here, there = [await store.purse(c, party=5, acceptor=x) for x in (shop, other)]
    assert here.own == there.own == Share(wallet, 0)
    assert [x.account for x in here.lots] == [lot]
    assert (set(here.accepted_rules), set(there.accepted_rules)) == ({70}, set())


async def test_what_each_account_paid_and_got_back_is_counted(pool, poster, town):
    alice, _, shop = town
    paid = await poster.post(flows.payment(act(1), shares=[Share(alice, 500)], merchant=shop))
    await poster.post(
        flows.refund(act(3), origin=paid.seq, merchant=shop, shares=[Share(alice, 120)])
    )
    async with pool.acquire() as c:
        used = await store.used_by(c, paid.seq)
        found = await store.recorded(c, paid.seq)
        assert await store.recorded(c, 10**9) is None
    assert [(u.account, u.paid_cents, u.restored_cents, u.earmarked) for u in used] == [
        (alice, 500, 120, False)
    ]
    assert found is not None
    assert found.transfers == ((alice, shop, 500),)


async def test_what_was_captured_from_a_hold_can_be_refunded_to_the_payer(pool, poster, town):
    alice, _, shop = town
    async with pool.acquire() as c:
        held = await store.open_account(c, A.HOLD)
    await poster.post(flows.hold(act(1), payer=alice, held=held, bousol_cents=20_00))
    captured = await poster.post(
        flows.hold_capture(
            act(1),
            hold_id=uuid4(),
            held=Share(held, 20_00),
            payee=shop,
            payer=alice,
            bousol_cents=15_00,
        )
    )
    for cents, refusal in ((15_01, RefundTooLarge), (15_00, None), (1, RefundTooLarge)):
        back = flows.refund(
            act(3), origin=captured.seq, merchant=shop, shares=[Share(alice, cents)]
        )
        if refusal is None:
            await poster.post(back)
        else:
            with pytest.raises(refusal):
                await poster.post(back)


async def test_did_it_go_through_is_answered_by_the_key_and_no_is_final(pool, poster, town):
    alice, _, shop = town
    entry = flows.payment(act(1), shares=[Share(alice, 5)], merchant=shop)
    late = flows.payment(act(1), shares=[Share(alice, 5)], merchant=shop)
    posted = await poster.post(entry)
    async with pool.acquire() as c:
        assert await store.answer(c, party=1, key=late.key) is None
        assert await store.answer(c, party=1, key=entry.key) == posted
        assert isinstance(await store.close_key(c, party=1, key=late.key), KeyClosed)
        assert await store.close_key(c, party=1, key=entry.key) == posted
        assert isinstance(await store.answer(c, party=1, key=late.key), KeyClosed)
    with pytest.raises(KeyClosed):
        await poster.post(late)
    assert isinstance(await poster.post(entry), Posted)


async def test_opening_an_account_again_is_no_act_and_another_is_refused(pool):
    async with pool.acquire() as c:
        account = await store.next_account_id(c)
        for _ in range(2):
            assert await store.open_account(c, A.WALLET, account=account, party=8) == account
        with pytest.raises(asyncpg.UniqueViolationError):
            await store.open_account(c, A.WALLET, account=account, party=9)
        with pytest.raises(asyncpg.CheckViolationError):
            await store.open_account(c, A.LOT, party=8)
