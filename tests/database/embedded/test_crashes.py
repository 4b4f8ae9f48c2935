import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from api.embedded_postgres import EmbeddedPostgres
from tests.database.embedded.support import Client, processes_of, query, seconds_until

GONE_SECONDS_MAX = 1.0


def send(number, pid):
    """A signal to a process of this test."""
    assert pid
    os.kill(pid, number)


def kill(pid):
    """End a process of this test at once, and wait until it is gone."""
    send(signal.SIGKILL, pid)
    seconds_until(lambda: not alive(pid), at_most=5)


def alive(pid):
    """Whether the process exists and is not only waiting for its parent to notice its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def assert_gone_soon(home):
    seconds_until(lambda: not processes_of(home), at_most=GONE_SECONDS_MAX)


def test_a_killed_client_leaves_no_server(home):
    with Client(home) as client:
        assert client.report["postmaster"] in processes_of(home)
        client.kill()
        assert_gone_soon(home)


def test_a_client_killed_in_the_middle_of_its_work_leaves_no_server(home):
    work = """
import subprocess
subprocess.Popen([server.binaries / "pgbench", "-iq", "-s", "5", server.url(
    database="postgres", user="postgres")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print("working", flush=True)
sys.stdin.read()
"""
    with Client(home, then=work) as client:
        assert client.report["how"] == "warm"
        assert client.line() == "working"
        time.sleep(0.3)
        client.process.kill()
        seconds_until(lambda: not processes_of(home), at_most=2 * GONE_SECONDS_MAX)


def test_the_server_stays_when_only_one_of_two_clients_is_killed(home):
    with Client(home) as first, Client(home) as second:
        server = first.report["postmaster"]
        assert second.report["postmaster"] == server
        first.kill()
        time.sleep(0.3)
        assert server in processes_of(home)
        second.kill()
        assert_gone_soon(home)


def test_a_client_killed_while_the_server_stops_harms_nobody(home):
    with Client(home) as client:
        assert client.report["how"] == "warm"
        client.kill()
        with EmbeddedPostgres(home) as server:  # Waits for the old one to end.
            assert query(server, "select 21") == "21"


def test_a_killed_server_is_recovered_by_the_next_start_with_all_it_had_committed(home):
    with EmbeddedPostgres(home) as server:
        query(server, "drop table if exists kept; create table kept (n int)")
        for n in range(10):
            query(server, f"insert into kept values ({n})")
        killed = server.postmaster_pid
        kill(killed)
        with Client(home) as other:
            assert other.report["how"] == "warm"
            assert other.report["postmaster"] != killed
            assert server.start().how == "shared"
        assert query(server, "select count(*) from kept") == "10"


def test_the_same_client_has_a_killed_server_again_by_starting_again(home):
    with EmbeddedPostgres(home) as server:
        for _ in range(5):
            send(signal.SIGKILL, server.postmaster_pid)  # And no wait for its end.
            assert server.start().how == "warm"
            assert query(server, "select 21") == "21"
    assert processes_of(home) == []


def test_a_busy_process_of_a_killed_server_does_not_keep_the_next_one_from_starting(home):
    with EmbeddedPostgres(home) as server:
        busy = "select count(*) from generate_series(1, 1000000000)"
        url = server.url(database="postgres", user="postgres")
        with subprocess.Popen(
            [server.binaries / "psql", "-X", "-d", url, "-c", busy],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as client:
            working = "select count(*) from pg_stat_activity where query like '%100000%'"
            seconds_until(lambda: int(query(server, working)) > 1, at_most=5)
            kill(server.postmaster_pid)
            assert server.start().how == "warm"
            assert query(server, "select 21") == "21"
            client.kill()


def test_a_killed_watchdog_is_replaced_by_the_next_starter(home):
    with Client(home) as first:
        killed = first.report["watchdog"]
        kill(killed)
        with Client(home) as second:
            assert second.report["how"] == "shared"
            assert second.report["postmaster"] == first.report["postmaster"]
            assert second.report["watchdog"] not in {killed, None}
            first.kill()
            second.kill()
            assert_gone_soon(home)


def test_a_client_that_leaves_puts_a_killed_watchdog_back_so_that_the_server_stops(home):
    with EmbeddedPostgres(home) as server, Client(home) as other:
        assert other.report["how"] == "shared"
        kill(server.watchdog_pid)
        seconds_until(lambda: server.watchdog_pid is None, at_most=1)
        other.leave()
        assert server.watchdog_pid
        kill(server.watchdog_pid)
    assert processes_of(home) == []


def test_a_server_left_alone_after_its_watchdog_and_clients_were_killed_is_taken_over(home):
    with Client(home) as client:
        left = client.report["postmaster"]
        kill(client.report["watchdog"])
        client.kill()
        time.sleep(0.2)
        assert left in processes_of(home)
    with Client(home) as client:
        assert client.report["how"] == "shared"
        assert client.report["postmaster"] == left
        client.kill()
        assert_gone_soon(home)


def test_watchdog_and_server_killed_together_are_both_had_again(home):
    with EmbeddedPostgres(home) as server:
        kill(server.watchdog_pid)
        kill(server.postmaster_pid)
        assert server.start().how == "warm"
        assert server.watchdog_pid
    assert processes_of(home) == []


def test_a_server_without_watchdog_that_is_not_ready_yet_is_waited_for(home):
    with EmbeddedPostgres(home) as server:
        kill(server.watchdog_pid)
        stopped = server.postmaster_pid
        send(signal.SIGSTOP, stopped)
        (home / "data" / "postmaster.pid").write_text(
            (home / "data" / "postmaster.pid").read_text().replace("ready   ", "starting")
        )
        with Client(home) as client:
            time.sleep(0.5)
            assert client.process.poll() is None
            (home / "data" / "postmaster.pid").write_text(
                (home / "data" / "postmaster.pid").read_text().replace("starting", "ready   ")
            )
            send(signal.SIGCONT, stopped)
            assert client.report["how"] == "shared"
            assert client.report["postmaster"] == stopped


def test_a_watchdog_killed_while_it_stops_the_server_is_no_obstacle(home):
    with Client(home) as client:
        stopping = client.report["postmaster"]
        send(signal.SIGSTOP, stopping)  # The order to stop waits until it goes on.
        client.kill()
        time.sleep(0.2)
        kill(client.report["watchdog"])
    send(signal.SIGCONT, stopping)
    with EmbeddedPostgres(home) as server:
        assert query(server, "select 21") == "21"
        assert server.postmaster_pid != stopping


def test_the_watchdog_told_to_end_stops_the_server_first(home):
    with EmbeddedPostgres(home) as server:
        send(signal.SIGTERM, server.watchdog_pid)
        assert_gone_soon(home)
        assert server.start().how == "warm"


def test_a_server_stopped_by_hand_is_started_by_the_next_client(home):
    with EmbeddedPostgres(home) as server:
        send(signal.SIGINT, server.postmaster_pid)
        with Client(home) as client:
            assert client.report["postmaster"]
            assert client.report["how"] in {"warm", "shared"}
            assert server.start().how == "shared"
            assert query(server, "select 21") == "21"


@pytest.mark.parametrize("after_seconds", [0.2, 0.4])
def test_what_a_starter_killed_half_way_leaves_the_next_one_can_use(new_home, after_seconds):
    with Client(new_home) as client:
        time.sleep(after_seconds)
        client.process.kill()
    with EmbeddedPostgres(new_home) as server:
        assert query(server, "select 21") == "21"
        assert not (new_home / "data.unfinished").exists()
    assert processes_of(new_home) == []


def test_what_a_killed_initdb_left_is_thrown_away(new_home):
    with Client(new_home) as client:
        seconds_until((new_home / "data.unfinished" / "global").exists, at_most=5)
        client.process.kill()
    assert not (new_home / "data").exists()
    with EmbeddedPostgres(new_home) as server:
        assert server.how == "cold"
        assert query(server, "select 21") == "21"


def test_of_many_starters_at_once_one_makes_the_server_and_all_share_it(new_home):
    clients = [Client(new_home) for _ in range(6)]
    try:
        reports = [client.report for client in clients]
        assert sorted(report["how"] for report in reports) == ["cold"] + ["shared"] * 5
        assert len({report["postmaster"] for report in reports}) == 1
    finally:
        for client in clients:
            client.kill()
    assert_gone_soon(new_home)


def test_clients_that_come_and_go_and_die_at_random_always_have_a_server(home):
    comings = """
import os, signal, subprocess
for turn in range(12):
    server.start()
    url = server.url(database="postgres", user="postgres")
    subprocess.run([server.binaries / "psql", "-qAtX", "-d", url, "-c", "select 21"],
                   check=True, stdout=subprocess.DEVNULL)
    if turn % 4 == 3 and server.watchdog_pid:
        os.kill(server.watchdog_pid, signal.SIGKILL)
    server.stop()
print("done", flush=True)
"""
    clients = [Client(home, then=comings) for _ in range(3)]
    for client in clients:
        assert client.report["postmaster"]
        assert client.line() == "done"
        client.leave()
    assert processes_of(home) == []


@pytest.mark.parametrize("name", ["data/postmaster.pid", "run/.s.PGSQL.5432.lock"])
@pytest.mark.parametrize("text", ["", "{other}\n{data}\n1\n5432\n{run}\n\n  1  2\nready   \n"])
def test_the_files_of_a_dead_server_may_be_empty_or_name_another_process(home, name, text):
    with subprocess.Popen(["sleep", "60"]) as other:
        places = {"other": other.pid, "data": home / "data", "run": home / "run"}
        (home / name).write_text(text.format(**places))
        with EmbeddedPostgres(home) as server:
            assert server.how == "warm"
        other.kill()


def test_a_starter_and_its_watchdog_killed_before_the_server_says_anything_are_no_obstacle(home):
    """The second server would find the first one's files appear under its feet."""
    for pause_seconds in (0.0, 0.01, 0.02):
        with Client(home) as client:
            seconds_until(lambda: watchers(home), at_most=5, every=0.001)
            time.sleep(pause_seconds)
            for pid in [client.pid, *watchers(home)]:
                os.kill(pid, signal.SIGKILL)
        with EmbeddedPostgres(home) as server:
            assert query(server, "select 21") == "21"
        assert processes_of(home) == []


def watchers(home):
    """Watchdogs, and what they started that is not a server yet."""
    found = []
    for pid in processes_of(home):
        with contextlib.suppress(OSError):
            if b"watchdog.py" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def test_a_client_killed_right_after_the_watchdog_began_leaves_no_server(home):
    """A stop that comes before the server is executed must not be lost."""
    for pause_seconds in (0.0, 0.003, 0.006, 0.01):
        with Client(home) as client:
            seconds_until(lambda: watchers(home), at_most=5, every=0.001)
            time.sleep(pause_seconds)
            client.process.kill()
        assert_gone_soon(home)
