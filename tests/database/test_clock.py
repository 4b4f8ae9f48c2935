"""A demo's clock goes forward by its owner's hand; nobody moves the clock of any other ledger."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from ledger import clock
from ledger.audit import audit
from ledger.chart import AccountClass as A
from ledger.kinds import Kind
from ledger.poster import Poster
from tests.database.raw import CHECKED, DENIED, REFUSED
from tests.database.world import Books, entry, issuing

BEGUN = timedelta(days=-730)
MONTH = timedelta(days=30)
PUT = "select ledger.put_policy($1, 'tranche', 'tranche', 0, '{}', 0, -1)"


@pytest.fixture
async def owner(urls):
    connection = await asyncpg.connect(urls.owner)
    yield connection
    await connection.close()


@pytest.fixture
async def books(urls):
    connection = await asyncpg.connect(urls.application)
    yield Books(connection, urls.application)
    await connection.close()


async def differs(connection):
    """How far ledger.clock() is ahead of the server's, to a second."""
    ahead = await connection.fetchval(
        "select extract(epoch from ledger.clock() - clock_timestamp())::float8"
    )
    return round(ahead)


async def test_a_demo_begins_in_the_past_and_goes_forward_and_so_do_its_entries(owner, books, urls):
    assert await clock.ahead(books.connection) == timedelta(0)
    await clock.mark_demo(owner, BEGUN)
    wallet = await books.wallet(21_00)
    expires = (await books.connection.fetchval("select ledger.clock()")) + MONTH
    shop = await books.merchant()
    lot = await books.lot(21_00, expires=expires)
    await books.stands(entry(Kind.PAYMENT, (lot, shop, 1)))
    for ahead in (BEGUN + 2 * MONTH, BEGUN + 2 * MONTH, timedelta(0), MONTH):
        await clock.move(owner, ahead)
        assert await clock.ahead(books.connection) == ahead
        assert await differs(books.connection) == ahead.total_seconds()
        assert await books.code(entry(Kind.PAYMENT, (lot, shop, 1))) == "lot_expired"
        seq = await books.stands(entry(Kind.PAYMENT, (wallet, shop, 1)))
        row = await books.connection.fetchrow(
            "select posted_at - clock_timestamp() as ahead, effective, posted_at"
            " from ledger.entry where seq = $1",
            seq,
        )
        assert abs(row["ahead"] - ahead) < timedelta(seconds=30)
        assert abs(row["effective"] - row["posted_at"].date()) <= timedelta(days=1)
    assert (await audit(lambda: asyncpg.connect(urls.application))).ok


async def test_no_clock_goes_back_and_no_ledger_in_use_becomes_a_demo(owner, books):
    with pytest.raises(REFUSED):
        await clock.move(owner, MONTH)
    with pytest.raises(CHECKED):
        await owner.execute("update ledger.scheme set clock_ahead = '1 day'")
    await clock.mark_demo(owner, BEGUN)
    await clock.mark_demo(owner, BEGUN - MONTH)  # nothing was posted yet
    await books.stands(issuing(await books.wallet(), 20_00))
    for attack in (
        "select ledger.move_clock('-900 days')",
        "select ledger.mark_demo('-700 days')",
        "update ledger.scheme set clock_ahead = '-900 days'",
        "update ledger.scheme set demo = false, clock_ahead = '0'",
    ):
        with pytest.raises(REFUSED):
            await owner.execute(attack)
    assert await clock.ahead(books.connection) == BEGUN - MONTH


async def test_a_ledger_with_money_never_gets_another_clock(owner, books):
    await books.stands(issuing(await books.wallet(), 20_00))
    for attack, error in (
        ("select ledger.mark_demo()", REFUSED),
        ("select ledger.move_clock('1 day')", REFUSED),
        ("update ledger.scheme set demo = true", REFUSED),
        ("update ledger.scheme set demo = true, clock_ahead = '1 day'", REFUSED),
        ("update ledger.scheme set clock_ahead = '1 day'", CHECKED),
    ):
        with pytest.raises(error):
            await owner.execute(attack)
    assert await differs(books.connection) == 0


async def test_the_application_moves_no_clock_not_even_a_demos(owner, books):
    await clock.mark_demo(owner, BEGUN)
    for ask in (clock.mark_demo, clock.move):
        with pytest.raises(DENIED):
            await ask(books.connection, MONTH)
    with pytest.raises(DENIED):
        await books.connection.execute("update ledger.scheme set clock_ahead = '1 day'")


async def test_policies_and_closed_keys_bear_the_ledgers_time(owner, books):
    await clock.mark_demo(owner, BEGUN)
    now = await books.connection.fetchval("select ledger.clock()")
    with pytest.raises(CHECKED):
        await books.connection.execute(PUT, now - timedelta(minutes=5))
    async with books.connection.transaction():
        begun = await books.connection.fetchval("select now() + clock_ahead from ledger.scheme")
        assert await books.connection.fetchval(PUT, begun) == 2
    bought = issuing(await books.open(A.WALLET, party=1), 20_00)
    await books.stands(bought)
    assert await books.connection.fetchval("select max(policy) from ledger.journal") == 2
    asked = "select posted from ledger.close_key(1, gen_random_uuid())"
    assert abs(await books.connection.fetchval(asked) - now) < timedelta(minutes=1)


async def test_a_poster_posts_at_the_time_of_the_demo(owner, books, urls):
    await clock.mark_demo(owner, BEGUN)
    wallet = await books.wallet()
    async with Poster(lambda: asyncpg.connect(urls.application)) as poster:
        posted = await poster.post(issuing(wallet, 20_00))
    real = datetime.now(UTC)  # noqa: TID251  # why: the server's clock runs too
    assert abs(posted.posted_at - real - BEGUN) < timedelta(minutes=1)
