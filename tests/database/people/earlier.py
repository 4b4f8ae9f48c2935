"""A database as an earlier version left it."""

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from api.installation.databases import sqlalchemy_url
from ledger.store import function_scripts


async def bring_to(owner_url, version, *scripts):
    """Migrate to a version; then the functions of this one, and more SQL of the owner's."""

    def upgrade(connection):
        config = Config()
        config.set_main_option("script_location", migrations.__path__[0])
        config.attributes["connection"] = connection
        command.upgrade(config, version)

    engine = create_async_engine(sqlalchemy_url(owner_url))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
    owner = await asyncpg.connect(owner_url)
    for script in (*function_scripts(), *scripts):
        await owner.execute(script)
    await owner.close()
