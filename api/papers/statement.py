"""A statement: what was there, what came and went line by line, and what is left.

One form for a resident's statement and for a merchant's month: the balance after each line is
added up here from the opening, so that a page never shows a total its own lines do not make.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from api.papers.days import in_figures, in_words
from api.papers.sheet import DEEP, EDGE, FOAM, INK_2, SUNK, WHITE, WIDTH, Sheet, Type
from api.wire.figures import Figures
from ledger.chart import Commodity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from api.wire.figures import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "period": "Du {} au {}",
        "day": "Date",
        "what": "Opération",
        "amount": "Montant",
        "balance": "Solde",
        "opening": "Solde au début",
        "closing": "Solde à la fin",
        "came": "Total reçu",
        "went": "Total sorti",
        "none": "Aucune opération sur cette période.",
        "page": "{} · page {}",
    },
    "en": {
        "period": "From {} to {}",
        "day": "Date",
        "what": "Operation",
        "amount": "Amount",
        "balance": "Balance",
        "opening": "Balance at the beginning",
        "closing": "Balance at the end",
        "came": "Total received",
        "went": "Total paid out",
        "none": "No operation in this period.",
        "page": "{} · page {}",
    },
}
_LEFT, _RIGHT, _FOOT = 18.0, WIDTH - 18.0, 279.0
_AMOUNT, _BALANCE = 160.0, WIDTH - 20.0
_WHAT: Final = 46.0
_ROW: Final = 6.0
"""Of a table: an ordinary month stays on one page."""
_BODY: Final = Type(10.5, leading=1.3)
_BOLD: Final = Type(10.5, bold=True)
_FINE: Final = Type(9, colour=INK_2)


class Line(NamedTuple):
    """One movement: minor units, negative when they left."""

    day: date
    what: str
    amount_minor: int


class Table(NamedTuple):
    """A small table behind the lines, such as the entries to post, all of it text.

    Attributes:
        figures: how many of the last columns are figures, which stand at the right.
    """

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    figures: int = 1


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What a statement says.

    Attributes:
        holder: lines, the name first.
        first, last: days of the period, both within it.
        opening_minor: before the first line, in minor units of `commodity`.
        tables: printed after the lines, with their totals made by the caller.
    """

    title: str
    holder: tuple[str, ...]
    reference: str
    first: date
    last: date
    opening_minor: int
    lines: Sequence[Line]
    commodity: Commodity = Commodity.BSL
    tables: Sequence[Table] = ()
    note: str = ""

    @property
    def closing_minor(self) -> int:
        """What is left after the last line."""
        return self.opening_minor + sum(line.amount_minor for line in self.lines)


def statement(facts: StatementFacts, language: Language = "fr") -> bytes:
    """As many A4 pages as its lines need, as PDF."""
    return _Pages(facts, language).bytes()


