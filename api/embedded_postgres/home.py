"""The folder of one embedded server: what lies in it, and where its socket goes.

Nothing outside it is changed, except that a socket whose path would be too long for the system
goes to a short private folder among the temporary ones.
"""

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from api.embedded_postgres.errors import EmbeddedPostgresError
from api.embedded_postgres.server_user import ServerUser

# The shorter of Linux (107) and macOS (103), without the zero that ends it.
SOCKET_PATH_BYTES_MAX = 103
# PostgreSQL reads a list of folders with its own quoting; other characters would need it.
_PLAIN_PATH = re.compile(r"[\w./+@=:-]+", re.ASCII)
_LOG_BYTES_MAX = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Home:
    """The places of one embedded server."""

    path: Path

    @property
    def data(self) -> Path:
        """The cluster itself; it is there whole or not at all."""
        return self.path / "data"

    @property
    def unfinished_data(self) -> Path:
        """Where initdb works; renamed to `data` at its end."""
        return self.path / "data.unfinished"

    @property
    def unsynced(self) -> Path:
        """There while the data may not have reached the disk, for it was written without care."""
        return self.path / "unsynced"

    @property
    def password(self) -> Path:
        """Holds the superuser's password, for connections by TCP."""
        return self.path / "password"

    @property
    def log(self) -> Path:
        """What the server and its watchdog have to say."""
        return self.path / "postgres.log"

    @property
    def clients_lock(self) -> Path:
        """Shared by each client; exclusive to the watchdog that stops the server after the last."""
        return self.path / "clients.lock"

    @property
    def start_lock(self) -> Path:
        """Held by the starter whose turn it is."""
        return self.path / "start.lock"

    @property
    def watchdog_lock(self) -> Path:
        """Held by the watchdog as long as it lives; holds its process id."""
        return self.path / "watchdog.lock"

    def prepare(self) -> None:
        """Make the folder when it is missing."""
        make_folder(self.path)

    def check_reachable(self, user: ServerUser) -> None:
        """Refuse a home that the server's user cannot enter.

        Raises:
            EmbeddedPostgresError: names the first folder that is closed to it.
        """
        if not user.dropped or user.may("-x", self.path):
            return
        above = [*reversed(self.path.parents), self.path]
        closed = next(folder for folder in above if not user.may("-x", folder))
        raise EmbeddedPostgresError(
            f"{closed} is closed to the user {user.name}, as whom the server runs; choose a home"
            " where every folder above may be entered, such as /var/lib/bousol."
        )

    def rotate_log(self) -> None:
        """Begin a new log when the old one is long; one old log is kept."""
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))

    def socket_folder(self, port: int, user: ServerUser) -> Path:
        """A folder of the server's user only, short enough for a socket; made when missing."""
        inside = self.path / "run"
        if _fits(inside, port):
            inside.mkdir(mode=0o700, exist_ok=True)
            user.own(inside)
            return inside
        return self._socket_folder_elsewhere(port, user)

    def _socket_folder_elsewhere(self, port: int, user: ServerUser) -> Path:
        short = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        for place in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108  # why: see _is_private
            folder = place / f"bousol-{user.uid}-{short}"
            if place.is_dir() and _fits(folder, port) and user.may("-x", place):
                if not _is_private(folder, user):
                    folder = Path(tempfile.mkdtemp(prefix="bousol-", dir=place))
                    user.own(folder)
                return folder
        raise EmbeddedPostgresError(
            f"{self.path} is too long a path for a socket, and no temporary folder can hold it."
        )


def make_folder(path: Path) -> None:
    """Make `path` and what is missing above it; what exists is left alone.

    What root makes may be entered by all, whatever the umask, for the server is another user.
    """
    if path.is_dir():
        return
    if path != path.parent:
        make_folder(path.parent)
    path.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        path.chmod(0o755)


def _fits(folder: Path, port: int) -> bool:
    length = len(os.fsencode(folder / f".s.PGSQL.{port}"))
    return length <= SOCKET_PATH_BYTES_MAX and bool(_PLAIN_PATH.fullmatch(str(folder)))


def _is_private(folder: Path, user: ServerUser) -> bool:
    """Whether `folder` is the user's alone, made here when missing.

    The name can be guessed, so another user may have put something there first.
    """
    try:
        folder.mkdir(mode=0o700)
        user.own(folder)
    except FileExistsError:
        pass
    state = folder.lstat()
    return (
        stat.S_ISDIR(state.st_mode)
        and state.st_uid == user.uid
        and stat.S_IMODE(state.st_mode) & 0o077 == 0
    )
