"""Figures as their readers write them: 1 234,50 € in French, 1,234.50 € in English.

Grouping, decimal sign and spaces are those of the CLDR (babel); amounts come as whole minor units
and reach babel as text, so that no float is ever near money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from babel.numbers import format_decimal

from ledger.chart import NOTE_FACES, Commodity

Language = Literal["fr", "en"]
"""The languages everything is said in; French first."""

_LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
_TWO_DECIMALS: Final = "#,##0.00"
_NBSP: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Figures:
    """How one reader sees figures.

    Attributes:
        language: whose signs and spaces.
        symbol: of the local currency, after its amounts.
    """

    language: Language = "fr"
    symbol: str = "B"

    def amount(self, minor: int, commodity: Commodity) -> str:
        """2100 of BSL is "21,00 B", 2 notes of 20 are "2 × 20 B"; no line breaks inside."""
        if commodity in NOTE_FACES:
            face = self.count(NOTE_FACES[commodity])
            return _NBSP.join((self.count(minor), "×", face, self.symbol))
        unit = "€" if commodity is Commodity.EUR else self.symbol
        return f"{self._hundredths(minor)}{_NBSP}{unit}"

    def euros(self, cents: int) -> str:
        """2000 is "20,00 €"."""
        return self.amount(cents, Commodity.EUR)

    def bousols(self, cents: int) -> str:
        """2100 is "21,00 B"."""
        return self.amount(cents, Commodity.BSL)

    def count(self, number: int) -> str:
        """1234 is "1 234" with a narrow space, or "1,234"."""
        return str(format_decimal(number, locale=_LOCALES[self.language]))

    def ratio(self, part: int, whole: int) -> str:
        """2000 of 2100 is "95,23 %", rounded down so that nothing short of 100 reads as 100.

        A ratio to nothing is a dash.
        """
        if not whole:
            return "–"
        space = _NBSP if self.language == "fr" else ""
        return f"{self._hundredths(part * 10_000 // whole)}{space}%"

    def _hundredths(self, minor: int) -> str:
        units, cents = divmod(abs(minor), 100)
        text = f"{'-' if minor < 0 else ''}{units}.{cents:02}"
        locale = _LOCALES[self.language]
        return str(format_decimal(text, format=_TWO_DECIMALS, locale=locale))
