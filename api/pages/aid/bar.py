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
        """Name, place and width of each part that is there, from the left."""
        named = (
            ("spent", self.spent),
            ("left", self.left),
            ("waiting", self.waiting),
            ("back", self.back),
            ("missing", self.missing),
        )
        whole = max(1, self.funded + self.missing)
        drawn, x = [], 0.0
        for name, cents in named:
            width = max(_LEAST, WIDTH * cents / whole) if cents else 0
            if cents:
                drawn.append((name, round(x, 1), round(min(width, WIDTH - x), 1)))
            if name == "back":
                x = WIDTH - WIDTH * self.missing / whole
            else:
                x += width
        return drawn


def bar(programme: ProgrammeTold, course: FollowUp) -> Bar:
    """The bar of a programme.

    What was spent is what is left of the euros of what was given, as a proof says it: a cent of
    rounding is there. Euros that a batch took and has not given yet are still promised.
    """
    given = course.given.amount
    rate = given / course.given_local.amount if course.given_local.amount else 0
    left = round(course.left.amount * rate)
    spent = max(0, given - course.reclaimed.amount - left)
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
