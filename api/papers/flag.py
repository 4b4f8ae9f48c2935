"""A flag of the day on paper, drawn as screens draw it: ground in halves, hoist, charge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.papers.sheet import INK

if TYPE_CHECKING:
    from api.papers.sheet import Sheet
    from merchants.signals import Flag

RATIO: Final = 60 / 84
"""Height over width."""
_W, _H, _X, _Y, _R = 84, 60, 52, 30, 17


def draw(sheet: Sheet, flag: Flag, x: float, y: float, width: float) -> None:
    """A flag whose left top corner is given."""
    sheet.drawing(svg(flag), x, y, width, width * RATIO)


def svg(flag: Flag) -> str:
    """The flag as vectors."""
    parts = [
        f'<path fill="{flag.ground[0].hex}" d="M0 0h{_W}v{_H}H0z"/>',
        f'<path fill="{flag.ground[1].hex}" d="M{_W // 2} 0h{_W // 2}v{_H}h-{_W // 2}z"/>',
        _charge(flag),
        _hoist(flag),
        f'<path fill="none" stroke="{INK}" stroke-width="2" d="M1 1h{_W - 2}v{_H - 2}H1z"/>',
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_W} {_H}">'
    return f"{head}{''.join(parts)}</svg>"


def _charge(flag: Flag) -> str:
    fill = f'fill="{flag.charge_colour.hex}"'
    drawn = {
        "none": "",
        "disc": f'<circle {fill} cx="{_X}" cy="{_Y}" r="{_R}"/>',
        "lozenge": f'<path {fill} d="M{_X} {_Y - _R}l{_R} {_R}-{_R} {_R}-{_R}-{_R}z"/>',
        "bar": f'<path {fill} d="M0 {_Y - 7}h{_W}v14H0z"/>',
    }
    return drawn[flag.charge]


def _hoist(flag: Flag) -> str:
    fill = f'fill="{flag.hoist_colour.hex}"'
    drawn = {
        "none": "",
        "point": f'<path {fill} d="M0 0l{_H} {_Y}L0 {_H}z"/>',
        "band": f'<path {fill} d="M0 0h14v{_H}H0z"/>',
    }
    return drawn[flag.hoist]
