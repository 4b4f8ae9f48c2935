import pytest

from tests.api.house import house
from tests.database.world import Books


@pytest.fixture(scope="module")
async def home(fresh_database):
    """A service before a new ledger, for the tests of one file."""
    async with house(fresh_database) as running:
        yield running


@pytest.fixture(scope="module")
async def books(fresh_database):
    """The same ledger, by hand."""
    connection = await fresh_database.connect()
    yield Books(connection, fresh_database.app_url)
    await connection.close()


@pytest.fixture(scope="module")
async def payment(books):
    """The body of a payment that stands."""
    wallet, merchant = await books.wallet(100_00), await books.merchant(accepted=False)
    return {"amount": {"amount": 1, "currency": "BSL"}, "payer": wallet, "payee": merchant}
