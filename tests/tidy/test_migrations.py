"""Migrations go forward only: what has landed is what every database in use was made with."""

import hashlib
import re
import tomllib
from pathlib import Path

from tests.tidy.tree import text, tracked

LANDED = tomllib.loads(text(Path("migrations/landed.toml")))
VERSIONS = [
    path.name for path in tracked("migrations/versions/*") if path.suffix in {".py", ".sql"}
]


def test_a_migration_that_has_landed_does_not_change():
    found = {
        name: hashlib.sha256(text(Path("migrations/versions") / name).encode()).hexdigest()
        for name in VERSIONS
    }
    changed = {name for name in LANDED if found.get(name) != LANDED[name]}
    assert changed == set(), "write a new migration instead"
    assert set(found) == set(LANDED), "list the new migration in migrations/landed.toml"


def test_migrations_are_numbered_without_a_gap_and_each_follows_the_one_before():
    numbers = sorted({name[:4] for name in VERSIONS})
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    for name in VERSIONS:
        if name.endswith(".py"):
            before = re.search(r'^down_revision = (?:"(\d{4})"|None)', text(
                Path("migrations/versions") / name), re.MULTILINE)  # fmt: skip
            assert before is not None, name
            assert int(before[1] or 0) == int(name[:4]) - 1, name
