"""The server of a benchmark: embedded, durable, in a folder of its own that goes with it."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import asyncpg

from api.embedded_postgres import EmbeddedPostgres
from ledger.store import function_scripts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    Connection = asyncpg.Connection[asyncpg.Record]

SETTLE_SECONDS: Final = 2.0
OWNER: Final = "bousol_owner"
APPLICATION: Final = "bousol_app"
_TABLES: Final = Path(__file__).parent.parent / "migrations" / "versions" / "0001_ledger.sql"
_ROLES: Final = f"""
create role {OWNER} login;
create role {APPLICATION} login;
create role bousol_ccas login;
"""


class Server(NamedTuple):
    """A running server; databases are made and dropped as runs need them."""

    postgres: EmbeddedPostgres

    def url(self, database: str, user: str = "postgres") -> str:
        """The address of a database for a role."""
        return self.postgres.url(database=database, user=user)

    async def connect(self, database: str, user: str = "postgres") -> Connection:
        """A connection, which is certainly of that role (an empty address could be another's)."""
        connection = await asyncpg.connect(self.url(database, user))
        assert await connection.fetchval("select current_user") == user
        return connection

    async def run(self, database: str, *scripts: str, user: str = "postgres") -> None:
        """Run scripts in a database, each as one text."""
        connection = await self.connect(database, user)
        try:
            for script in scripts:
                await connection.execute(script)
        finally:
            await connection.close()

    async def copy(self, source: str, target: str) -> None:
        """Make `target` a fresh copy of `source`, and wait until the disk is quiet again."""
        await self.drop(target)
        await self.run("postgres", f"create database {target} template {source} owner {OWNER}")
        await self.settle(0.2)

    async def drop(self, database: str) -> None:
        """Drop a database, if it is there."""
        await self.run("postgres", f"drop database if exists {database} with (force)")

    async def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Let the server write what earlier runs left behind, so that later ones do not wait."""
        await self.run("postgres", "checkpoint")
        await asyncio.sleep(seconds)


@asynccontextmanager
async def bench_server(folder: Path | None = None) -> AsyncIterator[Server]:
    """A server with the product's own settings, in a folder below `folder` or the system's."""
    with tempfile.TemporaryDirectory(prefix="bousol-bench-", dir=folder) as home:
        Path(home).chmod(0o755)
        with EmbeddedPostgres(Path(home) / "server") as postgres:
            server = Server(postgres)
            await server.run("postgres", _ROLES)
            yield server


async def make_ledger(server: Server, database: str, functions: Iterable[str] = ()) -> None:
    """An empty ledger: the product's tables and functions, or the functions given instead."""
    await server.drop(database)
    await server.run("postgres", f"create database {database} owner {OWNER}")
    scripts = tuple(functions) or function_scripts()
    await server.run(database, _TABLES.read_text(encoding="utf-8"), *scripts, user=OWNER)
