"""The words and flags of a shop for a month, A4: what a payer's green screen must show each day.

Who has it can paint a screen that looks true: it says so, and where to keep it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from babel.dates import format_date

from api.papers import flag
from api.papers.sheet import EDGE, FOAM, INK_2, SUNK, WIDTH, Sheet, Type

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from api.wire.figures import Language
    from merchants.signals import Signal

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Mots et pavillons du jour",
        "how": "Sur l’écran vert du client : le mot et le pavillon du jour. "
        "Sinon, le paiement n’est pas vrai.",
        "keep": "À garder côté vendeur. Ne laissez personne la photographier.",
        "printed": "Imprimé le {}",
    },
    "en": {
        "title": "Words and flags of the day",
        "how": "On the customer’s green screen: the word and the flag of the day. "
        "If not, the payment is not true.",
        "keep": "Keep this on the seller’s side. Let nobody photograph it.",
        "printed": "Printed on {}",
    },
}
_LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
_LEFT: Final = 16.0
_TOP: Final = 62.0
_ROW: Final = 13.9
_ROWS: Final = 16
_COLUMN: Final = 91.5
_FLAG: Final = 15.4
_MONDAY: Final = 0


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """What a sheet says.

    Attributes:
        name: of the shop.
        signs: each day of the month with its sign, in order.
    """

    name: str
    town: str
    signs: Sequence[tuple[date, Signal]]
    printed_on: date


def month_sheet(facts: MonthFacts, language: Language = "fr") -> bytes:
    """One A4 page as PDF."""
    words, first = WORDS[language], facts.signs[0][0]
    month = str(format_date(first, "LLLL y", locale=_LOCALES[language]))
    title = f"{words['title']} · {month} · {facts.name}"
    sheet = Sheet(title, language=language, on=facts.printed_on)
    _head(sheet, facts, words, month)
    for index, (day, sign) in enumerate(facts.signs):
        column, row = divmod(index, _ROWS)
        _day(sheet, day, sign, (_LEFT + column * _COLUMN, _TOP + row * _ROW), language)
    printed = words["printed"].format(f"{facts.printed_on:%d/%m/%Y}")
    sheet.put(printed, WIDTH - _LEFT, 290, Type(9, colour=INK_2), "R")
    sheet.put(words["keep"], _LEFT, 290, Type(10, bold=True))
    return sheet.bytes()


def _head(sheet: Sheet, facts: MonthFacts, words: dict[str, str], month: str) -> None:
    sheet.brand(_LEFT, 12, 12)
    sheet.put(month[0].upper() + month[1:], WIDTH - _LEFT, 21, Type(20, bold=True), "R")
    sheet.put(words["title"], _LEFT, 37, Type(20, bold=True))
    lines, look = sheet.fitted(f"{facts.name}, {facts.town}", (80, 6), Type(12, bold=True))
    sheet.put(lines[0], WIDTH - _LEFT, 36.5, look, "R")
    sheet.block(words["how"], _LEFT, 45, WIDTH - 2 * _LEFT, Type(12, leading=1.25))


def _day(
    sheet: Sheet, day: date, sign: Signal, at: tuple[float, float], language: Language
) -> None:
    x, y = at
    wide = _COLUMN - 5
    if day.weekday() == _MONDAY:
        sheet.line(x, y, x + wide, EDGE)
    sheet.panel((x, y + 0.6, wide, _ROW - 1.2), SUNK if day.weekday() > _FRIDAY else FOAM, radius=2)
    name = str(format_date(day, "EEE", locale=_LOCALES[language])).rstrip(".")
    sheet.put(name, x + 2.5, y + 5.6, Type(9, colour=INK_2))
    sheet.put(str(day.day), x + 2.5, y + 11.3, Type(15, bold=True))
    flag.draw(sheet, sign.flag, x + 13.5, y + (_ROW - _FLAG * flag.RATIO) / 2, _FLAG)
    sheet.put(sign.word, x + 32, y + 7, Type(15, bold=True))
    lines, look = sheet.fitted(sign.flag.said(language), (wide - 33, 3.4), Type(8.5, colour=INK_2))
    sheet.put(lines[0], x + 32, y + 11.5, look)


_FRIDAY: Final = 4
