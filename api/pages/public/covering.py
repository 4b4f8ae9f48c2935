"""What stands behind the currency, for everybody: a sign, two columns in one unit, figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from babel.numbers import format_decimal
from litestar import Response, get

from api.gate.access import everybody, page
from api.pages.rendering import LOCALES
from api.pages.visit import GivenVisit, Visit
from api.routes.cover import Cover, cover
from api.wire.figures import Language
from api.wire.shapes import Sum, euros

_FULL_PPM: Final = 1_000_000
_TOP: Final = 40.0
_FLOOR: Final = 230.0
_STEPS: Final = (1, 2, 5)
_TICKS_MAX: Final = 6
_LARGE_CENTS: Final = 10_000_00
"""From here on the scale is in thousands of euros."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The cover as a page shows it: heights are of the drawing, sums in cents.

    Attributes:
        state: whole, short of euros, or nothing is owed yet.
        percent: rounded down to a tenth.
        ticks: of the scale: height, and the figure beside it in `unit` euros.
    """

    told: Cover
    state: Literal["whole", "short", "none"]
    percent: str
    difference: Sum
    held_y: float
    owed_y: float
    ticks: tuple[tuple[float, str], ...]
    thousands: bool

    @property
    def at(self) -> datetime | None:
        """After which entry."""
        return self.told.head.posted_at


async def seen(visit: Visit) -> Seen:
    """The cover now."""
    return drawn(await visit.through(cover), visit.language)


def drawn(told: Cover, language: Language) -> Seen:
    """The drawing of a cover: both columns stand on 0 and are measured on one scale."""
    held, owed, ppm = told.reserve.amount, told.owed.amount, told.redemption_ppm
    step = _step(max(held, owed, 1))
    top = max(-(-max(held, owed) // step), 1) * step
    large = top >= _LARGE_CENTS
    unit = 100_000 if large else 100
    ticks = [(_y(sum_, top), _over(sum_, unit, language)) for sum_ in range(0, top + 1, step)]
    return Seen(
        told,
        "none" if ppm is None else "whole" if ppm >= _FULL_PPM else "short",
        "" if ppm is None else _tenths(ppm // 1_000, language),
        euros(abs(held - owed)),
        _y(held, top),
        _y(owed, top),
        tuple(ticks),
        large,
    )


def _step(most: int) -> int:
    """Cents between two ticks, so that two to six of them reach the most."""
    size = 1
    while True:
        for times in _STEPS:
            if most <= _TICKS_MAX * times * size:
                return times * size
        size *= 10


def _y(cents: int, top: int) -> float:
    return round(_FLOOR - (_FLOOR - _TOP) * cents / top, 1)


def _over(cents: int, unit: int, language: Language) -> str:
    """Cents in a unit of so many of them, which divides them to two decimals at most."""
    hundredths = cents * 100 // unit
    text = f"{hundredths // 100}.{hundredths % 100:02}"
    return str(format_decimal(text, "#,##0.##", locale=LOCALES[language]))


def _tenths(tenths: int, language: Language) -> str:
    """A per cent sign behind it, as the language writes it."""
    shown = format_decimal(f"{tenths // 10}.{tenths % 10}", "#,##0.0", locale=LOCALES[language])
    return f"{shown}\N{NO-BREAK SPACE}%" if language == "fr" else f"{shown}%"


@get("/couverture", opt=page(everybody()), include_in_schema=False)
async def shown(visit: GivenVisit) -> Response[bytes]:
    """Shows whether enough euros are there, in which figures, and after which entry."""
    return visit.show("public/cover.html", cover=await seen(visit))


ROUTES: Final = (shown,)
