"""What the starter whose turn it is does: find the server running, take it over, or start it.

States it may meet, each a branch of `_step`: the server answers; it answers and its watchdog was
killed; its watchdog lives and it is starting or ending; it lives, does not answer and has no
watchdog; it was executed just now and has not said so yet; there is none. It looks again after
each step, so a state that passes costs nothing.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from api.embedded_postgres import cluster, locks, watchdog
from api.embedded_postgres.binaries import reachable
from api.embedded_postgres.errors import EmbeddedPostgresError, from_server, is_grave
from api.embedded_postgres.home import Home
from api.embedded_postgres.postmaster import (
    Postmaster,
    end_orphans,
    is_being_started,
    read_postmaster,
    remove_misleading_files,
)
from api.embedded_postgres.server_user import ServerUser, environment, server_user

START_SECONDS_MAX = 120.0
_PAUSE_SECONDS = 0.004
_KILLED_MAX = 5
# Processes of a killed server still hold its memory.
_PASSING = "pre-existing shared memory block"

How = Literal["cold", "warm", "shared"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The server a caller asks for."""

    binaries: Path
    version: int
    settings: Mapping[str, str]
    durable: bool
    tcp_port: int | None


@dataclass(slots=True)
class Starter:
    """A process that holds `start.lock`, and a claim so that what it starts stays.

    Args:
        home: the server's folder.
        wanted: what is asked for.
        turn: the open file of `start.lock`.
        deadline: when to give up, on the monotonic clock.
    """

    home: Home
    wanted: Wanted
    turn: int
    deadline: float
    how: How = "shared"
    killed: int = 0
    user: ServerUser = field(init=False)

    def __post_init__(self) -> None:
        self.user = server_user(self.home.data)

    def run(self) -> Postmaster:
        """The server, ready and watched.

        Raises:
            EmbeddedPostgresError: it does not start, or is not what was asked for.
        """
        made = cluster.is_made(self.home, self.wanted.version)
        while (ready := self._step(made=made)) is None:
            if time.monotonic() > self.deadline:
                raise late(self.home)
            made = True
        if self.wanted.durable and not ready.durable():
            raise EmbeddedPostgresError(
                f"The server in {self.home.path} was started by another process without"
                " durability; stop that process, or choose another home."
            )
        return ready

    def _step(self, *, made: bool) -> Postmaster | None:
        found = read_postmaster(self.home.data)
        watched = is_watched(self.home)
        if found is not None and found.answers():
            if not watched:
                take_over(self.home, found, self.user).close()
            return found
        if watched:
            time.sleep(_PAUSE_SECONDS)
        elif found is not None and found.lives():
            self._follow(take_over(self.home, found, self.user))
        elif is_being_started(self.home.data):
            time.sleep(_PAUSE_SECONDS)
        else:
            self._start(made=made)
        return None

    def _start(self, *, made: bool) -> None:
        self.home.check_reachable(self.user)
        self.home.rotate_log()
        binaries = reachable(self.wanted.binaries, self.home.path, self.user)
        if not made:
            cluster.make(self.home, binaries, self.wanted.version, self.user, self.turn)
        self.how = "warm" if made and self.how != "cold" else "cold"
        if self.wanted.durable:
            cluster.make_durable(self.home, binaries, self.user)
        else:
            self.home.unsynced.touch()
        said_before = self.home.log.stat().st_size if self.home.log.exists() else 0
        if not self._follow(self._launch(binaries)):
            self._explain(said_before)

    def _launch(self, binaries: Path) -> IO[bytes]:
        port = self.wanted.tcp_port or cluster.DEFAULT_PORT
        folder = self.home.socket_folder(port, self.user)
        remove_misleading_files(self.home.data, folder / f".s.PGSQL.{port}")
        command = cluster.server_command(
            self.home,
            binaries,
            self.wanted.settings,
            socket_folder=folder,
            tcp_port=self.wanted.tcp_port,
            durable=self.wanted.durable,
        )
        return _watchdog(self.home, folder, self.user, adopted_pid=0, command=command)

    def _follow(self, lifeline: IO[bytes]) -> bool:
        """Wait until the watched server answers; False when its watchdog ended before."""
        with lifeline:
            while time.monotonic() < self.deadline:
                readable, _, _ = select.select([lifeline], [], [], _PAUSE_SECONDS)
                if readable and not lifeline.read(64):
                    return False
                found = read_postmaster(self.home.data)
                if found is not None and found.answers():
                    return True
        return True

    def _explain(self, said_before: int) -> None:
        """Raise what the server said when it gave up, unless trying again may help."""
        with self.home.log.open("rb") as log:
            log.seek(said_before)
            said = log.read().decode(errors="replace")
        if _PASSING in said:
            end_orphans(self.home.data)
        elif is_grave(said) or self.killed >= _KILLED_MAX:
            port = self.wanted.tcp_port
            raise from_server(said, path=self.home.data, log=self.home.log, port=port)
        else:  # The server or its watchdog was killed while it started.
            self.killed += 1


def is_watched(home: Home) -> bool:
    """Whether a watchdog lives."""
    return not locks.is_available(home.watchdog_lock, locks.SHARED)


def take_over(home: Home, found: Postmaster, user: ServerUser) -> IO[bytes]:
    """Give a running server a watchdog again; see `_watchdog` for what is returned."""
    lifeline = _watchdog(home, found.socket_folder, user, adopted_pid=found.pid, command=[])
    lifeline.read(64)  # It watches, or it is gone already.
    return lifeline


def late(home: Home) -> EmbeddedPostgresError:
    """The sentence for a server that takes too long."""
    return EmbeddedPostgresError(
        f"The server in {home.path} is not ready after {START_SECONDS_MAX:.0f} seconds; the log is"
        f" {home.log}."
    )


def _watchdog(
    home: Home, socket_folder: Path, user: ServerUser, *, adopted_pid: int, command: list[str]
) -> IO[bytes]:
    """Start a watchdog; the pipe returned speaks when it watches and ends when it is gone."""
    uid, gid = (user.uid, user.gid) if user.dropped else (-1, -1)
    numbers = [str(number) for number in (uid, gid, adopted_pid)]
    # Ours alone: an error the server logs may name people.
    with open(home.log, "ab", opener=_private) as log:
        process = subprocess.Popen(  # noqa: S603  # why: our own program
            [
                *(sys.executable, "-I", "-S", watchdog.__file__),
                *(str(home.path), str(socket_folder), *numbers, *command),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            bufsize=0,
            cwd="/",
            env=environment(),
        )
    process.wait()  # It leaves the watchdog behind and ends at once.
    assert process.stdout is not None
    return process.stdout


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
