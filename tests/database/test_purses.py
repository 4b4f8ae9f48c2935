"""Many payers are read by few queries, each as it is after it asked; a break costs one more try."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from ledger import purses as module
from ledger import store
from ledger.flows import Act, payment
from ledger.journal import Posted
from ledger.kinds import Kind
from ledger.lots import Share
from ledger.paying import Purchase, pay
from ledger.poster import Poster, Replan
from ledger.purses import Purses
from ledger.refusals import InsufficientFunds, Overloaded, PayeeBlocked
from tests.database.world import REQUEST, RULE, Books, entry, members, tell

CALLERS = 64


@pytest.fixture(scope="module")
async def ground(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
    books = Books(connection, fresh_database.app_url)
    yield books, await members(books)
    assert await books.faults_of_the_law() == []
    await connection.close()


@pytest.fixture
async def door(ground):
    return Door(ground[0].url)


@pytest.fixture
async def purses(door):
    async with Purses(door) as made:
        yield made


class Door:
    """Opens connections to the ledger and remembers them; once shut, opens none."""

    def __init__(self, url):
        self.url = url
        self.opened = []
        self.shut: Any = None

    async def __call__(self):
        if self.shut is not None:
            return await self.shut()
        self.opened.append(await asyncpg.connect(self.url))
        return self.opened[-1]


def asking(purses, party, acceptor):
    return asyncio.create_task(purses.read(party=party, acceptor=acceptor, key=uuid4()))


async def test_each_caller_gets_the_purse_of_its_own_party_at_its_own_acceptor(ground, purses):
    books, _ = ground
    shop, other = await books.merchant(), await books.merchant(accepted=False)
    parties = range(1_000, 1_000 + CALLERS)
    for party in parties[: CALLERS // 2]:
        await books.wallet(party, party=party)
        await books.lot(21_00, party=party)
    asked = [(party, acceptor) for party in parties for acceptor in (shop, other)]
    found = await asyncio.gather(*(asking(purses, *one) for one in asked))
    for (party, acceptor), purse in zip(asked, found, strict=True):
        alone = await store.purse(books.connection, party=party, acceptor=acceptor)
        assert purse[:3] == alone[:3]
        assert bool(purse.own) == (party < 1_000 + CALLERS // 2)
        assert purse.accepted_rules == ({RULE} if acceptor == shop and purse.own else set())


async def test_callers_at_once_cost_few_queries_and_one_alone_costs_one(ground, purses):
    _, m = ground
    await purses.read(party=1, acceptor=m.merchant, key=uuid4())
    assert purses.rounds == 1
    await asyncio.gather(*(asking(purses, 1, m.merchant) for _ in range(CALLERS)))
    tell(f"{CALLERS} callers at once: {purses.rounds - 1} queries")
    assert purses.rounds - 1 <= 2


async def test_what_is_answered_was_read_after_it_was_asked_for(ground, purses):
    books, m = ground
    party = 2_000
    wallet = await books.wallet(50_00, party=party)
    for cents in range(1, 40):
        first = asking(purses, party, m.merchant)  # a query is under way meanwhile
        await asyncio.sleep(0)
        before = await books.balance(wallet)
        await books.stands(entry(Kind.PAYMENT, (wallet, m.merchant, cents), party=party))
        second = await purses.read(party=party, acceptor=m.merchant, key=uuid4())
        assert second.own == Share(wallet, before - cents)
        await first


async def test_a_round_has_a_bound_and_so_have_those_who_wait(ground, door, monkeypatch):
    _, m = ground
    monkeypatch.setattr(module, "ROUND_MAX", 10)
    async with Purses(door, waiting_max=40) as purses:
        asked = [asking(purses, 1, m.merchant) for _ in range(CALLERS)]
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert [isinstance(one, Overloaded) for one in told] == [False] * 40 + [True] * 24
        assert purses.rounds == 4


async def test_a_connection_that_broke_is_opened_again_and_nobody_notices(ground, door, purses):
    _, m = ground
    for _ in range(3):
        assert (await purses.read(party=1, acceptor=m.merchant, key=uuid4())).own
        door.opened[-1].terminate()
    assert len(door.opened) == 3


async def test_who_finds_no_server_is_told_to_come_back_and_the_next_one_is_served(
    ground, door, purses, monkeypatch
):
    _, m = ground
    monkeypatch.setattr(module, "READ_SECONDS", 0.1)

    async def gone():
        raise ConnectionRefusedError

    async def silent():
        await asyncio.sleep(60)

    for door.shut in (gone, silent):
        told = await asyncio.gather(
            *(asking(purses, 1, m.merchant) for _ in range(3)), return_exceptions=True
        )
        assert [type(one) for one in told] == [Overloaded] * 3
    door.shut = None
    monkeypatch.setattr(module, "READ_SECONDS", 5.0)
    assert (await purses.read(party=1, acceptor=m.merchant, key=uuid4())).own


async def test_who_makes_the_query_fail_fails_alone_and_who_left_hinders_nobody(ground, purses):
    books, m = ground
    two = 3_000
    await books.wallet(party=two)
    await books.wallet(party=two)
    good, left, bad, gone_and_bad, last = (
        asking(purses, party, m.merchant) for party in (1, 1, two, two, 1)
    )
    await asyncio.sleep(0)
    left.cancel()
    gone_and_bad.cancel()
    with pytest.raises(AssertionError):
        await bad
    assert (await good).own == (await last).own


async def test_who_waits_when_it_closes_is_told_to_come_back(ground, door, monkeypatch):
    _, m = ground
    monkeypatch.setattr(module, "ROUND_MAX", 1)
    purses = Purses(door)

    async def silent():
        await asyncio.sleep(60)

    door.shut = silent
    asked = [asking(purses, 1, m.merchant) for _ in range(3)]
    asked.append(asking(purses, 1, m.merchant))
    await asyncio.sleep(0.05)
    asked[0].cancel()
    await purses.close()
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in told] == [asyncio.CancelledError, *[Overloaded] * 3]


async def test_own_money_alone_is_paid_by_the_entry_it_always_was(ground, door, purses):
    books, m = ground
    party = 4_000
    wallet = await books.wallet(10_00, party=party)
    act = Act(uuid4(), party, uuid4(), REQUEST, replan=True)
    sent = []

    class Listening(Poster):
        async def post(self, entry, **options):
            sent.append(entry)
            return await super().post(entry, **options)

    pool = asyncpg.create_pool(books.url, min_size=1, max_size=1)
    async with pool, Listening(door) as poster:
        await pay(poster, purses, pool.acquire, Purchase(act, m.merchant, 4_00))
    assert sent == [payment(act, shares=[Share(wallet, 4_00)], merchant=m.merchant)]


async def test_payers_at_once_share_queries_and_never_pay_more_than_they_have(ground, door, purses):
    books, m = ground
    party = 5_000
    wallet = await books.wallet(10_00, party=party)
    lot = await books.lot(10_50, party=party)
    cents = await books.balance(wallet) + 10_50
    pool = asyncpg.create_pool(books.url, min_size=1, max_size=4)
    async with pool, Poster(door) as poster:

        async def shopping():
            act = Act(uuid4(), party, uuid4(), REQUEST)
            return await pay(poster, purses, pool.acquire, Purchase(act, m.merchant, 1_00))

        told = await asyncio.gather(*(shopping() for _ in range(CALLERS)), return_exceptions=True)
    kinds = [type(one) for one in told]
    assert kinds.count(Posted) == cents // 1_00
    assert kinds.count(InsufficientFunds) == CALLERS - cents // 1_00
    assert await books.balance(wallet) + await books.balance(lot) == cents % 1_00
    tell(f"{CALLERS} payments at once: {purses.rounds} queries")
    assert purses.rounds < CALLERS


async def test_who_loses_every_race_is_answered_under_the_lock_for_good(ground, door, purses):
    books, m = ground
    party, shop = 6_000, await books.merchant()
    wallet = await books.wallet(10_00, party=party)
    before = await books.balance(wallet)

    class Losing(Poster):
        async def post(self, *_, **__):
            raise Replan

    pool = asyncpg.create_pool(books.url, min_size=1, max_size=1)
    async with pool, Losing(door) as poster:
        stood = await pay(poster, purses, pool.acquire, bought(party, m.merchant))
        assert stood.seq == await books.connection.fetchval("select max(seq) from ledger.journal")
        await books.connection.execute("select ledger.set_status($1, 3::smallint)", shop)
        refused = bought(party, shop)
        for _ in range(2):
            with pytest.raises(PayeeBlocked):
                await pay(poster, purses, pool.acquire, refused)
    assert await books.balance(wallet) == before - 4_00


def bought(party, merchant):
    return Purchase(Act(uuid4(), party, uuid4(), REQUEST), merchant, 4_00)


async def test_a_purse_that_never_asked_closes():
    await Purses(Door("")).close()
