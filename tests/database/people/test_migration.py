"""Coming from a ledger in use, the schemas of both rooms leave every figure as it was."""

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

import migrations
from api.databases import drop, provision, sqlalchemy_url
from api.migrate import migrate
from ledger.store import function_scripts, head
from tests.database.world import Books

NAME = "test_1_before_rooms"
# The functions are those of this version, so the ledger is one they can work on.
BEFORE = "0003"


def to_the_ledger(connection):
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    config.attributes["connection"] = connection
    command.upgrade(config, BEFORE)


async def before_rooms(owner_url):
    engine = create_async_engine(sqlalchemy_url(owner_url))
    async with engine.begin() as connection:
        await connection.run_sync(to_the_ledger)
    await engine.dispose()
    owner = await asyncpg.connect(owner_url)
    for script in function_scripts():
        await owner.execute(script)
    await owner.close()


async def test_a_ledger_in_use_gets_its_rooms_and_keeps_its_figures(server):
    admin_url = server.url(database="postgres", user="postgres")
    await drop(admin_url, NAME)
    made = await provision(admin_url, NAME)
    await before_rooms(made.owner)
    application = await asyncpg.connect(made.application)
    books = Books(application)
    await books.wallet(210_00)
    before = await books.written(), await head(application)
    for _ in range(2):
        await migrate(made.owner)
    assert (await books.written(), await head(application)) == before
    assert await books.faults_of_the_law() == []
    assert await application.fetchval("select class from admin.party") == "issuer"
    assert await application.fetchval("select count(*) from merchants.filiere") > 20
    await application.close()
    await drop(admin_url, NAME)
