"""Raw SQL by the owner, by mistake: history, accounts and promises withstand it."""

import asyncpg
import pytest

from ledger.kinds import Kind
from tests.database.raw import CHECKED, HISTORY, REFUSED, WAYS, attack, writes
from tests.database.world import Books, entry, members


@pytest.fixture(scope="module")
async def ground(fresh_database):
    """A database with members and some history; the connection takes any role."""
    connection = await asyncpg.connect(fresh_database.superuser_url)
    await connection.execute("set role bousol_app")
    books = Books(connection)
    m = await members(books)
    await books.stands(entry(Kind.PAYMENT, (m.lot, m.merchant, 4_00), (m.wallet, m.merchant, 1)))
    await books.code(entry(Kind.PAYMENT))
    yield connection, m
    await connection.close()


@pytest.fixture
async def books(ground):
    """The ledger in a transaction that is rolled back."""
    connection, _ = ground
    transaction = connection.transaction()
    await transaction.start()
    yield Books(connection)
    await transaction.rollback()


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("way", WAYS)
async def test_the_owner_does_not_write_history(books, table, way):
    said = await attack(books, "bousol_owner", REFUSED, writes(table)[way])
    assert "append-only" in said or "by ledger.post alone" in said


@pytest.mark.parametrize("table", ["policy", "account", "scheme", "acceptance"])
@pytest.mark.parametrize("way", ["delete", "truncate"])
async def test_the_owner_removes_nothing_that_entries_rest_on(books, table, way):
    await attack(books, "bousol_owner", REFUSED, writes(table)[way])


@pytest.mark.parametrize(
    "change",
    [
        "balance = balance + 1",
        "version = version + 1",
        "floor = floor - 1",
        "class = 2",
        "side = -side",
        "commodity = 1",
        "rule = 1",
        "party = 1",
        "id = id + 1000000",
    ],
)
async def test_the_owner_changes_nothing_of_what_an_account_is(books, change):
    await attack(books, "bousol_owner", REFUSED, f"update ledger.account set {change}")


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("update ledger.scheme set rate_issued = 22", REFUSED),
        ("update ledger.scheme set redemption = 'sponsored'", REFUSED),
        ("update ledger.scheme set tranche = 100", REFUSED),
        ("insert into ledger.scheme default values", asyncpg.UniqueViolationError),
        ("insert into ledger.scheme (single) values (false)", CHECKED),
        ("update ledger.policy set commission_ppm = 0", REFUSED),
        ("update ledger.card set spent = -1", CHECKED),
        ("update ledger.acceptance set account = account + 1", REFUSED),
        ("update ledger.acceptance set until_seq = after_seq - 1", CHECKED),
        ("update ledger.account set status = 3 where balance > 0", CHECKED),
    ],
)
async def test_the_owner_does_not_change_what_was_promised(books, statement, error):
    await attack(books, "bousol_owner", error, statement)


async def test_an_account_that_owes_from_the_start_weighs_nothing_without_transfers(books):
    """An owner may open an account by hand with a balance; no commodity adds up any more."""
    await books.connection.execute("set local role bousol_owner")
    await books.connection.execute("""
        insert into ledger.account (id, class, commodity, side, balance)
        values (500000, 1, 2, -1, 100)""")
    await books.connection.execute("set local role bousol_app")
    assert "a commodity does not add up" in await books.faults_of_the_law()
