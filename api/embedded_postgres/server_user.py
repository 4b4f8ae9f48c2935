"""Whom the server runs as: ourselves, or an unprivileged user that exists already when we are root.

PostgreSQL refuses to run as root. No user is ever created.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.embedded_postgres.errors import EmbeddedPostgresError

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The system user of the server's processes; `dropped` when it is not ourselves."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def run(self, command: Sequence[str | Path], *, keep: Sequence[int] = ()) -> tuple[int, str]:
        """Run `command` as this user: its exit code, and what it wrote.

        Args:
            command: the program and its arguments.
            keep: open files it inherits, so that their locks last as long as it does.
        """
        done = subprocess.run(  # noqa: S603  # why: the commands are our own, never a shell's
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=environment(),
            pass_fds=keep,
            user=self.uid if self.dropped else None,
            group=self.gid if self.dropped else None,
            extra_groups=[] if self.dropped else None,
        )
        return done.returncode, done.stdout

    def may(self, test: str, path: Path) -> bool:
        """Whether this user passes the shell's `test`, such as -x, on `path`."""
        code, _ = self.run(["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, path])
        return code == 0

    def own(self, path: Path) -> None:
        """Give `path`, which we made, to this user."""
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def environment() -> dict[str, str]:
    """Our environment without what would steer PostgreSQL, and with its messages in English."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return ours | {"LC_ALL": "C", "TZ": "UTC"}


def server_user(data: Path) -> ServerUser:
    """The owner of `data` when it exists, else whom a new server shall run as.

    Raises:
        EmbeddedPostgresError: the data is another user's, or root finds no user to drop to.
    """
    owner = _owner(data)
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise EmbeddedPostgresError(
                f"{data} belongs to the user {name_of(owner)}, so {name_of(os.geteuid())} cannot"
                " run its server; choose another home."
            )
        return ServerUser(name_of(os.geteuid()), os.geteuid(), os.getegid(), dropped=False)
    return _drop_to([str(owner)] if owner else _CANDIDATES)


def name_of(uid: int | None) -> str:
    """The name of a user, or the number when the system has no name for it."""
    assert uid is not None
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _owner(data: Path) -> int | None:
    try:
        return data.stat().st_uid
    except FileNotFoundError:
        return None


def _drop_to(candidates: Sequence[str]) -> ServerUser:
    for candidate in candidates:
        try:
            user = pwd.getpwuid(int(candidate)) if candidate.isdigit() else pwd.getpwnam(candidate)
        except KeyError:
            continue
        return ServerUser(user.pw_name, user.pw_uid, user.pw_gid, dropped=True)
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root, and the system has no user {' or '.join(candidates)}."
    )
