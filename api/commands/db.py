"""`bousol db`: the embedded server in the foreground, and databases brought to this version."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Final

import asyncpg
import click

from api.failures import Failure
from api.installation.founding import found
from api.installation.ledger_database import OLDEST, LedgerDatabase, answering, ready
from api.installation.migrate import migrate

if TYPE_CHECKING:
    from api.settings import Settings

_HAS_VERSION: Final = "select to_regclass('schema_version') is not null"
_VERSION: Final = "select version_num from schema_version"


async def start(settings: Settings, *, once: bool) -> None:
    """Start the embedded server, say how long it took and where it is; stay until interrupted.

    Raises:
        Failure: the settings name a server that somebody else runs, or ours cannot be had.
    """
    if not settings.embedded:
        raise Failure("The settings name a PostgreSQL run elsewhere: there is nothing to start.")
    begun = time.monotonic()
    async with ready(settings) as ledger:
        _tell(ledger, ready_seconds=time.monotonic() - begun)
        if not once:
            await _interrupted()


def _tell(ledger: LedgerDatabase, *, ready_seconds: float) -> None:
    server = ledger.server
    assert server is not None, "this ledger is embedded"
    click.echo(f"{server.how} start: {server.start_seconds:.2f} s")
    click.echo(f"ledger ready: {ready_seconds:.2f} s")
    click.echo(f"BOUSOL_DATABASE_URL={ledger.application_url}")
    click.echo(f"BOUSOL_MIGRATION_URL={ledger.owner_url}")
    click.echo(f"BOUSOL_CCAS_URL={ledger.ccas_url}")


async def _interrupted() -> None:
    """Return at Ctrl-C or a polite kill: the way this command ends."""
    end = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    click.echo("Ctrl-C gives it up; it stops when no process uses it.")
    await end.wait()


async def bring_up_to_date(settings: Settings) -> None:
    """Migrate the ledger of these settings, and say what was done.

    Raises:
        Failure: the database does not answer, or its PostgreSQL is too old.
    """
    if settings.embedded:
        async with ready(settings) as ledger:
            click.echo(f"schema {await _version(ledger.owner_url)}, embedded; functions replaced")
        return
    url = LedgerDatabase(settings).owner_url
    with answering():
        before = await _version(url)
    await migrate(url)
    await found(LedgerDatabase(settings).application_url, settings)
    after = await _version(url)
    done = f"schema {after}" if before == after else f"schema {before or 'none'} to {after}"
    click.echo(f"{done}; functions replaced")


async def _version(owner_url: str) -> str | None:
    """The number of the last migration of a database; None when it has none."""
    connection = await asyncpg.connect(owner_url)
    try:
        found = connection.get_server_version().major
        if found < OLDEST:
            raise Failure(f"The server is PostgreSQL {found}; Bou'Sol needs {OLDEST} or later.")
        if not await connection.fetchval(_HAS_VERSION):
            return None
        return str(await connection.fetchval(_VERSION))
    finally:
        await connection.close()
