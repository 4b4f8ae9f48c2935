import pytest

from api.routes import ROUTES
from tests.api.buying.buyers import faults_of_the_law, treasurer
from tests.api.house import house
from tests.api.town import Town


@pytest.fixture(scope="module")
async def home(fresh_database):
    """A service with its real routes before a new ledger, for the tests of one file."""
    async with house(fresh_database, routes=ROUTES) as running:
        yield running


@pytest.fixture(scope="module")
async def town(home):
    return Town(home)


@pytest.fixture
async def tre(town):
    return await treasurer(town)


@pytest.fixture
async def lawful(home):
    """The law of the reserve holds after the test, too."""
    yield
    assert await faults_of_the_law(home) == []
