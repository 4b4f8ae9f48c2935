"""The mark on paper: a coin that is a compass, and the needle that is the word's apostrophe.

Drawn as plain shapes: a hundred letters have it, and an SVG would be parsed each time.
"""

from __future__ import annotations

from functools import cache
from math import atan2, cos, pi, sin
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpdf import FPDF

    Points = Sequence[tuple[float, float]]

_WIDE: Final = 48.0
_CENTRE: Final = _WIDE / 2
_RADIUS: Final = 23.0
_PIN: Final = 2.1
_DISC: Final = "#0b3a4a"
_WATER: Final = "#3f9aa6"
_NORTH: Final = ((35.5, 6.5), (28.6, 26.6), (19.4, 21.4))
_SOUTH: Final = ((12.5, 41.5), (19.4, 21.4), (28.6, 26.6))
_POINT: Final = ((7.0, 1.0), (9.0, 10.5), (2.6, 19.0), (3.0, 9.0))
_POINT_HIGH: Final = 20
_YELLOW: Final = "#ffc833"
_INK: Final = "#0b2733"


def coin(pdf: FPDF, at: tuple[float, float], width: float) -> None:
    """The coin whose left top corner is given."""
    unit = width / _WIDE
    _round(pdf, at, unit, _RADIUS)
    for points, colour in ((_wave(), _WATER), (_NORTH, _YELLOW), (_SOUTH, "#ffffff")):
        _shape(pdf, points, at, unit, colour)
    _round(pdf, at, unit, _PIN)


def needle(pdf: FPDF, at: tuple[float, float], height: float) -> None:
    """The apostrophe, half as wide as it is high."""
    unit = height / _POINT_HIGH
    pdf.set_line_width(1.4 * unit)
    _shape(pdf, _POINT, at, unit, _YELLOW, edge=_INK)


def _round(pdf: FPDF, at: tuple[float, float], unit: float, radius: float) -> None:
    pdf.set_fill_color(_DISC)
    x, y = (corner + (_CENTRE - radius) * unit for corner in at)
    pdf.ellipse(x, y, 2 * radius * unit, 2 * radius * unit, style="F")


def _shape(
    pdf: FPDF, points: Points, at: tuple[float, float], unit: float, fill: str, *, edge: str = ""
) -> None:
    pdf.set_fill_color(fill)
    pdf.set_draw_color(edge or fill)
    placed = [(at[0] + x * unit, at[1] + y * unit) for x, y in points]
    pdf.polygon(placed, style="DF" if edge else "F")


@cache
def _wave() -> Points:
    """The lower third of the coin: two waves from rim to rim, then the rim back."""
    waves = [(2 + n / 2, 29 - 2.5 * sin(pi * n / 22)) for n in range(89)]
    (right, top), (left, _) = waves[-1], waves[0]
    first, last = (atan2(top - _CENTRE, x - _CENTRE) for x in (right, left))
    turns = [first + (last - first) * n / 30 for n in range(1, 30)]
    rim = [(_CENTRE + _RADIUS * cos(turn), _CENTRE + _RADIUS * sin(turn)) for turn in turns]
    return (*waves, *rim)
