"""The `bousol db` commands and the database every command gets, on real servers."""

import asyncio
import os
import signal
import subprocess
import sys

import asyncpg
import pytest

from api.commands import db
from api.commands.db import bring_up_to_date
from api.failures import Failure
from api.installation.databases import drop, provision
from api.installation.ledger_database import LedgerDatabase, ready
from api.settings import Settings, SettingsError
from tests.databases import home_of_tests

BOUSOL = f"{sys.prefix}/bin/bousol"


@pytest.fixture
def environment(server):
    """The embedded server of the tests, as the commands' own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BOUSOL_")}
    return {**kept, "BOUSOL_HOME": str(home_of_tests())}


def run(*arguments, environment):
    return subprocess.run(
        [BOUSOL, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def told(output):
    return dict(line.split("=", 1) for line in output.splitlines() if line.startswith("BOUSOL_"))


async def ask(url, query):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def test_db_start_says_how_it_started_and_where_the_ledger_is(environment):
    result = run("db", "start", "--once", environment=environment)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("shared start: ")
    places = told(result.stdout)
    roles = {name: asyncio.run(ask(url, "select current_user")) for name, url in places.items()}
    assert roles == {
        "BOUSOL_DATABASE_URL": "bousol_app",
        "BOUSOL_MIGRATION_URL": "bousol_owner",
        "BOUSOL_CCAS_URL": "bousol_ccas",
    }


def test_db_start_stays_until_ctrl_c_which_is_a_good_end(environment):
    command = [BOUSOL, "db", "start"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any("Ctrl-C" in line for line in iter(process.stdout.readline, ""))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


def test_there_is_nothing_to_start_when_somebody_else_runs_the_server(environment, urls):
    environment["BOUSOL_DATABASE_URL"] = urls.application
    result = run("db", "start", environment=environment)
    assert (result.returncode, result.stdout) == (2, "")
    assert "nothing to start" in result.stderr


def test_db_migrate_brings_the_embedded_ledger_up_to_date(environment):
    result = run("db", "migrate", environment=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("schema 00")


def test_db_migrate_brings_a_database_of_somebody_elses_up_to_date(environment, urls):
    environment |= {
        "BOUSOL_DATABASE_URL": urls.application,
        "BOUSOL_MIGRATION_URL": urls.owner,
        "BOUSOL_CCAS_URL": urls.ccas,
    }
    result = run("db", "migrate", environment=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("; functions replaced\n")


async def test_a_database_without_a_schema_gets_one(server, capsys):
    admin = server.url(database="postgres", user="postgres")
    name = f"test_{os.getpid()}_empty"
    made = await provision(admin, name)
    settings = Settings(database_url=made.application, migration_url=made.owner, ccas_url=made.ccas)
    try:
        await bring_up_to_date(settings)
    finally:
        await drop(admin, name)
    assert capsys.readouterr().out.startswith("schema none to 00")


async def test_a_server_that_is_too_old_is_one_sentence(urls, monkeypatch):
    monkeypatch.setattr(db, "OLDEST", 99)
    settings = Settings(database_url=urls.application, migration_url=urls.owner)
    with pytest.raises(Failure, match="Bou'Sol needs 99 or later"):
        await bring_up_to_date(settings)


def test_the_tour_runs_in_a_pipe_in_the_language_asked_for(environment):
    result = run("tour", "--lang", "en", environment=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert "Every Bou\N{RIGHT SINGLE QUOTATION MARK}Sol is covered" in result.stdout


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/nothing", "postgresql:///nothing?host=/nowhere"]
)
def test_a_database_that_does_not_answer_is_one_sentence(environment, url):
    environment |= {"BOUSOL_DATABASE_URL": url, "BOUSOL_MIGRATION_URL": url}
    result = run("db", "migrate", environment=environment)
    assert result.returncode == 2
    assert result.stderr.startswith("bousol: The database cannot be reached: ")
    assert result.stderr.count("\n") == 1


async def test_a_command_gets_the_addresses_of_the_settings_as_they_are(urls):
    settings = Settings(database_url=urls.application)
    async with ready(settings) as ledger:
        assert (ledger.application_url, ledger.server) == (urls.application, None)
        with pytest.raises(SettingsError, match="BOUSOL_MIGRATION_URL is not set"):
            _ = ledger.owner_url
        with pytest.raises(SettingsError, match="BOUSOL_CCAS_URL is not set"):
            _ = ledger.ccas_url


async def test_the_embedded_ledger_is_ready_from_nothing(server):
    async with ready(Settings(home=home_of_tests())) as ledger:
        assert isinstance(ledger, LedgerDatabase)
        assert (
            await ask(ledger.application_url, "select last_seq from ledger.chain_link limit 1") == 0
        )


def test_pause_needs_somebody_who_presses_enter(environment):
    result = subprocess.run(
        [BOUSOL, "tour", "--pause"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "nobody is at this terminal" in result.stderr


def test_a_failure_is_what_a_person_can_put_right():
    assert issubclass(SettingsError, Failure)
