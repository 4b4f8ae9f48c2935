import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from api.embedded_postgres import EmbeddedPostgres
from tests.database.embedded.support import processes_of, seconds_until

if not Path("/proc/self/cmdline").exists():
    pytest.skip("these tests look at processes through /proc", allow_module_level=True)


def temporary_folder():
    """A folder that every user may enter: pytest's own is closed to the server's user."""
    made = Path(tempfile.mkdtemp(prefix="bousol-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


folder = pytest.fixture(temporary_folder)
lasting_folder = pytest.fixture(temporary_folder, scope="session")


def must_end(place):
    """Fail when something still serves or watches `place`, and end it."""
    try:
        seconds_until(lambda: not processes_of(place), at_most=5)
    except AssertionError:
        for pid in processes_of(place):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(place, ignore_errors=True)
        raise


@pytest.fixture
def new_home(folder):
    """A home that does not exist yet; its server must be gone when the test's clients are."""
    yield folder / "home"
    must_end(folder / "home")


@pytest.fixture
def home(lasting_folder):
    """The home of a server that was stopped; it must be gone when the test's clients are."""
    place = lasting_folder / "home"
    if not (place / "data").exists():
        with EmbeddedPostgres(place):
            pass
    yield place
    must_end(place)
