"""The SQL in the tree is the SQL in the database: statements prepare, functions are installed."""

import re

import asyncpg
import pytest

from api.installation.migrate import migrate
from ledger.store import FUNCTION_SCRIPTS, function_scripts, statement
from tests.tidy.tree import ROOT, text, tracked

FUNCTIONS = ROOT / "ledger" / "sql" / "functions"
STATEMENTS = [
    str(path.relative_to("ledger/sql").with_suffix(""))
    for path in tracked("ledger/sql/*.sql")
    if "functions" not in path.parts
]
INSTALLED = """
    select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as body
      from pg_proc p where p.pronamespace = 'ledger'::regnamespace order by 1"""
TRIGGERS = """
    select t.tgname, t.tgrelid::regclass::text, pg_get_triggerdef(t.oid) from pg_trigger t
     where not t.tgisinternal and t.tgrelid::regclass::text like 'ledger.%' order by 2, 1"""


@pytest.fixture
async def application(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize("name", STATEMENTS)
async def test_a_statement_prepares_for_the_application_with_the_parameters_its_heading_names(
    application, name
):
    script = statement(name)
    prepared = await application.prepare(script)
    heading = "".join(line for line in script.splitlines() if line.startswith("--"))
    named = {int(number) for number in re.findall(r"\$(\d+)", heading)}
    assert named == set(range(1, len(prepared.get_parameters()) + 1))


def test_a_statement_has_a_heading_and_somebody_who_runs_it():
    code = "".join(text(path) for path in (*tracked("ledger/*.py"), *tracked("api/*.py")))
    assert [name for name in STATEMENTS if not statement(name).startswith("-- ")] == []
    # The audit names some of its own by the table they read; its tests run each of them.
    named = [name for name in STATEMENTS if not name.startswith("audit/")]
    assert [name for name in named if f'statement("{name}")' not in code] == []


async def test_each_function_and_trigger_of_the_files_is_installed_and_no_other(owner):
    scripts = "".join(function_scripts())
    wanted = re.findall(r"^create or replace function ledger\.(\w+)\(", scripts, re.MULTILINE)
    found = [row["name"] for row in await owner.fetch(INSTALLED)]
    assert sorted(wanted) == sorted(re.findall(r"ledger\.(\w+)\(", " ".join(found)))
    pattern = r"^create or replace trigger (\w+)\s.*?\son (ledger\.\w+)"
    triggers = re.findall(pattern, scripts, re.MULTILINE)
    assert sorted(triggers) == sorted(tuple(row)[:2] for row in await owner.fetch(TRIGGERS))


async def test_what_is_installed_is_what_the_files_say(owner):
    async def installed():
        return [tuple(row) for query in (INSTALLED, TRIGGERS) for row in await owner.fetch(query)]

    before = await installed()
    for script in function_scripts():
        await owner.execute(script)
    assert await installed() == before


async def test_what_an_earlier_version_left_is_gone_after_a_migration(urls):
    owner = await asyncpg.connect(urls.owner)
    await owner.execute(
        "drop function ledger.claimable; create function ledger.claimable(before date) returns text"
        " language sql return 'an earlier version'::text;"
        "create function ledger.forgotten() returns int language sql return 1"
    )
    await migrate(urls.owner)
    found = [row["name"] for row in await owner.fetch(INSTALLED)]
    assert "ledger.claimable(date)" in found
    assert "ledger.forgotten()" not in found
    assert await owner.fetchval("select ledger.claimable(current_date)") == 0
    await owner.close()


def test_every_file_of_functions_is_one_that_is_installed():
    assert {path.stem for path in FUNCTIONS.glob("*.sql")} == set(FUNCTION_SCRIPTS)
