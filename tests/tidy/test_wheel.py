"""The wheel holds every file of the five packages, and what is installed from it runs."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.tidy.tree import ROOT, tracked

PACKAGES = ("ledger", "merchants", "admin", "api", "migrations")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [f"{sys.prefix}/bin/hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("bousol-*.whl"))


def test_the_wheel_holds_every_tracked_file_of_the_packages_and_no_other_folder(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {str(path) for path in tracked() if path.parts[0] in PACKAGES} <= names
    folders = {Path(name).parts[0] for name in names}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_holds_the_scripts_that_were_brought_at_set_up(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    brought = {str(path.relative_to(ROOT)) for path in (ROOT / "api/static/vendor").rglob("*.*")}
    assert {Path(name).suffix for name in brought} >= {".js", ".wasm"}
    assert brought <= names


def test_what_the_wheel_installs_runs_from_another_folder(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    program = "import api.cli; print(api.cli.__file__); api.cli.main(['--help'])"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-P", "-c", program]
    told = subprocess.run(command, cwd="/", env=environment, check=True, capture_output=True)
    assert told.stdout.decode().startswith(f"{tmp_path}/api/cli.py\nUsage:")
