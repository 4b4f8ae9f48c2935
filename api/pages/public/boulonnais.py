"""The Boulonnais as a drawing: coast, rivers, forests and communes by latitude and longitude.

Positions are of town halls, rounded to a few hundred metres and a little apart where pins would
cover each other; a commune that is not here is in the list only.
"""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

WIDTH: Final = 412
HEIGHT: Final = 478
_WEST: Final = 1.453
_NORTH: Final = 50.912
_UNITS_A_DEGREE: Final = 1_530
"""Of latitude; a degree of longitude is shorter by the cosine of the latitude."""
_SHRINK: Final = math.cos(math.radians(50.75))

Side = Literal["start", "middle", "end"]


class Town(NamedTuple):
    """A commune: where, and how its name stands beside its pin."""

    name: str
    x: float
    y: float
    side: Side = "start"
    dx: float = 14
    dy: float = 5
    always: bool = False
    said: str = ""

    @property
    def label(self) -> str:
        """What stands beside the pin: the name, or a part of it where there is no more room."""
        return self.said or self.name


def _at(latitude: float, longitude: float) -> tuple[float, float]:
    x = (longitude - _WEST) * _SHRINK * _UNITS_A_DEGREE
    return round(x, 1), round((_NORTH - latitude) * _UNITS_A_DEGREE, 1)


def _town(name: str, latitude: float, longitude: float, *label: object) -> Town:
    return Town(name, *_at(latitude, longitude), *label)  # type: ignore[arg-type]  # why: a table


TOWNS: Final[dict[str, Town]] = {
    town.name: town
    for town in (
        _town("Boulogne-sur-Mer", 50.727, 1.611, "end", -26, 5, True, "Boulogne"),
        _town("Saint-Martin-Boulogne", 50.727, 1.643),
        _town("Le Portel", 50.709, 1.566, "end", -16, 5, True),
        _town("Outreau", 50.704, 1.592),
        _town("Saint-Léonard", 50.690, 1.626),
        _town("Saint-Étienne-au-Mont", 50.674, 1.611),
        _town("Équihen-Plage", 50.680, 1.571, "end", -15, 5, True, "Équihen"),
        _town("Wimereux", 50.771, 1.610, "end", -14, 5, True),
        _town("Wimille", 50.763, 1.634),
        _town("Ambleteuse", 50.808, 1.606, "end", -14, 5, True),
        _town("Audresselles", 50.825, 1.595, "end", -14, 5),
        _town("Audinghen", 50.853, 1.611),
        _town("Wissant", 50.885, 1.664, "start", 14, 5, True),
        _town("Marquise", 50.815, 1.705, "start", 14, 5, True),
        _town("Rinxent", 50.803, 1.740, "start", 14, 10),
        _town("Bazinghen", 50.824, 1.662, "middle", 0, -13),
        _town("Ferques", 50.831, 1.757),
        _town("Wierre-Effroy", 50.779, 1.739),
        _town("Pernes-lès-Boulogne", 50.752, 1.703, "start", 14, -2),
        _town("La Capelle-lès-Boulogne", 50.733, 1.699),
        _town("Conteville-lès-Boulogne", 50.745, 1.733),
        _town("Le Wast", 50.751, 1.801),
        _town("Colembert", 50.747, 1.838, "middle", 0, 24),
        _town("Baincthun", 50.710, 1.682),
        _town("Crémarest", 50.699, 1.786, "start", 14, 5),
        _town("Isques", 50.677, 1.653),
        _town("Hesdin-l’Abbé", 50.668, 1.682),
        _town("Hesdigneul-lès-Boulogne", 50.658, 1.669, "start", 14, 9),
        _town("Carly", 50.655, 1.703),
        _town("Condette", 50.654, 1.636, "end", -14, 6, True),
        _town("Samer", 50.639, 1.746, "start", 14, 5, True),
        _town("Desvres", 50.669, 1.835, "end", -14, 5, True),
        _town("Neufchâtel-Hardelot", 50.627, 1.592, "end", -17, 5, True, "Hardelot"),
        _town("Nesles", 50.628, 1.657),
        _town("Dannes", 50.606, 1.614),
    )
}


def _line(*points: tuple[float, float]) -> str:
    """A smooth path through points (Catmull-Rom, as cubic curves)."""
    found = [_at(*point) for point in points]
    padded = [found[0], *found, found[-1]]
    parts = [f"M{found[0][0]} {found[0][1]}"]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        first = _between(start, before, end)
        second = _between(end, after, start)
        numbers = (*first, *second, *end)
        parts.append("C" + " ".join(f"{number:.1f}" for number in numbers))
    return "".join(parts)


def _between(
    point: tuple[float, float], one: tuple[float, float], other: tuple[float, float]
) -> tuple[float, float]:
    return (point[0] + (other[0] - one[0]) / 6, point[1] + (other[1] - one[1]) / 6)


COAST: Final = _line(
    (50.930, 1.720), (50.908, 1.690), (50.889, 1.662), (50.878, 1.632), (50.874, 1.600),
    (50.870, 1.584), (50.856, 1.581), (50.840, 1.586), (50.825, 1.591), (50.808, 1.600),
    (50.800, 1.602), (50.785, 1.600), (50.771, 1.604), (50.752, 1.598), (50.738, 1.594),
    (50.731, 1.588), (50.722, 1.577), (50.711, 1.561), (50.698, 1.562), (50.680, 1.566),
    (50.664, 1.577), (50.640, 1.580), (50.618, 1.577), (50.590, 1.574),
)  # fmt: skip
LAND: Final = f"{COAST}V{HEIGHT + 20}H{WIDTH + 20}V-40z"
RIVERS: Final = (
    _line((50.731, 1.589), (50.722, 1.602), (50.712, 1.608), (50.700, 1.618), (50.690, 1.634),
          (50.679, 1.644), (50.667, 1.662), (50.659, 1.684), (50.652, 1.712), (50.656, 1.738),
          (50.672, 1.752), (50.688, 1.765), (50.696, 1.784), (50.702, 1.815)),  # the Liane
    _line((50.771, 1.604), (50.768, 1.622), (50.758, 1.645), (50.756, 1.690), (50.747, 1.728),
          (50.748, 1.770), (50.746, 1.830)),  # the Wimereux
    _line((50.802, 1.602), (50.797, 1.625), (50.803, 1.660), (50.811, 1.696), (50.805, 1.730),
          (50.796, 1.772)),  # the Slack
)  # fmt: skip
WOODS: Final = tuple(
    (*_at(latitude, longitude), rx, ry)
    for latitude, longitude, rx, ry in (
        (50.718, 1.742, 44, 20),  # of Boulogne
        (50.692, 1.852, 32, 20),  # of Desvres
        (50.643, 1.606, 13, 16),  # of Hardelot
        (50.872, 1.790, 24, 12),
    )
)
QUAYS: Final = tuple(
    f"M{x} {y}l{dx} {dy}" for (x, y), dx, dy in
    ((_at(50.733, 1.590), -13, -7), (_at(50.722, 1.577), 4, -21))
)  # fmt: skip
