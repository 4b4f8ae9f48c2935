"""The two years of the demo, told without a ledger: nothing in them asks for what is not there."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from api.demo.cast import cast
from api.demo.happenings import BringsNotes, SellsNotes
from api.demo.moving import TRANCHE
from api.demo.notes import notes_of
from api.demo.settling import NOTES_EACH
from api.demo.story import DAYS, Story

if TYPE_CHECKING:
    from ledger.chart import Commodity

LAST: Final = date(2026, 11, 28)


@pytest.mark.parametrize("seed", [1, 2, 2026])
def test_a_comptoir_never_runs_out_of_notes(seed: int) -> None:
    """The whole town, not the small one: its first fortnight of want came after 548 days."""
    sold: defaultdict[int, Counter[Commodity]] = defaultdict(Counter)
    out: Counter[Commodity] = Counter()
    for day in Story(cast(seed, days=DAYS, small=False), seed, LAST).days():
        for happening in day.happenings:
            if isinstance(happening, SellsNotes):
                notes = notes_of(TRANCHE.issue(happening.euros_cents).bousol_cents // 100)
                sold[happening.comptoir].update(notes)
                out.update(notes)
            elif isinstance(happening, BringsNotes):
                out.subtract(notes_of(happening.bousols, out))
    assert sold
    assert all(stock <= Counter(NOTES_EACH) for stock in sold.values())


def test_notes_are_the_fewest_there_are() -> None:
    """88 is four twenties, a five, a two and a one; a sum that cannot be made is a mistake."""
    assert sum(notes_of(88).values()) == 7
    with pytest.raises(AssertionError):
        notes_of(3, Counter())
