import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import create_async_engine

from admin.logins.credentials import Passwords
from admin.pepper import Pepper
from api.installation.databases import sqlalchemy_url


@pytest.fixture(scope="module")
async def engine(fresh_database):
    """The application's own engine on a new database, for the tests of one file."""
    made = create_async_engine(sqlalchemy_url(fresh_database.app_url), pool_size=20)
    yield made
    await made.dispose()


@pytest.fixture
async def connection(engine):
    """A transaction that is committed when the test succeeds."""
    async with engine.begin() as opened:
        yield opened


@pytest.fixture(scope="session")
def pepper():
    return Pepper(bytes(range(32)))


@pytest.fixture(scope="session")
def passwords():
    """As in the service, but quick: the cost of a hash is no matter of most tests."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
