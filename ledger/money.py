"""Amounts: whole minor units of one commodity, never a float.

A minor unit is a cent of a euro or of a Bou'Sol, or one note. Decimal text is for forms, files
and eyes only; `str` writes it, nothing here reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.chart import NOTE_FACES, Commodity

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, order=True)
class Amount:
    """Whole minor units of one commodity: `Amount(Commodity.EUR, 20_00)` is 20.00 EUR.

    Adding or comparing two commodities can only be a bug, and fails an assertion.
    """

    commodity: Commodity
    minor: int

    def __post_init__(self) -> None:
        assert type(self.minor) is int, self.minor

    def __add__(self, other: Amount) -> Amount:
        return Amount(self._shared_with(other), self.minor + other.minor)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self._shared_with(other), self.minor - other.minor)

    def __str__(self) -> str:
        if self.commodity in NOTE_FACES:
            return f"{self.minor} {self.commodity.name}"
        units, cents = divmod(abs(self.minor), 100)
        return f"{'-' if self.minor < 0 else ''}{units}.{cents:02} {self.commodity.name}"

    def _shared_with(self, other: Amount) -> Commodity:
        assert self.commodity is other.commodity, (self, other)
        return self.commodity


def euros(cents: int) -> Amount:
    """Euro-cents as an amount: `euros(7_35)` is 7.35 EUR."""
    return Amount(Commodity.EUR, cents)


def bousols(cents: int) -> Amount:
    """Hundredths of a Bou'Sol as an amount: `bousols(7_71)` is 7.71 BSL."""
    return Amount(Commodity.BSL, cents)


def face_cents(notes: Mapping[Commodity, int]) -> int:
    """What notes are worth, in hundredths of a Bou'Sol: 2 x 20, 1 x 10 and 1 x 2 make 52_00."""
    assert all(count >= 0 for count in notes.values()), notes
    return sum(100 * NOTE_FACES[note] * count for note, count in notes.items())
