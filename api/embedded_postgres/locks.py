"""Kernel locks on files: a client's claim, a starter's turn, the watchdog's sign of life.

The kernel drops a lock when the last process that holds the open file is gone, however it died:
that makes the count of clients crash-proof. A lock belongs to the open file, so a forked child
shares its parent's; O_CLOEXEC keeps it from programs that a client executes.
"""

import fcntl
import os
import time
from pathlib import Path

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX
_PAUSE_SECONDS = 0.005


def open_lock(path: Path) -> int:
    """An open file of its own on `path`, made when missing; nobody else may read it."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(lock: int, kind: int) -> bool:
    """Take the lock if that is possible now."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for(lock: int, kind: int, *, deadline: float) -> bool:
    """Take the lock, or give up at `deadline` on the monotonic clock."""
    while not try_lock(lock, kind):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def release(lock: int) -> None:
    """Drop the lock at once, for a child forked meanwhile too, and close the file."""
    fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)


def is_available(path: Path, kind: int) -> bool:
    """Whether the lock could be taken now, tried on an open file of our own."""
    lock = open_lock(path)
    try:
        return try_lock(lock, kind)
    finally:
        release(lock)
