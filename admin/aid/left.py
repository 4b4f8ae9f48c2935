"""What a sponsor is told of unspent aid and of delays: over eleven households or more, never fewer.

What is left at the end of one period and of the next differ by what was spent between, which is
published over enough households, and by what was awarded or lapsed: it is told only when those are
nobody's or many's too. What ends soon is told only when what does not is nobody's or many's.
Source: features A11; domain model, 4 and 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Left(NamedTuple):
    """What one household's lots held at the end of a period, and what of it ends soon; cents."""

    cents: int
    ending_cents: int


@dataclass(frozen=True, slots=True)
class LeftTold:
    """Sums that may be told; None: over too few."""

    cents: int | None
    ending_cents: int | None


def left_told(left: Mapping[int, Left], changed: Iterable[int], *, least: int) -> LeftTold:
    """The sums of what is left and of what ends soon, or nothing.

    Args:
        left: by household.
        changed: who was awarded something or lost some since such a sum was last told.
        least: households a sum is over at least.
    """
    holding = {one for one, held in left.items() if held.cents}
    ending = {one for one, held in left.items() if held.ending_cents}
    staying = {one for one, held in left.items() if held.cents > held.ending_cents}
    if len(holding) < least or not _many(set(changed), least):
        return LeftTold(None, None)
    cents = sum(held.cents for held in left.values())
    if len(ending) < least or not _many(staying, least):
        return LeftTold(cents, None)
    return LeftTold(cents, sum(held.ending_cents for held in left.values()))


def delay_told(days: Iterable[int], *, least: int) -> int | None:
    """The median of the days households took to spend for the first time; None: too few did."""
    known = sorted(days)
    return median_low(known) if len(known) >= least else None


def _many(households: set[int], least: int) -> bool:
    return not households or len(households) >= least
