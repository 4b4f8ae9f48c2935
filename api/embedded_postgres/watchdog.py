"""The watchdog: starts the server, and stops it when the last client is gone, however it died.

Run as a program of its own, with the standard library only:
    watchdog.py HOME SOCKET_FOLDER UID GID ADOPTED_PID COMMAND...
SOCKET_FOLDER is removed at the end when it is not below HOME. UID and GID are -1 to stay who we
are. ADOPTED_PID is 0 to start COMMAND, else a running server whose watchdog died. Standard output
is a pipe to the starter: a line says that we watch, its end that we are gone. Standard error is
the log.

It holds `watchdog.lock` for as long as it lives and waits for `clients.lock`, which the kernel
grants when no client is left. It keeps that one until the server is down, so that a new client
waits for the end of the old server before it starts another.
"""

import contextlib
import fcntl
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

# A fast stop writes a checkpoint; when that lasts longer we stop at once, which is as safe.
FAST_STOP_SECONDS = 60
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_TAKEOVER_SECONDS = 1.0
_POLL_SECONDS = 0.2


def main(
    home: str, socket_folder: str, uid: int, gid: int, adopted_pid: int, command: list[str]
) -> NoReturn:
    """Watch until the server is gone; the calling process ends at once, so that nobody waits."""
    if os.fork():
        os._exit(0)
    os.setsid()
    # Python's own handler would swallow a signal that our child gets before it becomes the server.
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    take_watch(f"{home}/watchdog.lock")
    clients = os.open(f"{home}/clients.lock", os.O_RDWR | os.O_CLOEXEC)
    become(uid, gid)  # First: what is still root could not be stopped.
    pid = adopted_pid or start(command)
    send, wait = handle(pid, is_child=not adopted_pid)
    for number in STOP_SIGNALS:
        signal.signal(number, lambda *_: send(signal.SIGINT))
    with contextlib.suppress(BrokenPipeError):  # The starter was killed.
        os.write(1, b"watching\n")
    threading.Thread(target=stop_after_last_client, args=(clients, send), daemon=True).start()
    wait()
    if not adopted_pid:
        os.waitpid(pid, 0)
    if not socket_folder.startswith(f"{home}/"):
        with contextlib.suppress(OSError):
            os.rmdir(socket_folder)  # noqa: PTH106  # why: pathlib is slow to load
    os._exit(0)


def take_watch(path: str) -> None:
    """Become the watchdog of this home, or end when another one is."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    end = time.monotonic() + _TAKEOVER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:  # Perhaps only somebody who looks whether a watchdog lives.
            if time.monotonic() > end:
                os._exit(1)
            time.sleep(0.005)
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())


def start(command: list[str]) -> int:
    """Start the server as our child: its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.dup2(2, 1)  # The pipe to the starter stays ours alone.
        os.execv(command[0], command)  # noqa: S606  # why: the starter's command, without a shell
    except OSError as error:
        os.write(2, f"FATAL:  could not execute {command[0]}: {error.strerror}\n".encode())
    os._exit(127)


def become(uid: int, gid: int) -> None:
    """Give up root for the server's user."""
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def handle(pid: int, *, is_child: bool) -> tuple[Callable[[int], None], Callable[[], None]]:
    """How to signal the process `pid`, and how to wait for its end.

    Where the system has them, a process file is used: a later process of the same id is never hit.
    """
    try:
        process = os.pidfd_open(pid)
    except (AttributeError, OSError):
        return handle_by_id(pid, is_child=is_child)

    def send(number: int) -> None:
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(process, number)

    def wait() -> None:
        select.select([process], [], [])

    return send, wait


def handle_by_id(pid: int, *, is_child: bool) -> tuple[Callable[[int], None], Callable[[], None]]:
    """The same where there are no process files, as on macOS."""

    def send(number: int) -> None:
        with contextlib.suppress(OSError):
            os.kill(pid, number)

    def wait() -> None:
        with contextlib.suppress(ProcessLookupError):
            while not (is_child and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)):
                os.kill(pid, 0)
                time.sleep(_POLL_SECONDS)

    return send, wait


def stop_after_last_client(clients: int, send: Callable[[int], None]) -> None:
    """Wait until no client is left, then stop the server; its end ends the process."""
    fcntl.flock(clients, fcntl.LOCK_EX)
    for _ in range(FAST_STOP_SECONDS):
        send(signal.SIGINT)  # Once is enough; the server ignores the others.
        time.sleep(1)
    send(signal.SIGQUIT)


if __name__ == "__main__":
    _, home_, socket_folder_, *numbers = sys.argv[:6]
    uid_, gid_, adopted_pid_ = map(int, numbers)
    main(home_, socket_folder_, uid_, gid_, adopted_pid_, sys.argv[6:])
