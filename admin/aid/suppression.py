"""What a sponsor is told of spending: figures over eleven households or more, never fewer.

Whatever is published lies in cells that do not overlap: months of one programme, taken together
until there are enough households, and filières taken together likewise. A longer period, or some
programmes together, is the sum of published cells and is never reckoned anew. So no subtraction of
one figure from another leaves fewer than eleven households, whatever is compared, and what was
published stands when more months follow. Source: features A11; domain model, 4 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HOUSEHOLDS_MIN: Final = 11


class Month(NamedTuple):
    """A civil month."""

    year: int
    month: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What one household spent in one filière in one month.

    Attributes:
        household: a pseudonym.
        cents: Bou'Sols, refunds of the month deducted.
        filiere: of the shop; a shop in several counts in its first.
    """

    month: Month
    household: int
    filiere: str
    cents: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A published figure: these filières in these months, over so many households."""

    months: tuple[Month, ...]
    filieres: tuple[str, ...]
    households: int
    cents: int


def published(
    spent: Iterable[Spent], *, months: Sequence[Month], filieres: Sequence[str], least: int
) -> tuple[Cell, ...]:
    """The cells of one programme, oldest months first; months that are too small yet are left out.

    Args:
        spent: of the programme; what lies outside `months` is not looked at.
        months: the closed ones, without a gap, oldest first.
        filieres: in an order that never changes, alike beside alike.
        least: households a cell has at least.
    """
    by_month: dict[Month, list[Spent]] = {month: [] for month in months}
    for one in spent:
        if one.month in by_month:
            by_month[one.month].append(one)
    cells: list[Cell] = []
    waiting: list[Month] = []
    for month in months:
        waiting.append(month)
        there = [one for each in waiting for one in by_month[each]]
        if len({one.household for one in there}) >= least:
            cells += _joined(there, tuple(waiting), filieres, least)
            waiting = []
    return tuple(cells)


def _joined(
    spent: Sequence[Spent], months: tuple[Month, ...], filieres: Sequence[str], least: int
) -> Iterator[Cell]:
    """Filières taken together until each group has enough households; the rest joins the last."""
    groups: list[list[str]] = [[]]
    for filiere in filieres:
        groups[-1].append(filiere)
        if _households(spent, groups[-1]) >= least:
            groups.append([])
    rest = groups.pop()
    if groups:
        groups[-1] += rest
    else:  # enough households together, too few in any filière
        groups = [rest]
    for group in groups:
        cents = sum(one.cents for one in spent if one.filiere in group)
        yield Cell(months, tuple(group), _households(spent, group), cents)


def _households(spent: Iterable[Spent], filieres: Iterable[str]) -> int:
    wanted = set(filieres)
    return len({one.household for one in spent if one.filiere in wanted})
