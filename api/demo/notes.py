"""Sums in notes: the fewest that make one, of those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.chart import NOTE_FACES, Commodity

if TYPE_CHECKING:
    from collections import Counter

_FACES: Final = sorted(NOTE_FACES.items(), key=lambda pair: -pair[1])


def notes_of(bousols: int, there: Counter[Commodity] | None = None) -> dict[Commodity, int]:
    """So many Bou'Sols in the fewest notes; of those that are there, when it is said."""
    chosen: dict[Commodity, int] = {}
    for note, face in _FACES:
        count = bousols // face if there is None else min(bousols // face, there[note])
        if count:
            chosen[note] = count
            bousols -= count * face
    assert bousols == 0, "the notes that are out do not make this sum"
    return chosen
