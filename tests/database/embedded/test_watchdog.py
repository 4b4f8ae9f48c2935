"""The watchdog's parts, on processes of their own; its whole is tried by test_crashes.py."""

import fcntl
import signal
import subprocess
import threading

import pytest

from api.embedded_postgres import watchdog
from tests.database.embedded.support import seconds_until

STUBBORN = ["sh", "-c", "trap '' INT; echo ready; while :; do sleep 0.05; done"]


@pytest.fixture
def stubborn():
    """A process that does not mind SIGINT, as a server that cannot finish its checkpoint."""
    with subprocess.Popen(STUBBORN, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


@pytest.fixture
def orphan():
    """The id of a process that is nobody's child here, as a server that was taken over."""
    script = "sleep 60 </dev/null >/dev/null 2>&1 & echo $!"
    made = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True)
    return int(made.stdout)


@pytest.mark.parametrize("way", [watchdog.handle, watchdog.handle_by_id])
def test_a_child_is_signalled_and_its_end_is_noticed(way):
    with subprocess.Popen(["sleep", "60"]) as child:
        send, wait = way(child.pid, is_child=True)
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        send(signal.SIGINT)
        waiting.join(2)
        assert not waiting.is_alive()
        assert child.wait() == -signal.SIGINT
        send(signal.SIGINT)  # Too late is no error.


@pytest.mark.parametrize("way", [watchdog.handle, watchdog.handle_by_id])
def test_a_server_taken_over_is_signalled_and_its_end_is_noticed(way, orphan):
    send, wait = way(orphan, is_child=False)
    waiting = threading.Thread(target=wait)
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    send(signal.SIGTERM)
    waiting.join(5)
    assert not waiting.is_alive()


def test_a_server_that_is_gone_already_is_no_error():
    with subprocess.Popen(["true"]) as child:
        child.wait()
        send, wait = watchdog.handle(child.pid, is_child=False)
        send(signal.SIGINT)
        wait()


def test_a_stop_that_takes_too_long_is_made_an_immediate_one(stubborn, folder, monkeypatch):
    monkeypatch.setattr(watchdog, "FAST_STOP_SECONDS", 1)
    with (folder / "clients.lock").open("w") as client, (folder / "clients.lock").open() as lock:
        fcntl.flock(client, fcntl.LOCK_SH)
        send, _ = watchdog.handle(stubborn.pid, is_child=True)
        stopping = threading.Thread(
            target=watchdog.stop_after_last_client, args=(lock.fileno(), send)
        )
        stopping.start()
        stopping.join(0.3)
        assert stubborn.poll() is None, "a client is left"
        fcntl.flock(client, fcntl.LOCK_UN)
        seconds_until(lambda: stubborn.poll() is not None, at_most=5)
        assert stubborn.returncode == -signal.SIGQUIT
        stopping.join()
