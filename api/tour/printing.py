"""The tour on a terminal, with colours and a progress bar, or in a pipe as plain text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text as Line

from api.tour import words
from api.tour.rows import rows
from api.tour.stage import RefusedAct, Remark, Shares, Stands
from api.tour.words import spaced
from ledger.chart import Side

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.tour.rows import Row
    from api.tour.stage import Shown
    from api.tour.story import Chapter, Step, Text
    from api.wire.figures import Figures
    from ledger.journal import Recorded
    from ledger.store import Head

WIDTH_MAX: Final = 96
_INDENT: Final = 6
_NAME, _CODE, _AMOUNT = 14, 32, 18
_SHARES_MAX: Final = 5
"""Lines shown of a list of shares; the others are counted."""


class Printer:
    """Says the tour to one reader.

    Args:
        figures: the reader's language and signs.
        code: the code of an account.
        console: where to; the process's own output by default.
    """

    def __init__(
        self, figures: Figures, code: Callable[[int], str], console: Console | None = None
    ) -> None:
        self._figures = figures
        self._code = code
        self.console = console or Console(highlight=False)
        self._width = min(self.console.width, WIDTH_MAX)
        self._lines: list[Line] = []

    def progress(self, total: int) -> Progress:
        """A bar at the foot of a terminal; nothing in a pipe."""
        bar = Progress(
            TextColumn("[dim]{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        bar.add_task(self._said(words.TITLE), total=total)
        return bar

    def pause(self, bar: Progress) -> None:
        """Wait for Enter, with the bar out of the way."""
        bar.stop()
        self.console.input(Line(self._said(words.PAUSE), style="dim"))
        bar.start()

    def flush(self) -> None:
        """Write what was said since the last time, at once, so that the bar is drawn once."""
        self.console.print(*self._lines, sep="\n", soft_wrap=True)
        self._lines.clear()

    def introduction(self) -> None:
        """What the reader will see, and what L, C and R are."""
        self._rule(words.TITLE, "━", "bold")
        self._paragraph(self._said(words.INTRODUCTION))
        self._line()
        for name, meaning in words.LEGEND:
            self._definition(self._said(name), meaning)
        self._line()
        for code, meaning in words.ACCOUNTS:
            self._definition(code, meaning)

    def chapter(self, chapter: Chapter) -> None:
        """The heading of a chapter."""
        self._line()
        self._rule(chapter.title, "─", "bold cyan")

    def step(self, number: int, step: Step) -> None:
        """The number of a step, its flow and its words."""
        self._line()
        head = f"{number:>3}.  "
        text = f"{self._said(step.title)} ({step.flow})" if step.flow else self._said(step.title)
        first, *others = textwrap.wrap(
            text, self._width - _INDENT, break_long_words=False, break_on_hyphens=False
        )
        self._line((head, "dim"), (first, "bold"))
        for other in others:
            self._line((" " * _INDENT, ""), (other, "bold"))

    def shown(self, what: Shown, recorded: list[Recorded]) -> None:
        """What happened: entries, a refusal, a list, or a remark."""
        match what:
            case Stands():
                self._table(what.seqs, rows(recorded, self._code))
            case RefusedAct(refusal):
                self._refusal(refusal.code, words.words_of(refusal, self._figures.language))
            case Shares(lines):
                self._shares(lines)
            case Remark(text):
                self._paragraph(self._said(text), indent=_INDENT)

    def cover(self, head: Head) -> None:
        """L, C, R and both ratios of cover after a step."""
        figures, reserve = self._figures, self._said(words.RESERVE)
        parts = (
            ("L ", figures.euros(head.debt)),
            ("C ", figures.bousols(head.issued)),
            ("R ", figures.count(head.remainder)),
            (f"{reserve}/L ", figures.ratio(head.reserve, head.debt)),
            (f"{reserve}/C ", figures.ratio(head.reserve, head.issued)),
        )
        pieces = [piece for name, value in parts for piece in ((name, "dim"), (f"{value}  ", ""))]
        pieces[-1] = (pieces[-1][0].rstrip(), "")
        self._line((" " * _INDENT, ""), *pieces)

    def proof(self, text: Text, *, mark: str = "▲", style: str = "green") -> None:
        """One thing proved: a green cone, as at the entrance of a harbour."""
        self._paragraph(self._said(text), head=f"{mark} ", style=style)

    def heading(self, text: Text) -> None:
        """The heading of what comes after the last chapter."""
        self._line()
        self._rule(text, "━", "bold")

    def _definition(self, name: str, meaning: Text) -> None:
        margin = " " * (_NAME + 2)
        first, *others = textwrap.wrap(self._said(meaning), self._width - len(margin))
        self._line((f"{name:>{_NAME}}  ", "cyan"), (first, "dim"))
        for other in others:
            self._line((margin, ""), (other, "dim"))

    def _table(self, seqs: tuple[int, ...], lines: list[Row]) -> None:
        self._header(self._numbered(seqs), words.DEBIT, words.CREDIT)
        for row in lines:
            self._row(row)

    def _numbered(self, seqs: tuple[int, ...]) -> str:
        numbers = [self._figures.count(seq) for seq in sorted({seqs[0], seqs[-1]})]
        name = words.ENTRY if len(seqs) == 1 else words.ENTRIES
        until = words.AND if len(seqs) == 2 else words.TO  # noqa: PLR2004  why: a pair
        return f"{self._said(name)} {f' {self._said(until)} '.join(numbers)}"

    def _header(self, title: str, left: Text, right: Text) -> None:
        columns = f"{self._said(left):>{_AMOUNT}}{self._said(right):>{_AMOUNT}}"
        self._line((" " * _INDENT, ""), (f"{title:<{_CODE}}{columns}", "dim"))

    def _row(self, row: Row) -> None:
        amount = self._figures.amount(row.minor, row.commodity)
        if row.times > 1:
            amount = f"{row.times} × {amount}"
        column = _AMOUNT if row.side is Side.DEBIT else 2 * _AMOUNT
        code = f"{row.code:<{_CODE}}"
        self._line((" " * _INDENT, ""), (code, "cyan"), (f"{amount:>{column}}", ""))

    def _refusal(self, code: str, text: str) -> None:
        text = spaced(f"{self._said(words.REFUSED)}. {text} [{code}]", self._figures.language)
        self._paragraph(text, head="◆ ", indent=_INDENT, style="yellow")

    def _shares(self, lines: tuple[tuple[str, int, int], ...]) -> None:
        self._header(self._said(words.HOLDERS), words.HELD, words.SHARE)
        largest = sorted(lines, key=lambda line: -line[1])
        for code, bousol_cents, euro_cents in largest[:_SHARES_MAX]:
            held, paid = self._figures.bousols(bousol_cents), self._figures.euros(euro_cents)
            figures = f"{held:>{_AMOUNT}}{paid:>{_AMOUNT}}"
            self._line((" " * _INDENT, ""), (f"{code:<{_CODE}}", "cyan"), (figures, ""))
        others = len(lines) - _SHARES_MAX
        if others > 0:
            text = self._said(words.OTHERS).format(count=self._figures.count(others))
            self._paragraph(text, indent=_INDENT)

    def _rule(self, text: Text, sign: str, style: str) -> None:
        said = self._said(text)
        rest = max(2, self._width - len(said) - 4)
        self._line((f"{sign * 2} {said} {sign * rest}", style))

    def _paragraph(self, text: str, *, head: str = "", indent: int = 0, style: str = "") -> None:
        margin = " " * (indent + len(head))
        lines = textwrap.wrap(
            text, self._width - len(margin), break_long_words=False, break_on_hyphens=False
        )
        for number, line in enumerate(lines):
            lead = " " * indent + head if number == 0 else margin
            self._line((lead + line, style))

    def _line(self, *parts: tuple[str, str]) -> None:
        line = Line.assemble(*parts)
        line.rstrip()
        self._lines.append(line)

    def _said(self, text: Text) -> str:
        return spaced(text.said(self._figures.language), self._figures.language)
