"""The tide line: what must be spent before which day, on four months, and the same as text."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from api.pages.resident.common import last_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.routes.account import Dated

WIDTH: Final = 326
MONTHS: Final = 4
_MONTH: Final = WIDTH / MONTHS
_LABEL: Final = 74
"""How wide the amount over a buoy may be; two that are nearer are told below the line."""
_EDGE: Final = 38
_TODAY: Final = 50
"""Half of how wide the word over today is, in bold, and in French."""
_BUOYS_MAX: Final = 3
SOON: Final = timedelta(weeks=3)


class Buoy(NamedTuple):
    """Cents that must be used until the end of a day.

    Attributes:
        x: on the line; None lies beyond it.
        label_x: of the amount; None when it is told below.
        days: how many are left, today included.
    """

    cents: int
    day: date
    x: float | None
    label_x: float | None
    soon: bool
    days: int


class Tide(NamedTuple):
    """The line: its months, today, the buoys, and whether a list must stand below."""

    months: list[tuple[float, date]]
    ticks: list[float]
    today_x: float
    label_x: float
    end_x: float
    buoys: list[Buoy]
    listed: bool


def tide(expiring: Iterable[Dated], today: date) -> Tide | None:
    """The line of a holder; None when nothing of theirs has a date."""
    sums: dict[date, int] = {}
    for one in expiring:
        sums[last_day(one.expires)] = sums.get(last_day(one.expires), 0) + one.amount.amount
    if not sums:
        return None
    firsts = [_month(today, ahead) for ahead in range(MONTHS)]
    buoys = _buoys(sorted(sums.items()), today)
    placed = [one.x for one in buoys if one.x is not None]
    labels = [one for one in buoys if one.label_x is not None]
    return Tide(
        months=[((nth + 0.5) * _MONTH, first) for nth, first in enumerate(firsts)],
        ticks=[nth * _MONTH for nth in range(1, MONTHS)],
        today_x=_x(today, today) or 0,
        label_x=_inside(_x(today, today) or 0, _TODAY),
        end_x=max(placed, default=WIDTH),
        buoys=buoys,
        listed=len(labels) < len(buoys) or len(buoys) > _BUOYS_MAX,
    )


def _buoys(sums: list[tuple[date, int]], today: date) -> list[Buoy]:
    made: list[Buoy] = []
    free = float("-inf")
    for day, cents in sums:
        x, label = _x(day, today), None
        if x is not None and _inside(x, _EDGE) >= free and len(sums) <= _BUOYS_MAX:
            label = _inside(x, _EDGE)
            free = label + _LABEL
        left = day - today
        made.append(Buoy(cents, day, x, label, left < SOON, left.days + 1))
    return made


def _x(day: date, today: date) -> float | None:
    """Where the end of a day is on the line; None beyond it."""
    months = (day.year - today.year) * 12 + day.month - today.month
    if not 0 <= months < MONTHS:
        return None
    length = calendar.monthrange(day.year, day.month)[1]
    return round((months + day.day / length) * _MONTH, 1)


def _inside(x: float, edge: float) -> float:
    return min(max(x, edge), WIDTH - edge)


def _month(today: date, ahead: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
    return date(year, month + 1, 1)
