"""Coming from a ledger in use, the schemas of both rooms leave every figure as it was."""

import asyncpg

from api.installation.databases import drop, provision
from api.installation.migrate import migrate
from ledger.store import head
from tests.database.people.earlier import bring_to
from tests.database.world import Books

NAME = "test_1_before_rooms"
# The functions are those of this version, so the ledger is one they can work on.
BEFORE = "0003"


async def test_a_ledger_in_use_gets_its_rooms_and_keeps_its_figures(server):
    admin_url = server.url(database="postgres", user="postgres")
    await drop(admin_url, NAME)
    made = await provision(admin_url, NAME)
    await bring_to(made.owner, BEFORE)
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
