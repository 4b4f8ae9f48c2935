"""What can go wrong with the embedded server, each told in one sentence."""

import errno
import re
from pathlib import Path

from api.failures import Failure

NEEDED = "300 MB"


class EmbeddedPostgresError(Failure):
    """The embedded server cannot be had; the text is the one sentence a person reads."""


# What the system says no with, and the sentence it becomes; {path} is the place it was about.
_SYSTEM = {
    errno.ENOSPC: f"The disk that holds {{path}} is full: a new server needs {NEEDED}.",
    errno.EDQUOT: "The disk quota that covers {path} is used up.",
    errno.EFBIG: "The limit on the size of a file (ulimit -f) is too small for {path}.",
    errno.EROFS: "{path} is on a read-only file system; choose another home.",
    errno.EACCES: "{path} may not be used by {user}; choose another home or another user.",
    errno.EPERM: "{path} may not be used by {user}; choose another home or another user.",
    errno.ENOTDIR: "{path} needs a folder where there is a file.",
    errno.EEXIST: "{path} needs a folder where there is a file.",
}

_SETTING = "|".join(  # noqa: FLY002  # why: one pattern a line
    (
        "unrecognized configuration parameter",
        "(invalid value|requires a .* value) for parameter",
        "is outside the valid range for parameter",
    )
)
_DAMAGE = "|".join(  # noqa: FLY002  # why: one pattern a line
    (
        "could not find the database system",
        "database files are incompatible with server",
        "control file",
        "checkpoint record",
        "not a valid data directory",
        "data directory .* has invalid",
        "could not (open|read|access) (file|directory)",
    )
)
_DAMAGED = (
    "The data in {path} is damaged ({line}); restore a copy, or move the folder away to begin an"
    " empty one; the log is {log}."
)

# What PostgreSQL says, and the sentence it becomes; {line} is its own line.
_SERVER = (
    (r"shared memory segment .*No space left", "The shared memory (/dev/shm) is full: {line}."),
    (r"No space left on device", _SYSTEM[errno.ENOSPC]),
    (r"Disk quota exceeded", _SYSTEM[errno.EDQUOT]),
    (r"File too large|SIGXFSZ|signal 25", _SYSTEM[errno.EFBIG]),
    (r"Read-only file system", _SYSTEM[errno.EROFS]),
    (r"Permission denied", "The server may not use one of its files: {line}; the log is {log}."),
    (r"could not map anonymous shared memory", "There is not enough memory: {line}."),
    (
        r"could not (bind|create) .*(already in use|TCP/IP sockets)",
        "The port {port} of this machine is already in use; choose another port.",
    ),
    (_SETTING, "PostgreSQL refuses a setting: {line}."),
    (_DAMAGE, _DAMAGED),
)
_OTHER = "PostgreSQL did not start on {path}: {line}; the log is {log}."
# Not what ended it: the answer to a client that came too early.
_PASSING = r"(?!the database system is|sorry, too many clients)"
_GRAVE = re.compile(rf"(?:FATAL|PANIC|[Ee]rror|postgres):\s+{_PASSING}(.*)")
_TELLING = re.compile(rf"(?:FATAL|PANIC|[Ee]rror|postgres|LOG|ERROR):\s+{_PASSING}(.*)")


def from_system(error: OSError, *, path: Path, user: str) -> EmbeddedPostgresError:
    """The sentence for what the system refused; `path` when it names no place of its own."""
    place = error.filename if isinstance(error.filename, str) else path
    form = _SYSTEM.get(error.errno or 0, "{path} cannot be used: {reason}.")
    return EmbeddedPostgresError(form.format(path=place, user=user, reason=error.strerror))


def is_grave(output: str) -> bool:
    """Whether the output says why the server gave up, as it does unless it was killed."""
    return _GRAVE.search(output) is not None


def from_server(
    output: str, *, path: Path, log: Path, port: int | None = None
) -> EmbeddedPostgresError:
    """The sentence for what initdb or the server wrote before it gave up."""
    lines = [line.strip().rstrip(".") for line in _TELLING.findall(output) or output.split("\n")]
    for pattern, form in _SERVER:
        for line in lines:
            if re.search(pattern, line):
                return EmbeddedPostgresError(form.format(line=line, path=path, log=log, port=port))
    grave = _GRAVE.findall(output) or [line for line in lines if line] or ["it said nothing"]
    return EmbeddedPostgresError(_OTHER.format(line=grave[-1].rstrip("."), path=path, log=log))
