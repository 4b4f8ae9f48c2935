"""What the server says of itself in `postmaster.pid`, and whether it is true."""

import contextlib
import os
import signal
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

_LINES = 8
# The shortest question of the protocol; on a socket the answer is always no.
_ASK_FOR_SSL = struct.pack("!ii", 8, 80877103)
_ANSWER_SECONDS_MAX = 5.0
# Empty where the system does not have it, as on macOS.
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A server as its pid file describes it; the file of a dead server stays behind."""

    pid: int
    data: Path
    port: int
    socket_folder: Path
    status: str

    @property
    def socket_path(self) -> Path:
        """Where it listens."""
        return self.socket_folder / f".s.PGSQL.{self.port}"

    def answers(self) -> bool:
        """Whether it is ready and answers a question now.

        A connection alone proves nothing: the system accepts it for a server that is being killed.
        """
        if self.status != "ready":
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(_ANSWER_SECONDS_MAX)
            try:
                probe.connect(str(self.socket_path))
                probe.sendall(_ASK_FOR_SSL)
                return probe.recv(1) == b"N"
            except OSError:
                return False

    def lives(self) -> bool:
        """Whether its process exists and is a server on this data, ready or not."""
        if _PROCESSES.exists():
            return _serves(_PROCESSES / str(self.pid), self.data)
        return _exists(self.pid)

    def durable(self) -> bool:
        """Whether it was started without switching durability off."""
        options = (self.data / "postmaster.opts").read_text(errors="replace")
        return '"fsync=off"' not in options


def read_postmaster(data: Path) -> Postmaster | None:
    """The server that the pid file of `data` describes; None while there is no whole file."""
    try:
        lines = (data / "postmaster.pid").read_text(errors="surrogateescape").split("\n")
    except (FileNotFoundError, NotADirectoryError):
        return None
    if len(lines) < _LINES or not lines[0].isdigit() or not lines[3].strip().isdigit():
        return None
    return Postmaster(
        pid=int(lines[0]),
        data=data,
        port=int(lines[3]),
        socket_folder=Path(lines[4]),
        status=lines[7].strip(),
    )


def is_being_started(data: Path) -> bool:
    """Whether a process is about to serve `data`, though it has not written its pid file yet."""
    return any(_serves(process, data) for process in _PROCESSES.glob("[0-9]*"))


def remove_misleading_files(data: Path, socket_path: Path) -> None:
    """Remove what a dead server left if PostgreSQL would take it for a living server's.

    It takes any living process with the id in the file for a server of its own, though another
    program or a zombie may have it; in containers, where ids are few, that happens. It also gives
    up at an empty file. To be called when no process of this data is there: a server that answers
    from behind a wall, such as another container's, keeps its files.
    """
    found = read_postmaster(data)
    if found is not None and found.answers():
        return
    for path in (data / "postmaster.pid", socket_path.with_name(f"{socket_path.name}.lock")):
        with contextlib.suppress(FileNotFoundError):
            first = path.read_text(errors="replace").partition("\n")[0]
            if not first.isdigit() or _exists(int(first)):
                path.unlink()


def end_orphans(data: Path) -> None:
    """End what a killed server left at work on `data`, so that another one may start.

    A busy process notices only at its next pause that its server is gone, and until then holds
    the memory. Nothing it does counts any more: recovery goes by the log on the disk.
    """
    for process in _PROCESSES.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # Gone meanwhile, or another user's.
            title = (process / "cmdline").read_bytes()
            if title.startswith(b"postgres: ") and (process / "cwd").readlink() == data:
                os.kill(int(process.name), signal.SIGKILL)


def _serves(process: Path, data: Path) -> bool:
    """Whether a process was told to serve `data`: a server, or what becomes one in a moment."""
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    served = (b"postgres", b"-D", os.fsencode(data))
    triples = zip(words, words[1:], words[2:], strict=False)
    return any((program.rpartition(b"/")[2], *option) == served for program, *option in triples)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
