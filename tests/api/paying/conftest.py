import pytest

from api.routes import ROUTES
from tests.api.house import house
from tests.api.paying import shops
from tests.api.town import Town
from tests.database.world import Books

PUBLIC_URL = "https://bousol.example"


@pytest.fixture(scope="module")
async def home(fresh_database):
    """A service with its real routes before a new ledger, for the tests of one file."""
    async with house(fresh_database, routes=ROUTES, public_url=PUBLIC_URL) as running:
        yield running


@pytest.fixture(scope="module")
async def books(fresh_database):
    connection = await fresh_database.connect()
    yield Books(connection, fresh_database.app_url)
    await connection.close()


@pytest.fixture(scope="module")
async def town(home):
    return Town(home)


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture(scope="module")
async def till(town, shop):
    """The key of the shop's till, with every scope."""
    return await shops.till_key(town, shop)
