"""The data of one server: made whole or not at all, and the command that serves it."""

import os
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from api.embedded_postgres.errors import EmbeddedPostgresError, from_server
from api.embedded_postgres.home import Home
from api.embedded_postgres.server_user import ServerUser

_BUILTIN_LOCALE_SINCE = 17

# What the ledger wants of its server unless the caller's settings say otherwise.
_SETTINGS = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_OURS = {*_DURABLE, "port", "listen_addresses", "data_directory", "unix_socket_directories"}


def check_settings(settings: Mapping[str, str]) -> None:
    """Refuse settings that only the supervisor's own arguments may change.

    Raises:
        EmbeddedPostgresError: names the first such setting.
    """
    taken = sorted(_OURS & {name.lower() for name in settings})
    if taken:
        raise EmbeddedPostgresError(
            f"The setting {taken[0]} is the supervisor's own; full durability is given up by"
            " durable=False only, and the port is an argument."
        )


def is_made(home: Home, version: int) -> bool:
    """Whether there is data, which must be of the major `version`.

    Raises:
        EmbeddedPostgresError: it is another version's, or something else lies in its place.
    """
    try:
        found = (home.data / "PG_VERSION").read_text(errors="replace").strip()
    except FileNotFoundError:
        if home.data.exists() and any(home.data.iterdir()):
            raise EmbeddedPostgresError(
                f"{home.data} holds files but is no PostgreSQL data; move it away, or choose"
                " another home."
            ) from None
        return False
    if found != str(version):
        raise EmbeddedPostgresError(_other_version(home, found, version))
    return True


def make(home: Home, binaries: Path, version: int, user: ServerUser, turn: int) -> None:
    """Make an empty cluster; it appears in its place when it is complete, not yet synced.

    Args:
        home: where to.
        binaries: the folder of initdb, which `user` can reach.
        version: the major version of the binaries.
        user: the owner of the data.
        turn: the lock of the starter. initdb holds it too, so that when we are killed the next
            starter waits for its end and then throws its work away.
    """
    work = home.unfinished_data
    if work.exists():
        shutil.rmtree(work)
    home.unsynced.touch()
    home.password.touch(mode=0o600)
    home.password.write_text(secrets.token_urlsafe(24))
    user.own(home.password)
    work.mkdir(mode=0o700)
    user.own(work)
    code, output = user.run(_initdb(home, binaries, version), keep=[turn])
    if code:
        shutil.rmtree(work, ignore_errors=True)
        raise from_server(output, path=home.data, log=home.log)
    work.rename(home.data)


def make_durable(home: Home, binaries: Path, user: ServerUser) -> None:
    """Bring to the disk what was written without care; nothing to do otherwise.

    Raises:
        EmbeddedPostgresError: the disk does not take it.
    """
    if not home.unsynced.exists():
        return
    code, output = user.run([binaries / "initdb", "--sync-only", "--pgdata", home.data])
    if code:
        raise from_server(output, path=home.data, log=home.log)
    folder = os.open(home.path, os.O_RDONLY | os.O_CLOEXEC)
    os.fsync(folder)
    os.close(folder)
    home.unsynced.unlink()


def server_command(
    home: Home,
    binaries: Path,
    settings: Mapping[str, str],
    *,
    socket_folder: Path,
    tcp_port: int | None,
    durable: bool,
) -> list[str]:
    """The command that serves the data. Options of the command stand over every file."""
    chosen = _SETTINGS | {name.lower(): value for name, value in settings.items()}
    chosen |= _DURABLE if durable else _NOT_DURABLE
    chosen |= {
        "listen_addresses": "127.0.0.1" if tcp_port else "",
        "port": str(tcp_port or DEFAULT_PORT),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
    }
    command = [str(binaries / "postgres"), "-D", str(home.data)]
    for name, value in chosen.items():
        command += ["-c", f"{name}={value}"]
    return command


DEFAULT_PORT = 5432


def _initdb(home: Home, binaries: Path, version: int) -> list[str | Path]:
    # The built-in C.UTF-8 orders alike on every system and for ever.
    locale = ["--locale=C.UTF-8"]
    if version >= _BUILTIN_LOCALE_SINCE:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        binaries / "initdb",
        f"--pgdata={home.unfinished_data}",
        "--username=postgres",
        "--encoding=UTF8",
        *locale,
        "--auth-local=trust",  # The socket's folder lets nobody else in.
        "--auth-host=scram-sha-256",
        f"--pwfile={home.password}",
        "--data-checksums",
        "--no-sync",  # Done once at the end, by make_durable.
        "--no-instructions",
    ]


def _other_version(home: Home, found: str, version: int) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?", found):
        return (
            f"The data in {home.data} is damaged (its PG_VERSION is {found[:20]!r}); restore a"
            " copy, or move the folder away to begin an empty one."
        )
    return (
        f"The data in {home.data} is PostgreSQL {found}'s and this is PostgreSQL {version}:"
        f" ask for version {found}, or choose another home."
    )
