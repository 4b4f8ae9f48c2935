"""The README's commands are those CI runs, and its table names every folder."""

import re
from pathlib import Path

from tests.tidy.tree import text, tracked


def made(page):
    """The `make` commands of a text, without their variables and remarks."""
    return re.findall(r"^ *(make \w+)", text(Path(page)), flags=re.MULTILINE)


def test_the_readmes_commands_are_the_ones_ci_runs():
    assert made("README.md") == ["make demo", "make test"]
    assert made(".ci/run") == ["make check", *made("README.md")]


def test_the_readme_names_the_role_of_every_folder():
    folders = {path.parts[0] for path in tracked() if len(path.parts) > 1}
    visible = {folder for folder in folders if not folder.startswith(".")}
    named = set(re.findall(r"^\| `(\w+)/` \| \S", text(Path("README.md")), flags=re.MULTILINE))
    assert named >= visible


def test_every_target_of_the_makefile_is_explained():
    rules = re.findall(r"^([a-z]+):(.*)$", text(Path("Makefile")), flags=re.MULTILINE)
    assert [name for name, rest in rules if "## " not in rest] == []
