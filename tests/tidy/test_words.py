"""Nothing tracked holds an unfinished thought, a place of one machine or of one registry."""

import re
from itertools import pairwise

from tests.tidy.tree import lines_matching, text, tracked

# Put together here, so that this file holds none of them.
UNFINISHED = re.compile(
    r"\b(" + "|".join(["FIX" + "ME", "TO" + "DO", "X" * 3, "HA" + "CK"]) + r")\b"
)
MACHINE_PATH = re.compile(r"(?<![\w.~$}*-])/(work|root|home|farm|Users|mnt)/[\w.]")
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
            ("anaconda", "org"),
        ]
    )
)
LOCKS = ("requirements*.txt", "*.lock", "*package-lock.json", "*pylock*.toml")


def test_no_thought_is_left_unfinished():
    assert lines_matching(UNFINISHED, tracked()) == []


def test_no_path_of_one_machine_is_tracked():
    assert lines_matching(MACHINE_PATH, tracked()) == []


def test_no_package_registry_is_named():
    assert lines_matching(REGISTRIES, tracked()) == []


def test_a_lock_file_holds_hashes_and_no_address():
    locks = [path for pattern in LOCKS for path in tracked(pattern)]
    assert locks != []
    assert lines_matching(re.compile("https?://"), locks) == []


def test_every_ignored_finding_says_why_on_its_line_or_the_one_above():
    # why: the pattern names what it looks for.
    ignored = re.compile(r"#\s*(noqa|type: ignore|pyright: ignore|pragma: no (cover|branch))")
    unexplained = []
    for path in tracked("*.py"):
        lines = ["", *text(path).splitlines()]
        unexplained += [
            f"{path}:{number}: {line.strip()}"
            for number, (above, line) in enumerate(pairwise(lines), 1)
            if ignored.search(line) and "why:" not in above + line
        ]
    assert unexplained == []
