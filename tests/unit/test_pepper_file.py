"""The file of the pepper: made once, whole, for its owner alone."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.failures import Failure
from api.installation.pepper_file import load_pepper
from api.settings import Settings


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.delenv("BOUSOL_PEPPER_FILE", raising=False)
    return Settings(home=tmp_path / "home")


def test_the_first_start_makes_it_and_every_other_reads_it(settings):
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: load_pepper(settings), range(24)))
    assert len(set(made)) == 1
    path = settings.home / "pepper"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in settings.home.iterdir()] == ["pepper"]


def test_a_file_with_a_place_of_its_own_is_read_and_never_made(settings, tmp_path):
    own = tmp_path / "own"
    named = settings.model_copy(update={"pepper_file": own})
    with pytest.raises(Failure, match="cannot be read"):
        load_pepper(named)
    own.write_bytes(bytes(range(40)))
    own.chmod(0o640)
    with pytest.raises(Failure, match="its mode must be 600"):
        load_pepper(named)
    own.chmod(0o600)
    assert load_pepper(named).secret == bytes(range(40))
    own.write_bytes(b"short")
    with pytest.raises(Failure, match="too short"):
        load_pepper(named)
    assert not settings.home.exists()
