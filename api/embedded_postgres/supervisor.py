"""The embedded server as its clients see it: claim it, use it, give the claim up."""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

from api.embedded_postgres import locks, watchdog
from api.embedded_postgres.binaries import find_binaries, major_version
from api.embedded_postgres.cluster import check_settings
from api.embedded_postgres.errors import EmbeddedPostgresError, from_system
from api.embedded_postgres.home import Home
from api.embedded_postgres.postmaster import read_postmaster
from api.embedded_postgres.server_user import name_of, server_user
from api.embedded_postgres.starter import (
    START_SECONDS_MAX,
    How,
    Starter,
    Wanted,
    is_watched,
    late,
    take_over,
)

STOP_SECONDS_MAX = watchdog.FAST_STOP_SECONDS + 30.0
_PAUSE_SECONDS = 0.004


class EmbeddedPostgres:
    """One PostgreSQL server for all the processes that name the same home.

    Each process holds a claim from `start` to `stop` or to its end, however it ends; the server
    stops after the last claim. A program that the process executes does not hold the claim; a
    child it forks (multiprocessing's fork) shares it and keeps it until the child ends or calls
    `stop` itself, so that a worker never loses the server it works with. A server that died is
    had again by calling `start` again, with or without a claim.

    Attributes:
        home: the folder that holds everything.
        port: part of the socket's name; also the TCP port when one was asked for.
        socket_folder: where the socket is.
        binaries: the folder with psql, pgbench, pg_dump and the like.
        how: cold (an empty cluster was made), warm (the data was there), or shared (it ran).
        start_seconds: how long `start` took.
    """

    port: int
    socket_folder: Path
    binaries: Path
    how: How
    start_seconds: float

    def __init__(
        self,
        home: Path,
        *,
        version: int = 18,
        settings: Mapping[str, str] | None = None,
        durable: bool = True,
        port: int | None = None,
        binaries: Path | None = None,
    ) -> None:
        """Describe the server; nothing happens before `start`.

        Args:
            home: a folder for this server alone, made when missing.
            version: the major version from the wheel, 18 or 16. Given binaries have their own.
            settings: server settings over the defaults, such as {"shared_buffers": "1GB"}. They
                hold when this call starts the server; a running one keeps its own.
            durable: False gives up what was committed when the machine fails; for tests that say
                so. Who asks for durability is refused a server that was started without.
            port: also listen on this TCP port of 127.0.0.1, by password (see `password`).
            binaries: the folder of postgres and initdb, in place of $BOUSOL_PG_BIN or the wheel.
        """
        self.home = home.resolve()
        self._places = Home(self.home)
        self._version = version
        self._settings = dict(settings or {})
        self._durable = durable
        self._tcp_port = port
        self._given_binaries = binaries
        self._claim: int | None = None

    def start(self) -> Self:
        """Claim the server, and start it unless it runs.

        Raises:
            EmbeddedPostgresError: it cannot be had; no claim was added.
        """
        begun = time.monotonic()
        with contextlib.ExitStack() as undo:
            if self._claim is None:
                undo.callback(self._give_up_claim)
            try:
                self._start(begun + START_SECONDS_MAX)
            except OSError as error:
                user = name_of(os.geteuid())
                raise from_system(error, path=self.home, user=user) from error
            undo.pop_all()
        self.start_seconds = time.monotonic() - begun
        return self

    def stop(self) -> None:
        """Give up this process's claim; after the last one, wait until the server is gone."""
        deadline = time.monotonic() + STOP_SECONDS_MAX
        # Whatever became of the folder meanwhile, the claim is given up.
        with contextlib.suppress(OSError, EmbeddedPostgresError):
            while self._claim is not None:
                self._leave_a_watchdog()
                self._give_up_claim()
                while _is_being_stopped(self._places) and time.monotonic() < deadline:
                    time.sleep(_PAUSE_SECONDS)
                if _is_abandoned(self._places) and time.monotonic() < deadline:
                    self._claim_server(deadline)  # The watchdog was killed just now: once more.
        self._give_up_claim()

    def __enter__(self) -> Self:
        return self if self._claim is not None else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, *, database: str, user: str) -> str:
        """The address of `database` for `user`, through the socket and without a password."""
        folder = quote(str(self.socket_folder), safe="/")
        names = f"{quote(user, safe='')}@/{quote(database, safe='')}"
        return f"postgresql://{names}?host={folder}&port={self.port}"

    @property
    def password(self) -> str:
        """The password of the superuser `postgres`, which connections by TCP need."""
        return self._places.password.read_text()

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self._places.log

    @property
    def postmaster_pid(self) -> int | None:
        """The process id of the server; None when it does not run."""
        found = read_postmaster(self._places.data)
        return found.pid if found is not None and found.lives() else None

    @property
    def watchdog_pid(self) -> int | None:
        """The process id of the watchdog; None when none lives."""
        lock = self._places.watchdog_lock
        return int(lock.read_text() or 0) or None if is_watched(self._places) else None

    def _start(self, deadline: float) -> None:
        check_settings(self._settings)
        self.binaries = find_binaries(self._version, self._given_binaries)
        version = major_version(self.binaries)
        self._places.prepare()
        self._claim_server(deadline)
        wanted = Wanted(self.binaries, version, self._settings, self._durable, self._tcp_port)
        with self._turn(deadline) as turn:
            starter = Starter(self._places, wanted, turn, deadline)
            ready = starter.run()
        self.how, self.port, self.socket_folder = starter.how, ready.port, ready.socket_folder

    def _claim_server(self, deadline: float) -> None:
        if self._claim is not None:
            return
        self._claim = locks.open_lock(self._places.clients_lock)
        # Granted at once, unless the old server is being stopped.
        if not locks.wait_for(self._claim, locks.SHARED, deadline=deadline):
            raise late(self._places)

    def _give_up_claim(self) -> None:
        # Closed and not unlocked: a forked child shares the lock and may still need it.
        claim, self._claim = self._claim, None
        if claim is not None:
            os.close(claim)

    @contextlib.contextmanager
    def _turn(self, deadline: float) -> Iterator[int]:
        """The starter's turn: one at a time looks, starts and takes over."""
        turn = locks.open_lock(self._places.start_lock)
        try:
            if not locks.wait_for(turn, locks.EXCLUSIVE, deadline=deadline):
                raise late(self._places)
            yield turn
        finally:
            locks.release(turn)

    def _leave_a_watchdog(self) -> None:
        """Put a new one in the place of a killed one, or nobody would stop the server."""
        if is_watched(self._places):
            return
        with self._turn(time.monotonic() + START_SECONDS_MAX):
            found = read_postmaster(self._places.data)
            if found is not None and found.lives() and not is_watched(self._places):
                take_over(self._places, found, server_user(self._places.data)).close()


def _is_being_stopped(places: Home) -> bool:
    """Whether a watchdog stops the server now, or is about to, for no client is left."""
    if not is_watched(places):
        return False
    nobody_has_a_claim = locks.is_available(places.clients_lock, locks.EXCLUSIVE)
    return nobody_has_a_claim or not locks.is_available(places.clients_lock, locks.SHARED)


def _is_abandoned(places: Home) -> bool:
    """Whether a server runs that nobody uses and nobody will stop."""
    found = read_postmaster(places.data)
    return (
        found is not None
        and found.lives()
        and not is_watched(places)
        and locks.is_available(places.clients_lock, locks.EXCLUSIVE)
    )
