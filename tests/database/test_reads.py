"""What the service looks up: accounts, entries, what a till took, why a payment was refused."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from ledger import store
from ledger.chart import AccountClass as A
from ledger.journal import Transfer
from ledger.kinds import Kind
from ledger.store import Account, Entry
from tests.database.world import RULE, Books, again, entry, in_a_year, members

TILL, OTHER_TILL = uuid4(), uuid4()
EVER: dict[str, Any] = {
    "document": OTHER_TILL,
    "begun": datetime(2020, 1, 1, tzinfo=UTC),
    "ended": datetime(2099, 1, 1, tzinfo=UTC),
}


@pytest.fixture(scope="module")
async def ground(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
    books = Books(connection, fresh_database.app_url)
    yield books, await members(books)
    await connection.close()


async def test_a_partys_accounts_are_all_told_the_closed_and_the_earmarked_too(ground):
    books, _ = ground
    party, expires = 71, in_a_year()
    wallet = await books.wallet(5_00, party=party, ceiling=150_00)
    lot = await books.lot(21_00, party=party, expires=expires)
    shut = await books.open(A.MERCHANT, party=party, label="M71")
    await books.connection.execute("select ledger.set_status($1, 3::smallint)", shut)
    cents = await books.balance(wallet)
    expected = [
        Account(wallet, A.WALLET, party, cents, 150_00, 0, None, None, None),
        Account(lot, A.LOT, party, 21_00, None, 0, RULE, expires, None),
        Account(shut, A.MERCHANT, party, 0, None, 3, None, None, "M71"),
    ]
    assert await store.accounts_of(books.connection, party) == expected
    assert await store.accounts_of(books.connection, 987_654) == []
    for one in expected:
        assert await store.account(books.connection, one.id) == one
    assert await store.account(books.connection, 987_654) is None


async def test_an_entry_is_found_by_its_id_with_all_its_facts(ground):
    books, m = ground
    moved = (m.lot, m.merchant, 2_00), (m.wallet, m.merchant, 1_00)
    paid = entry(Kind.PAYMENT, *moved, once=uuid4(), document=TILL, card=m.card)
    (posted,) = await books.post(paid)
    found = await store.entry_by_id(books.connection, paid.id)
    assert found is not None
    head = posted.seq, paid.id, 1, paid.key, Kind.PAYMENT, paid.once, TILL, None, m.card
    transfers = tuple(Transfer(*one) for one in moved)
    day = found.effective
    assert found == Entry(*head, posted.balance, day, posted.posted_at, transfers)
    assert abs(day - posted.posted_at.date()) <= timedelta(days=1)
    assert await store.entry_by_id(books.connection, uuid4()) is None


async def test_a_merchant_finds_by_key_only_what_it_was_paid(ground):
    books, m = ground
    paid = entry(Kind.PAYMENT, (m.lot, m.merchant, 1), (m.wallet, m.merchant, 2))
    same_key = await books.wallet(5_00, party=81)
    theirs = entry(Kind.PAYMENT, (same_key, m.merchant, 3), key=paid.key, party=81)
    elsewhere = entry(Kind.PAYMENT, (same_key, m.grocer, 4), key=paid.key, party=82)
    seqs = [await books.stands(one) for one in (paid, theirs, elsewhere)]
    found = await store.entries_by_key(books.connection, paid.key, m.merchant)
    assert [one.seq for one in found] == seqs[:2]
    assert [one.party for one in found] == [1, 81]
    assert await store.entries_by_key(books.connection, paid.key, m.wallet) == []
    assert await store.entries_by_key(books.connection, uuid4(), m.merchant) == []


@pytest.fixture(scope="module")
async def takings(ground):
    """A shop, and what stands on its till: nine payments, a transfer, a refund, others between."""
    books, _ = ground
    payer, shop = await books.wallet(50_00), await books.merchant()
    other = await books.merchant()
    of_till = {"document": OTHER_TILL}
    posted = []
    for cents in range(1, 10):
        posted += await books.post(entry(Kind.PAYMENT, (payer, shop, cents), **of_till))
        await books.stands(entry(Kind.PAYMENT, (payer, shop, 1), document=uuid4()))
        await books.stands(entry(Kind.PAYMENT, (payer, other, 1), **of_till))
        await asyncio.sleep(0.002)
    later = (payer, other, 1), (payer, shop, 2)
    posted += await books.post(entry(Kind.ESTATE_TRANSFER, *later, **of_till))
    refund = entry(Kind.REFUND, (shop, payer, 1), origin=posted[8].seq, party=2, **of_till)
    posted += await books.post(refund)
    await books.stands(entry(Kind.PAYMENT, (payer, shop, 1)))
    return shop, posted


async def test_what_a_till_took_comes_in_pages_newest_first_between_two_instants(ground, takings):
    books, _ = ground
    shop, posted = takings
    seqs = [one.seq for one in posted]

    async def took(**facts: Any):
        asked = EVER | facts
        return [one.seq for one in await store.taken(books.connection, shop, **asked)]

    assert await took() == seqs[::-1]
    assert await took(begun=posted[2].posted_at, ended=posted[5].posted_at) == seqs[4:1:-1]
    assert await took(ended=posted[0].posted_at) == []
    assert await took(begun=posted[-1].posted_at + timedelta(seconds=60)) == []
    pages, before = [], None
    while page := await took(before=before, entries_max=4):
        pages.append(page)
        before = page[-1]
    assert [len(page) for page in pages] == [4, 4, 3]
    assert list(chain(*pages)) == seqs[::-1]
    nobody = await store.taken(books.connection, 987_654, **EVER)
    assert nobody == []
    with pytest.raises(AssertionError):
        await took(entries_max=1_001)


async def test_what_was_given_back_is_summed_refund_by_refund(ground):
    books, m = ground
    seq = await books.stands(
        entry(Kind.PAYMENT, (m.lot, m.merchant, 3_00), (m.wallet, m.merchant, 2_00))
    )
    assert await store.refunded(books.connection, seq) == 0
    await books.stands(
        entry(Kind.REFUND, (m.merchant, m.lot, 3_00), (m.merchant, m.wallet, 50), origin=seq)
    )
    assert await store.refunded(books.connection, seq) == 3_50
    await books.stands(entry(Kind.REFUND, (m.merchant, m.wallet, 1_50), origin=seq))
    assert await store.refunded(books.connection, seq) == 5_00


async def test_the_last_refusals_of_a_party_say_why_newest_first(ground):
    books, m = ground
    party = 91
    wallet = await books.wallet(1_00, party=party)
    wrong = [
        entry(Kind.PAYMENT, (wallet, m.merchant, 10**6), party=party),
        entry(Kind.PAYMENT, (wallet, m.merchant, 0), party=party),
        entry(Kind.P2P, (wallet, m.merchant, 1), party=party),
    ]
    for one in wrong:
        assert await books.code(one) is not None
        await asyncio.sleep(0.002)
    await books.code(again(replace(wrong[0], party=92, key=uuid4())))
    for _ in range(3):  # "did it go through?" asked of acts that never arrived
        await store.close_key(books.connection, party=party, key=uuid4())
    found = await store.refusals_of(books.connection, party, 2)
    assert [(one.code, one.key) for one in found] == [
        ("not_in_template", wrong[2].key),
        ("malformed_amount", wrong[1].key),
    ]
    assert found[0].at > found[1].at
    assert len(await store.refusals_of(books.connection, party, 50)) == 3
    assert await store.refusals_of(books.connection, 987_654, 50) == []


@pytest.mark.parametrize(
    ("index", "query"),
    [
        ("journal_document", "select seq from ledger.journal where document = '{id}' order by seq"),
        ("refusal_party", "select code from ledger.refusal where party = 91 order by at"),
    ],
)
async def test_what_is_looked_for_among_everybodys_has_an_index(ground, index, query):
    books, _ = ground
    async with books.connection.transaction():
        await books.connection.execute(
            "set local enable_seqscan = off; set local enable_sort = off"
        )
        plan = await books.connection.fetch(f"explain {query.format(id=uuid4())}")
    assert any(f"using {index}" in row[0] or f"on {index}" in row[0] for row in plan), plan
