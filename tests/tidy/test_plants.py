"""Bugs that are planted at night can be planted: their text stands once, their test is there."""

from collections import Counter
from pathlib import Path

import pytest

from tests.night.plants import PLANTS
from tests.night.plants_rooms import ROOMS

ALL = (*PLANTS, *ROOMS)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("plant", ALL, ids=lambda plant: plant.name)
def test_a_bug_can_be_planted_where_it_says_and_its_test_is_there(plant):
    for file, old, new in plant.changes:
        assert old != new
        assert (ROOT / file).read_text(encoding="utf-8").count(old) == 1, (file, old)
    file, _, test = plant.caught_by.partition("::")
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not test or f"def {test.partition('[')[0]}(" in text, plant.caught_by


def test_no_two_have_one_name():
    assert max(Counter(plant.name for plant in ALL).values()) == 1
