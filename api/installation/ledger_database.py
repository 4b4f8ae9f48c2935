"""The ledger a command works on: the addresses of the settings, or the embedded server's own.

An embedded ledger is ready from nothing: server, roles, database and schema. One that somebody
else runs is taken as it is; `bousol db migrate` brings it to this version of the code.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import asyncpg

from api.embedded_postgres import EmbeddedPostgres
from api.failures import Failure
from api.installation.databases import Urls, provision
from api.installation.founding import found
from api.installation.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from api.settings import Settings

OLDEST: Final = 16
"""The oldest PostgreSQL the ledger runs on."""
_NOT_ANSWERING: Final = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.TooManyConnectionsError,
)


@dataclass(frozen=True, slots=True)
class LedgerDatabase:
    """A ledger database that can be worked with.

    Attributes:
        settings: where its addresses are, unless it is embedded.
        made: its addresses on the embedded server; None when somebody else runs it.
        server: the embedded server, claimed by this process.
        story: a demo's, being lived: nothing happens by itself beside what is told.
    """

    settings: Settings
    made: Urls | None = None
    server: EmbeddedPostgres | None = None
    story: bool = False

    @property
    def application_url(self) -> str:
        """Of the role that posts and reads."""
        return self.made.application if self.made else self.settings.address("database_url")

    @property
    def owner_url(self) -> str:
        """Of the role that migrates."""
        return self.made.owner if self.made else self.settings.address("migration_url")

    @property
    def ccas_url(self) -> str:
        """Of the role that alone sees aid files."""
        return self.made.ccas if self.made else self.settings.address("ccas_url")


@asynccontextmanager
async def ready(settings: Settings) -> AsyncIterator[LedgerDatabase]:
    """The ledger of these settings, migrated when it is embedded; its server is claimed meanwhile.

    Raises:
        EmbeddedPostgresError: the embedded server cannot be had.
        Failure: the settings contradict what the ledger's first issue has fixed.
    """
    if not settings.embedded:
        yield LedgerDatabase(settings)
        return
    with embedded_server(settings) as server:
        made = await provision(admin_url(server))
        await migrate(made.owner)
        await found(made.application, settings)
        yield LedgerDatabase(settings, made, server)


def embedded_server(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of these settings, not yet started."""
    return EmbeddedPostgres(settings.home, binaries=settings.pg_bin)


def admin_url(server: EmbeddedPostgres) -> str:
    """The superuser's address on an embedded server, for making and dropping databases."""
    return server.url(database="postgres", user="postgres")


@contextmanager
def answering() -> Iterator[None]:
    """What is asked of a database inside is answered, or one sentence says who is silent.

    Raises:
        Failure: no server, no such database, or it does not let this role in.
    """
    try:
        yield
    except _NOT_ANSWERING as error:
        reason = str(error).strip().rstrip(".")
        raise Failure(f"The database cannot be reached: {reason}.") from error
