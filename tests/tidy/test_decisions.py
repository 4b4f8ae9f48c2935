"""Decisions are numbered without a gap, and each says what it costs and what it rejected."""

import pytest

from tests.tidy.tree import text, tracked

DECISIONS = sorted(tracked("docs/decisions/*.md"))


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_four_parts(path):
    headings = [line for line in text(path).splitlines() if line.startswith("## ")]
    assert headings[:4] == ["## Context", "## Decision", "## Rejected", "## Consequence"]
