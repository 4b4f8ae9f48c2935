"""Fixtures: a real PostgreSQL for the whole run, and as many new ledger databases as wanted.

The server is shared by test runs that go on at once and stays warm between runs; databases bear
the process id of the run that made them, and what a killed run left is dropped by the next.
"""

from __future__ import annotations

import asyncio
import importlib.util
import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from api.embedded_postgres import EmbeddedPostgres
from api.installation.databases import Urls, drop, provision

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

_PREFIX = "test"
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Database:
    """A migrated ledger database, and its address for each role."""

    name: str
    app_url: str
    owner_url: str
    ccas_url: str
    superuser_url: str

    async def connect(self, **options: Any) -> asyncpg.Connection[asyncpg.Record]:
        """A connection of the application role."""
        return await asyncpg.connect(self.app_url, **options)


def home_of_tests() -> Path:
    """The folder of the server that tests use: one for each user, the same in every run."""
    if os.geteuid() == 0:
        return Path("/var/lib/bousol-tests")
    cache = os.environ.get("XDG_CACHE_HOME")
    return Path(cache or Path.home() / ".cache") / "bousol-tests"


def wait_for(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of `work`, whether or not this thread is running a loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """The server of the run: durable, for that is what the ledger is measured and killed on."""
    settings = {"shared_buffers": "128MB", "max_connections": "300"}
    with EmbeddedPostgres(home_of_tests(), settings=settings) as running:
        wait_for(_drop_what_killed_runs_left(_admin_url(running)))
        yield running


@pytest.fixture(scope="session")
def template_database(server: EmbeddedPostgres) -> Iterator[str]:
    """A migrated database that others are copied from, 20 times faster than migrating."""
    name = f"{_PREFIX}_{os.getpid()}_template"
    wait_for(_make_template(_admin_url(server), name))
    yield name
    wait_for(drop(_admin_url(server), name))


@pytest.fixture(scope="session")
def make_database(server: EmbeddedPostgres, template_database: str) -> Callable[[], Database]:
    """Makes a new ledger database; whoever calls it drops it, or the next run does."""

    def make() -> Database:
        name = f"{_PREFIX}_{os.getpid()}_{next(_numbers)}"
        urls = wait_for(provision(_admin_url(server), name, template=template_database))
        superuser = server.url(database=name, user="postgres")
        return Database(name, urls.application, urls.owner, urls.ccas, superuser)

    return make


@pytest.fixture
def database_factory(
    server: EmbeddedPostgres, make_database: Callable[[], Database]
) -> Iterator[Callable[[], str]]:
    """Makes as many new ledger databases as a test wants: the application's address of each."""
    made: list[Database] = []

    def make() -> str:
        made.append(make_database())
        return made[-1].app_url

    yield make
    for database in made:
        wait_for(drop(_admin_url(server), database.name))


@pytest.fixture(scope="module")
def fresh_database(
    server: EmbeddedPostgres, make_database: Callable[[], Database]
) -> Iterator[Database]:
    """A new ledger database for the tests of one file."""
    database = make_database()
    yield database
    wait_for(drop(_admin_url(server), database.name))


@pytest.fixture
async def owner(
    fresh_database: Database,
) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection of who owns the tables: it may what no route may, and moves time back."""
    connection = await asyncpg.connect(fresh_database.owner_url)
    yield connection
    await connection.close()


@pytest.fixture
def urls(server: EmbeddedPostgres, make_database: Callable[[], Database]) -> Iterator[Urls]:
    """The addresses of a new ledger database for one test."""
    database = make_database()
    yield Urls(database.app_url, database.owner_url, database.ccas_url)
    wait_for(drop(_admin_url(server), database.name))


def _admin_url(server: EmbeddedPostgres) -> str:
    return server.url(database="postgres", user="postgres")


async def _make_template(admin_url: str, name: str) -> None:
    made = await provision(admin_url, name)
    if importlib.util.find_spec("api.installation.migrate") is not None:
        from api.installation.migrate import migrate  # noqa: PLC0415  # why: only databases need it loaded

        await migrate(made.owner)


async def _drop_what_killed_runs_left(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url)
    query = "select datname from pg_database where datname ~ '^test_[0-9]+_'"
    names = [row[0] for row in await connection.fetch(query)]
    await connection.close()
    for name in names:
        if not _alive(int(name.split("_")[1])):
            await drop(admin_url, name)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