class _Pages:
    def __init__(self, facts: StatementFacts, language: Language) -> None:
        self.facts, self.words = facts, WORDS[language]
        self.language: Language = language
        self.figures = Figures(language)
        self.sheet = Sheet(facts.title, language=language, on=facts.last)
        self.page, self.y = 1, 0.0

    def bytes(self) -> bytes:
        self._first_head()
        self._lines()
        self._totals()
        for table in self.facts.tables:
            self._table(table)
        if self.facts.note:
            self._room(14)
            self.y = self.sheet.block(self.facts.note, _LEFT, self.y + 4, _RIGHT - _LEFT, _FINE)
        self._foot()
        return self.sheet.bytes()

    def _first_head(self) -> None:
        facts, sheet = self.facts, self.sheet
        sheet.brand(_LEFT, 14, 13)
        name, *rest = facts.holder
        lines, look = sheet.fitted(name, (80, 12), Type(12, bold=True))
        after = sheet.rows(lines, 112, 22, look)
        for line in rest:
            (shown, *_), small = sheet.fitted(line, (80, 5), Type(10.5))
            sheet.put(shown, 112, after, small)
            after += 5
        lines, look = sheet.fitted(facts.title, (_RIGHT - _LEFT, 11), Type(22, bold=True))
        sheet.rows(lines, _LEFT, 56, look)
        days = (in_words(day, self.language) for day in (facts.first, facts.last))
        sheet.put(self.words["period"].format(*days), _LEFT, 63.5, Type(12, colour=INK_2))
        sheet.put(facts.reference, _RIGHT, 63.5, _FINE, "R")
        self.y = 70
        self._heads()

    def _heads(self) -> None:
        sheet, y, look = self.sheet, self.y, Type(10, bold=True, colour=WHITE)
        sheet.panel((_LEFT, y, _RIGHT - _LEFT, 8), DEEP, radius=1.5)
        base = y + 5.4
        sheet.put(self.words["day"], _LEFT + 2, base, look)
        sheet.put(self.words["what"], _WHAT, base, look)
        sheet.put(self.words["amount"], _AMOUNT, base, look, "R")
        sheet.put(self.words["balance"], _BALANCE, base, look, "R")
        self.y = y + 8

    def _lines(self) -> None:
        facts = self.facts
        self._sum(self.words["opening"], facts.opening_minor)
        if not facts.lines:
            self.sheet.put(self.words["none"], _WHAT, self.y + 5.2, _BODY)
            self.y += 8
        for number, (line, balance) in enumerate(self._balances()):
            self._line(line, balance, shaded=number % 2 == 1)

    def _balances(self) -> Iterator[tuple[Line, int]]:
        lines = self.facts.lines
        after = accumulate((line.amount_minor for line in lines), initial=self.facts.opening_minor)
        next(after)
        return zip(lines, after, strict=True)

    def _line(self, line: Line, balance: int, *, shaded: bool) -> None:
        words = self.sheet.lines_of(line.what, _AMOUNT - 27 - _WHAT, _BODY)[:3]
        height = 3 + len(words) * _BODY.line
        self._room(height, heads=True)
        if shaded:
            self.sheet.panel((_LEFT, self.y, _RIGHT - _LEFT, height), FOAM)
        base = self.y + 5.2
        self.sheet.put(in_figures(line.day), _LEFT + 2, base, _BODY)
        self.sheet.rows(words, _WHAT, base, _BODY)
        self.sheet.put(self._signed(line.amount_minor), _AMOUNT, base, _BODY, "R")
        self.sheet.put(self._money(balance), _BALANCE, base, _BODY, "R")
        self.y += height

    def _totals(self) -> None:
        amounts = [line.amount_minor for line in self.facts.lines]
        self._room(28)
        self.sheet.line(_LEFT, self.y + 0.5, _RIGHT, EDGE)
        came, went = sum(a for a in amounts if a > 0), sum(a for a in amounts if a < 0)
        for word, total in (("came", came), ("went", went)):
            self.sheet.put(self.words[word], _WHAT, self.y + 6, _BODY)
            self.sheet.put(self._signed(total), _AMOUNT, self.y + 6, _BODY, "R")
            self.y += 6
        self.y += 2
        self._sum(self.words["closing"], self.facts.closing_minor)

    def _sum(self, word: str, minor: int) -> None:
        self.sheet.panel((_LEFT, self.y, _RIGHT - _LEFT, 8), SUNK)
        self.sheet.put(word, _WHAT, self.y + 5.4, _BOLD)
        self.sheet.put(self._money(minor), _BALANCE, self.y + 5.4, _BOLD, "R")
        self.y += 8

    def _table(self, table: Table) -> None:
        self._room(24)
        self.y += 9
        self.sheet.put(table.title, _LEFT, self.y, Type(14, bold=True))
        self.y += 3
        looks = ((table.heads, _BOLD), *((row, _BODY) for row in table.rows))
        ends = list(accumulate(self._widths(looks), initial=_LEFT))
        for row, look in looks:
            self._row(row, ends, table.figures, look)

    def _widths(self, looks: Sequence[tuple[tuple[str, ...], Type]]) -> list[float]:
        """Of each column: what its longest text takes, and its part of what is left or missing."""
        widest = [
            max(self.sheet.width_of(row[column], look) for row, look in looks) + 4
            for column in range(len(looks[0][0]))
        ]
        spare = (_RIGHT - _LEFT - sum(widest)) / sum(widest)
        return [width * (1 + spare) for width in widest]

    def _row(self, row: tuple[str, ...], ends: list[float], figures: int, look: Type) -> None:
        self._room(_ROW)
        for column, text in enumerate(row):
            left, right = ends[column], ends[column + 1]
            (shown, *_), small = self.sheet.fitted(text, (right - left - 3, look.line), look)
            if column >= len(row) - figures:
                self.sheet.put(shown, right - 2, self.y + 4.4, small, "R")
            else:
                self.sheet.put(shown, left + 2, self.y + 4.4, small)
        self.y += _ROW
        self.sheet.line(_LEFT, self.y, _RIGHT, SUNK)

    def _room(self, height: float, *, heads: bool = False) -> None:
        """A new page when the rest of this one is too short."""
        if self.y + height <= _FOOT:
            return
        self._foot()
        self.sheet.pdf.add_page()
        self.page, self.y = self.page + 1, 18
        if heads:
            self._heads()

    def _foot(self) -> None:
        title = self.words["page"].format(self.facts.reference, self.page)
        self.sheet.put(title, _RIGHT, 289, _FINE, "R")

    def _money(self, minor: int) -> str:
        return self.figures.amount(minor, self.facts.commodity).replace("-", "−")

    def _signed(self, minor: int) -> str:
        sign = "+" if minor > 0 else ""
        return f"{sign}{self._money(minor)}"
