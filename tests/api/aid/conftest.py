import pytest

from api.routes import ROUTES
from tests.api.buying.buyers import faults_of_the_law
from tests.api.house import house
from tests.api.town import Town


@pytest.fixture(scope="module")
async def home(fresh_database):
    async with house(fresh_database, routes=ROUTES) as running:
        yield running


@pytest.fixture(scope="module")
async def town(home):
    return Town(home)


@pytest.fixture(autouse=True)
async def lawful(home):
    yield
    assert await faults_of_the_law(home) == []
