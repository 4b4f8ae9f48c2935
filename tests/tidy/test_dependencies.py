"""Each dependency has its reason, and the lock holds each with its hashes."""

import re
import tomllib
from pathlib import Path

from tests.tidy.tree import rows, text


def named(requirements):
    return [re.split(r"[^a-z0-9-]", requirement)[0] for requirement in requirements]


PROJECT = tomllib.loads(text(Path("pyproject.toml")))
DEPENDENCIES = named(PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"])
LOCK = text(Path("requirements.txt"))


def test_every_dependency_has_a_reason_and_every_reason_a_dependency():
    page = "docs/decisions/0001-dependencies.md"
    assert sorted(rows(page, "dependency") + rows(page, "tool")) == sorted(DEPENDENCIES)


def test_every_dependency_is_locked():
    locked = re.findall(r"^([a-z0-9-]+)==", LOCK, flags=re.MULTILINE)
    assert set(DEPENDENCIES) <= set(locked)


def test_every_locked_package_has_a_hash():
    packages = re.split(r"\n(?=\S)", LOCK.strip())
    assert [package for package in packages if "--hash=sha256:" not in package] == []
