"""QR codes as vectors: rectangles on paper, one path on screens.

The modules come from the library; four modules of quiet zone stand around them, as the standard
asks.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.papers.sheet import Sheet

Level = Literal["L", "M", "Q", "H"]
"""How much of a code may be dirty: 7, 15, 25 or 30 %."""
QUIET: Final = 4
_INK: Final = "#0b2733"
_BLEED: Final = 0.02
"""Neighbouring rows overlap by this part of a module, so that no viewer draws a hair between."""


def modules(text: str, level: Level = "M") -> list[list[bool]]:
    """The dark and light modules of a text, row by row, without the quiet zone."""
    import qrcode  # noqa: PLC0415  why: for those who print or show a code only
    from qrcode import constants  # noqa: PLC0415  why: as above

    levels = {
        "L": constants.ERROR_CORRECT_L,
        "M": constants.ERROR_CORRECT_M,
        "Q": constants.ERROR_CORRECT_Q,
        "H": constants.ERROR_CORRECT_H,
    }
    code = qrcode.QRCode(error_correction=levels[level], border=0)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.modules]


def runs(rows: list[list[bool]]) -> Iterator[tuple[int, int, int]]:
    """The dark runs of each row: x, y, length, in modules."""
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                yield x, y, length
            x += length


def svg(text: str, level: Level = "M", *, title: str) -> str:
    """A code for a screen, one path on white, with a title for those who do not see it."""
    rows = modules(text, level)
    size = len(rows) + 2 * QUIET
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in runs(rows))
    said = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-QUIET} {-QUIET} {size} {size}" '
        f'role="img" aria-label="{said}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M{-QUIET} {-QUIET}h{size}v{size}h-{size}z"/>'
        f'<path fill="{_INK}" d="{path}"/></svg>'
    )


def draw(sheet: Sheet, text: str, level: Level, *, at: tuple[float, float], width: float) -> None:
    """A code on paper whose quiet zone begins at a corner; `width` counts the zone in."""
    rows = modules(text, level)
    module = width / (len(rows) + 2 * QUIET)
    left, top = (corner + QUIET * module for corner in at)
    sheet.pdf.set_fill_color(_INK)
    for x, y, length in runs(rows):
        box = (left + x * module, top + y * module, length * module, module * (1 + _BLEED))
        sheet.pdf.rect(*box, style="F")
