"""The sign of the day: a shop's word and flag, known to both sides of a counter, new at midnight.

A payer's success screen, the till and the month's sheet show the same one; a picture of yesterday
shows another. Words and flags of a day are a keyed shuffle: without the key nobody knows those of
tomorrow, on one day shops whose numbers lie near one another never share a sign, and no shop has
the same one on two days running, for even and odd days draw from two halves.
"""

from __future__ import annotations

import hashlib
import hmac
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import date

Hoist = Literal["none", "point", "band"]
Charge = Literal["none", "disc", "lozenge", "bar"]


class Colour(NamedTuple):
    """A colour of flags, and its names."""

    hex: str
    fr: str
    en: str


YELLOW: Final = Colour("#ffc833", "jaune", "yellow")
BLUE: Final = Colour("#0b3a4a", "bleu", "blue")
WHITE: Final = Colour("#ffffff", "blanc", "white")
RED: Final = Colour("#c2402c", "rouge", "red")
GREEN: Final = Colour("#2f8f6b", "vert", "green")
COLOURS: Final = (YELLOW, BLUE, WHITE, RED, GREEN)


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag in three fields: a ground in halves, something at the hoist, a charge."""

    ground: tuple[Colour, Colour]
    hoist: Hoist
    hoist_colour: Colour
    charge: Charge
    charge_colour: Colour

    def said(self, language: Literal["fr", "en"]) -> str:
        """The flag in words, for those who do not see it."""
        return _french(self) if language == "fr" else _english(self)


@dataclass(frozen=True, slots=True)
class Signal:
    """What a shop shows on one day."""

    word: str
    flag: Flag


def of_day(key: bytes, shop: int, day: date) -> Signal:
    """The sign of a shop on a day.

    Args:
        key: of the installation; whoever has it knows every sign.
        shop: its running number; numbers less than 200 apart never share a word on one day.
        day: civil.
    """
    words, flags = _shuffled(key, "word", day, len(WORDS)), _shuffled(key, "flag", day, len(FLAGS))
    return Signal(WORDS[words[shop % len(words)]], FLAGS[flags[shop % len(flags)]])


@lru_cache(maxsize=64)
def _shuffled(key: bytes, what: str, day: date, count: int) -> tuple[int, ...]:
    """The half of 0 … count - 1 that this day draws from, in the day's order."""

    def drawn(index: int) -> bytes:
        return hmac.digest(key, f"{what} {day} {index}".encode(), hashlib.sha256)

    return tuple(sorted(range(day.toordinal() % 2, count, 2), key=drawn))


@cache
def _words() -> tuple[str, ...]:
    text = (files("merchants") / "words.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["words"])


def _flags() -> tuple[Flag, ...]:
    """Every flag whose fields can be told from one another: what may touch differs in colour."""
    made = []
    for first in COLOURS:
        for second in COLOURS:
            if first == second:
                continue
            for hoist, hoist_colour in _hoists(first):
                made += [
                    Flag((first, second), hoist, hoist_colour, charge, colour)
                    for charge, colour in _charges(first, second)
                    if "none" in {hoist, charge} or colour != hoist_colour
                ]
    return tuple(made)


def _hoists(ground: Colour) -> list[tuple[Hoist, Colour]]:
    others = [colour for colour in COLOURS if colour != ground]
    shapes: tuple[Hoist, ...] = ("point", "band")
    return [("none", ground), *((shape, colour) for shape in shapes for colour in others)]


def _charges(first: Colour, second: Colour) -> list[tuple[Charge, Colour]]:
    others = [colour for colour in COLOURS if colour not in {first, second}]
    shapes: tuple[Charge, ...] = ("disc", "lozenge", "bar")
    return [("none", second), *((shape, colour) for shape in shapes for colour in others)]


WORDS: Final = _words()
FLAGS: Final = _flags()

_FRENCH: Final = {
    "point": "pointe", "band": "bande", "disc": "disque", "lozenge": "losange", "bar": "barre",
}  # fmt: skip
_FEMININE: Final = {"blanc": "blanche", "vert": "verte", "bleu": "bleue"}
_HERS: Final = {"point", "band", "bar"}


def _french(flag: Flag) -> str:
    said = [f"{flag.ground[0].fr} et {flag.ground[1].fr}"]
    for part, colour in ((flag.charge, flag.charge_colour), (flag.hoist, flag.hoist_colour)):
        if part != "none":
            tint = _FEMININE.get(colour.fr, colour.fr) if part in _HERS else colour.fr
            said.append(f"{_FRENCH[part]} {tint}")
    return ", ".join(said)


def _english(flag: Flag) -> str:
    said = [f"{flag.ground[0].en} and {flag.ground[1].en}"]
    for part, colour in ((flag.charge, flag.charge_colour), (flag.hoist, flag.hoist_colour)):
        if part != "none":
            said.append(f"{colour.en} {part}")
    return ", ".join(said)
