"""The tables the code names are the tables the migrations made."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

import admin.aid.fund_tables
import admin.aid.tables
import admin.reserve.tables
import merchants.tables
from api.installation.databases import sqlalchemy_url


def differences(connection, metadata):
    options = {
        "include_schemas": True,
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == metadata.schema,
    }
    context = MigrationContext.configure(connection, opts=options)
    return [change for change in compare_metadata(context, metadata) if not by_hand(change)]


def by_hand(change):
    """What only hand-written SQL knows.

    The feed's mark of its transaction is written by a default and read there alone; foreign keys to
    the ledger's accounts hold, and no room's code joins what they lead to.
    """
    what, found = change[0], change[-1]
    if what == "remove_column":
        return found.name == "written_in"
    return what == "remove_fk" and all(
        element.target_fullname == "ledger.account.id" for element in found.elements
    )


# xid8 is a type SQLAlchemy has no name for.
@pytest.mark.filterwarnings("ignore:Did not recognize type:sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("room", [admin.aid.tables, merchants.tables])
async def test_the_tables_of_the_code_are_those_of_the_migrations(fresh_database, room):
    engine = create_async_engine(sqlalchemy_url(fresh_database.owner_url))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences, room.METADATA) == []
    await engine.dispose()
