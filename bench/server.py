"""The server of a benchmark: embedded, durable, in a folder of its own that goes with it."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import asyncpg

from api.embedded_postgres import EmbeddedPostgres
from api.installation.databases import APPLICATION, OWNER, drop, provision
from api.installation.migrate import migrate
from ledger.audit import audit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    Connection = asyncpg.Connection[asyncpg.Record]

ADMINISTRATOR: Final = "postgres"
SETTLE_SECONDS: Final = 2.0
BREATH_SECONDS: Final = 0.2


class Server(NamedTuple):
    """A running server; databases are made and dropped as runs need them."""

    postgres: EmbeddedPostgres

    def url(self, database: str, user: str = ADMINISTRATOR) -> str:
        """The address of a database for a role."""
        return self.postgres.url(database=database, user=user)

    async def connect(self, database: str, user: str = APPLICATION) -> Connection:
        """A connection, certainly of that role: an empty address could be another's."""
        connection = await asyncpg.connect(self.url(database, user))
        assert await connection.fetchval("select current_user") == user
        return connection

    async def run(self, database: str, *scripts: str, user: str = ADMINISTRATOR) -> None:
        """Run scripts in a database, each as one text."""
        connection = await self.connect(database, user)
        try:
            for script in scripts:
                await connection.execute(script)
        finally:
            await connection.close()

    async def make(self, database: str) -> None:
        """An empty ledger, as the product makes one."""
        await self.drop(database)
        urls = await provision(self.url(ADMINISTRATOR), database)
        await migrate(urls.owner)

    async def copy(self, source: str, target: str) -> None:
        """Make `target` a fresh copy of `source`, and let the disk breathe."""
        await self.drop(target)
        await provision(self.url(ADMINISTRATOR), target, template=source)
        await self.settle(BREATH_SECONDS)

    async def drop(self, database: str) -> None:
        """Drop a database, if it is there."""
        await drop(self.url(ADMINISTRATOR), database)

    async def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Let the server write what earlier runs left behind, so that later ones do not wait."""
        await self.run(ADMINISTRATOR, "checkpoint")
        await asyncio.sleep(seconds)

    async def is_proven(self, database: str) -> bool:
        """Whether the ledger of a database stands before its audit."""
        report = await audit(lambda: self.connect(database))
        return report.ok


@asynccontextmanager
async def bench_server(folder: Path | None = None) -> AsyncIterator[Server]:
    """A server with the product's own settings, in a new folder below `folder` or the system's."""
    with tempfile.TemporaryDirectory(prefix="bousol-bench-", dir=folder) as home:
        Path(home).chmod(0o755)  # noqa: ASYNC240  why: nothing else runs yet
        with EmbeddedPostgres(Path(home) / "server") as postgres:
            yield Server(postgres)


__all__ = ["APPLICATION", "OWNER", "Server", "bench_server"]
