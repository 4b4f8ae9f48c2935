"""The tables the code names are the tables the migration made."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from admin.tables import METADATA
from api.databases import sqlalchemy_url


def differences(connection):
    options = {
        "include_schemas": True,
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == "admin",
    }
    context = MigrationContext.configure(connection, opts=options)
    # The feed's mark of its transaction is written by a default and read by hand-written SQL alone.
    return [
        change
        for change in compare_metadata(context, METADATA)
        if not (change[0] == "remove_column" and change[3].name == "written_in")
    ]


# xid8 is a type SQLAlchemy has no name for.
@pytest.mark.filterwarnings("ignore:Did not recognize type:sqlalchemy.exc.SAWarning")
async def test_the_tables_of_the_code_are_those_of_the_migration(fresh_database):
    engine = create_async_engine(sqlalchemy_url(fresh_database.owner_url))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()
