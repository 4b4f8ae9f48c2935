"""Where the euros of a programme are, as lengths of one bar; the figures stand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from api.aid.shapes import ProgrammeTold
    from api.routes.aid_views import FollowUp

WIDTH: Final = 920
_LEAST: Final = 7
"""A part that is there is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Euro-cents of a programme by where they are, and their places on the bar.

    Attributes:
        funded: all of them that are here or were given.
        spent: with merchants, or freed at their end.
        left: with residents.
        waiting: for batches and the desk, of what is here.
        back: came back at its end, and waits for nothing.
        free: waits for nothing.
        missing: must still arrive.
    """

    funded: int
    spent: int
    left: int
    waiting: int
    back: int
    free: int
    missing: int

    @property
    def engaged(self) -> int:
        """What was given or is spoken for, less what came back."""
        return self.spent + self.left + self.waiting + self.missing

    def parts(self) -> list[tuple[str, float, float]]:
        """Name, place and width of each part that is there, from the left; the free is a gap."""
        named = [
            ("spent", self.spent),
            ("left", self.left),
            ("waiting", self.waiting),
            ("back", self.back),
            ("free", self.free),
            ("missing", self.missing),
        ]
        return [one for one in laid(named, self.funded + self.missing) if one[0] != "free"]


def bar(programme: ProgrammeTold, course: FollowUp) -> Bar:
    """The bar of a programme.

    What was spent is what is left of the euros of what was given, as a proof says it: a cent of
    rounding is there. Euros that a batch took and has not given yet are still promised.
    """
    left = round(course.left.amount * rate_of(course))
    spent = max(0, course.given.amount - course.reclaimed.amount - left)
    held = programme.held.amount
    under_way = max(0, course.funded.amount - held - spent - left)
    waiting = min(programme.waiting.amount, held)
    free = held - waiting
    back = min(course.reclaimed.amount, free)
    return Bar(
        funded=course.funded.amount,
        spent=spent,
        left=left,
        waiting=waiting + under_way,
        back=back,
        free=free - back,
        missing=programme.missing.amount,
    )


def rate_of(course: FollowUp) -> float:
    """Euros of a Bou'Sol of a programme, as its awards were given; 0 before the first."""
    return course.given.amount / course.given_local.amount if course.given_local.amount else 0.0


def laid(parts: list[tuple[str, int]], whole: int) -> list[tuple[str, float, float]]:
    """Name, place and width of each part that is there, side by side from the left.

    What is small is seen: it gets `_LEAST`, which the widest part gives away.
    """
    widths = {
        name: max(float(_LEAST), WIDTH * cents / max(1, whole)) for name, cents in parts if cents
    }
    if widths:
        widest = max(widths, key=lambda name: widths[name])
        widths[widest] -= sum(widths.values()) - WIDTH
    drawn, x = [], 0.0
    for name, width in widths.items():
        drawn.append((name, round(x, 1), round(width, 1)))
        x += width
    return drawn


def heights(cents: list[int], most: int = 66) -> list[int]:
    """Heights of columns: the highest is `most`, and what is there is at least 4."""
    top = max(cents, default=0)
    return [max(4, round(most * one / top)) if one else 0 for one in cents]
