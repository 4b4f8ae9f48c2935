"""Entries as the lines of a small table: one line per account and side, likes drawn together."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.chart import Commodity, Side

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ledger.journal import Recorded

_NUMBERED: Final = re.compile(r"(.*?)(\d+)$")
_LIKES_MIN: Final = 3
"""So many accounts alike become one line: BSL.LOT.e1…e8."""


class Row(NamedTuple):
    """A line of the table: `times` accounts with `minor` units each on one side."""

    code: str
    side: Side
    commodity: Commodity
    minor: int
    times: int = 1


def rows(entries: Iterable[Recorded], code: Callable[[int], str]) -> list[Row]:
    """What entries wrote: by commodity, debits before credits, in order of first mention."""
    totals: dict[tuple[Commodity, Side, str], int] = defaultdict(int)
    for transfer in (t for entry in entries for t in entry.transfers):
        for account, side in ((transfer.debit, Side.DEBIT), (transfer.credit, Side.CREDIT)):
            totals[_commodity(code(account)), side, code(account)] += transfer.amount
    lines = [Row(name, side, counted, minor) for (counted, side, name), minor in totals.items()]
    lines.sort(key=lambda row: (row.commodity, -row.side))
    return list(_drawn_together(lines))


def _commodity(code: str) -> Commodity:
    return Commodity[code.partition(".")[0]]


def _drawn_together(lines: list[Row]) -> Iterator[Row]:
    """Accounts that differ by their number alone, with equal amounts, are one line."""
    for _, likes in groupby(lines, key=_likeness):
        alike = list(likes)
        if len(alike) < _LIKES_MIN:
            yield from alike
        else:
            first, *_, last = sorted(
                (row.code for row in alike), key=lambda code: (len(code), code)
            )
            code = f"{first}…{last.rpartition('.')[2]}"
            yield alike[0]._replace(code=code, times=len(alike))


def _likeness(row: Row) -> tuple[object, ...]:
    numbered = _NUMBERED.fullmatch(row.code)
    return row._replace(code=numbered[1] if numbered else row.code)
