"""Bringing a database to this version of the code: tables by Alembic, functions from ledger/sql.

Tables are history: numbered migrations, forward only. Functions are code: the files under
ledger/sql/functions replace them whole, in the same transaction (docs/decisions/0003).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from api.installation.databases import APPLICATION, sqlalchemy_url
from ledger.store import function_scripts

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LET_APPLICATION_ASK = f"grant select on schema_version to {APPLICATION}"
"""The application refuses to serve a database of another version, so it may read which it is."""
_MIGRATION_LOCK = 20210918
"""Advisory lock: two processes that migrate at once go one after the other."""


async def migrate(owner_url: str) -> None:
    """Bring the database to this version of the code, all or nothing; running it again is no act.

    Args:
        owner_url: a libpq URL of the role that owns the database.
    """
    engine = create_async_engine(sqlalchemy_url(owner_url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await _under_lock(connection)
    finally:
        await engine.dispose()


async def _under_lock(connection: AsyncConnection) -> None:
    await connection.exec_driver_sql(f"select pg_advisory_xact_lock({_MIGRATION_LOCK})")
    await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    driver: Any = connection.connection.driver_connection
    for script in function_scripts():
        await_only(driver.execute(script))
    await_only(driver.execute(_LET_APPLICATION_ASK))


def newest_version() -> str:
    """The number of the last migration this version of the code brings."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "there is a first migration"
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_migrations_folder()))
    return config


def _migrations_folder() -> Path:
    import migrations  # noqa: PLC0415  why: only its place on disk is wanted

    return Path(migrations.__file__).parent
