"""A test that has never failed proves nothing: each planted bug is caught by the test named.

The checkout is copied, one text of it replaced, and the very tests of `make test` run there.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest

from tests.database.world import tell
from tests.night.plants import PLANTS as LEDGER
from tests.night.plants_rooms import ROOMS

pytestmark = pytest.mark.night

ROOT = Path(__file__).parents[2]
PLANTS = (*LEDGER, *ROOMS)
PARTS = ("ledger", "merchants", "admin", "api", "migrations", "tests", "docs", "pyproject.toml")
SECONDS_MAX = 120
FAILED = 1  # What pytest returns when tests ran and some failed.
caught: list[str] = []


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the checkout, to plant in."""
    place = tmp_path_factory.mktemp("planted")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(
                ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", "night")
            )
        else:
            shutil.copy(ROOT / part, place / part)
    shutil.copytree(ROOT / "tests/night", place / "tests/night", dirs_exist_ok=True)
    return place


def run(copy, *words):
    """The end of Python in the copy: its code, or None when it had to be ended, and its output."""
    environment = {name: x for name, x in os.environ.items() if not name.startswith("COV")}
    environment |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *words]
    with subprocess.Popen(
        command, cwd=copy, env=environment, stdout=PIPE, stderr=STDOUT, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate(timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, process.communicate()[0]
        return process.returncode, output


def outcome(copy, *names):
    options = ("-q", "-x", "--tb=line", "-p", "no:cacheprovider", "-m", "night or not night")
    return run(copy, "-m", "pytest", *options, *names)


def test_the_copy_is_what_is_tested(copy):
    _, said = run(copy, "-c", "import ledger, tests.database.world as w; print(ledger, w)")
    assert said.count(str(copy)) == 2, said


@pytest.mark.parametrize("name", dict.fromkeys(plant.caught_by for plant in PLANTS))
def test_without_a_planted_bug_the_test_named_passes(copy, name):
    code, said = outcome(copy, name)
    assert code == 0, said[-2000:]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_bug_is_caught(copy, plant):
    originals = {file: (copy / file).read_text(encoding="utf-8") for file, _, _ in plant.changes}
    try:
        for file, old, new in plant.changes:
            text = (copy / file).read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{file} no longer holds {old!r} once: plant anew"
            (copy / file).write_text(text.replace(old, new), encoding="utf-8")
        code, said = outcome(copy, plant.caught_by)
    finally:
        for file, text in originals.items():
            (copy / file).write_text(text, encoding="utf-8")
    assert code in {FAILED, None}, f"not caught:\n{said[-2000:]}"
    failed = [line for line in said.splitlines() if line.startswith("FAILED")]
    caught.append(plant.name)
    tell(f"{plant.name}: {failed[0] if code else 'no end'}")


def test_every_planted_bug_was_caught(capsys):
    with capsys.disabled():
        today = time.strftime("%Y-%m-%d")
        tell(f"\n{today}: {len(caught)} of {len(PLANTS)} planted bugs were caught")
    assert caught == [plant.name for plant in PLANTS]
