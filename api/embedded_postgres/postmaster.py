"""What the server says of itself in `postmaster.pid`, and whether it is true."""

import contextlib
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

_LINES = 8


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
        """Whether it is ready and accepts connections now."""
        if self.status != "ready":
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self.socket_path))
            except OSError:
                return False
        return True

    def lives(self) -> bool:
        """Whether its process exists and is a server on this data, ready or not."""
        try:
            command = Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except OSError:
            return not Path("/proc/self").exists() and _exists(self.pid)
        return os.fsencode(self.data) in command.split(b"\0")

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


def remove_misleading_files(data: Path, socket_path: Path) -> None:
    """Remove what a dead server left when its process id is another program's now, or a zombie's.

    PostgreSQL takes any living process of that id for a server of its own and would refuse to
    start; it happens in containers, where ids are few. To be called when no server is watched: one
    that lives on this data nevertheless keeps its files.
    """
    found = read_postmaster(data)
    if found is not None and (found.lives() or found.answers()):
        return
    (data / "postmaster.pid").unlink(missing_ok=True)
    socket_path.with_name(f"{socket_path.name}.lock").unlink(missing_ok=True)


def end_orphans(data: Path) -> None:
    """End what a killed server left at work on `data`, so that another one may start.

    A busy process notices only at its next pause that its server is gone, and until then holds
    the memory. Nothing it does counts any more: recovery goes by the log on the disk.
    """
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # Gone meanwhile, or another user's.
            title = (process / "cmdline").read_bytes()
            if title.startswith(b"postgres: ") and (process / "cwd").readlink() == data:
                os.kill(int(process.name), signal.SIGKILL)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
