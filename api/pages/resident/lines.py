"""Movements and refused attempts as one list: newest first, by day, found by name or amount."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from api.accounts.movement_words import name_of
from api.pages.forms import cents
from api.paying.told import PAID
from api.routes.account import movements
from api.wire.days import day_of
from ledger.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from api.pages.visit import Visit
    from api.routes.account import Movements, MovementTold, RefusedTold

PAGE: Final = 30
_SEARCHED_PAGE: Final = 100
SEARCHED_MAX: Final = 500
"""So many of the newest movements are searched; the statements hold the rest."""
_STEPS: Final = frozenset({"pin_needed"})
"""A question on the way to a payment, not an attempt that failed."""


class Line(NamedTuple):
    """A row: a movement, or an attempt that was refused."""

    at: datetime
    moved: MovementTold | None
    refused: RefusedTold | None

    @property
    def address(self) -> str | None:
        """Where more is told of it."""
        if self.moved is None:
            return None
        paid = Kind[self.moved.kind.upper()] in PAID and self.moved.change.amount < 0
        return f"/recu/{self.moved.id}" if paid else f"/mouvements/{self.moved.id}"


class Day(NamedTuple):
    """The rows of a civil day."""

    day: date
    lines: list[Line]


def merged(
    moved: Sequence[MovementTold], refusals: Iterable[RefusedTold], *, whole: bool
) -> list[Line]:
    """Both in one list, newest first.

    Args:
        moved: a page of movements.
        refusals: the last ones; those older than the page belong to another one.
        whole: nothing older than the page exists.
    """
    oldest = None if whole or not moved else moved[-1].at
    lines = [Line(one.at, one, None) for one in moved]
    failed = [one for one in refusals if one.code not in _STEPS]
    lines += [Line(one.at, None, one) for one in failed if oldest is None or one.at >= oldest]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def days(lines: Iterable[Line]) -> list[Day]:
    """The rows by civil day."""
    return [Day(day, list(rows)) for day, rows in groupby(lines, lambda line: day_of(line.at))]


async def found(visit: Visit, wanted: str) -> list[MovementTold]:
    """The movements whose name or amount is what was typed, among the newest 500."""
    hits: list[MovementTold] = []
    cursor, read = None, 0
    while read < SEARCHED_MAX:
        page: Movements = await visit.through(movements, limit=_SEARCHED_PAGE, cursor=cursor)
        hits += [one for one in page.items if _fits(visit, one, wanted)]
        cursor, read = page.next_cursor, read + _SEARCHED_PAGE
        if cursor is None:
            break
    return hits


def _fits(visit: Visit, one: MovementTold, wanted: str) -> bool:
    name = one.counterpart.name if one.counterpart else ""
    kind = name_of(Kind[one.kind.upper()], visit.language)
    typed = cents(wanted)
    same = typed is not None and typed == abs(one.change.amount)
    return same or wanted.casefold() in f"{name} {kind}".casefold()
