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


ROOM_BYTES = 4 * 1024**3


def place_for_many_files():
    """The memory where it has room: making and removing clusters is what these tests wait for."""
    memory = Path("/dev/shm")
    if memory.is_dir():
        state = os.statvfs(memory)
        room = state.f_bavail * state.f_frsize
        if room > ROOM_BYTES and not state.f_flag & os.ST_NOEXEC:
            return memory
    return Path("/tmp")


@pytest.fixture(scope="session")
def folders():
    """Makes folders that every user may enter, for pytest's own are closed to the server's user.

    They are removed when all tests are done: ext4 is slow to make files where many have just gone.
    """
    made = []

    def make(place):
        folder = Path(tempfile.mkdtemp(prefix="bousol-", dir=place))
        made.append(folder)
        folder.chmod(0o711)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture
def folder(folders):
    return folders(place_for_many_files())


@pytest.fixture
def folder_on_disk(folders):
    return folders("/tmp")


@pytest.fixture(scope="session")
def lasting_folder(folders):
    return folders(place_for_many_files())


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
