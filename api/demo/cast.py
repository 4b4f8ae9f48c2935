"""Who lives in the demo Boulonnais: residents, shops, comptoirs; drawn from a seed, always alike.

Source of the figures: domain model, 9 (900 solistes of whom 70 % pay electronically, 140 merchants
in the filières' shares). Names are pairings of common ones; companies' numbers begin with 000,
which no company has.
"""

from __future__ import annotations

import math
import random  # noqa: TID251  # why: the same town must come of the same seed
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stdnum import luhn

if TYPE_CHECKING:
    from collections.abc import Iterator

RESIDENTS: Final = 900
SHOPS: Final = 140
COMPTOIRS: Final = 6
ELECTRONIC_SHARE: Final = 0.7
FAVOURITES: Final = 7
BIG_SHOPS: Final = 12
"""So many shops take most of what is paid."""
SMALL: Final = 10
"""In the small town everything is a tenth."""


@dataclass(frozen=True, slots=True)
class Resident:
    """A soliste: `joined` on a day of the story, `month_cents` are euros of a usual month."""

    number: int
    name: str
    birth_year: int
    commune: str
    joined: int
    electronic: bool
    tier: int
    pay_day: int
    month_cents: int
    favourites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant; `weight` is how often it is chosen."""

    number: int
    name: str
    filiere: str
    commune: str
    postal_code: str
    street: str
    siret: str
    joined: int
    weight: float
    redeem_day: int


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody of one town."""

    residents: tuple[Resident, ...]
    shops: tuple[Shop, ...]
    comptoirs: int


@cache
def names() -> dict[str, Any]:
    """What is drawn from (names.toml)."""
    return tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))


def cast(seed: int, *, days: int, small: bool = False) -> Cast:
    """The town of a seed; a small one for tests."""
    draw = random.Random(f"cast {seed}")  # noqa: S311  # why: a story, not a secret
    part = SMALL if small else 1
    shops = tuple(_shops(draw, days, part))
    residents = tuple(_resident(draw, number, days, shops) for number in range(RESIDENTS // part))
    return Cast(residents, shops, max(1, COMPTOIRS // part))


def lognormal(draw: random.Random, median: float, mean: float) -> float:
    """A draw from the log-normal distribution that has this median and this mean."""
    return draw.lognormvariate(math.log(median), math.sqrt(2 * math.log(mean / median)))


def _shops(draw: random.Random, days: int, part: int) -> Iterator[Shop]:
    families = list(names()["family_names"])
    draw.shuffle(families)
    numbers = count()
    for row in names()["shops"]:
        for _ in range(max(1, round(row["count"] / part))):
            number = next(numbers)
            name = draw.choice(row["names"]).format(name=families[number % len(families)])
            if number >= len(families):  # the second shop of a family bears a first name too
                name = f"{name} {draw.choice(names()['first_names'])}"
            yield _shop(draw, number, name, row["filiere"], days)


def _shop(draw: random.Random, number: int, name: str, filiere: str, days: int) -> Shop:
    commune, postal_code = _place(draw)
    early = draw.random() < 0.45  # noqa: PLR2004  # why: as many are there from the first day
    siren = f"000{draw.randrange(10**5):05}"
    siren += luhn.calc_check_digit(siren)
    siret = f"{siren}{draw.randrange(1, 10):04}"
    return Shop(
        number=number,
        name=name,
        filiere=filiere,
        commune=commune,
        postal_code=postal_code,
        street=f"{draw.randrange(1, 140)} {draw.choice(names()['streets'])}",
        siret=siret + luhn.calc_check_digit(siret),
        joined=0 if early else draw.randrange(1, days * 3 // 4),
        weight=draw.paretovariate(1.1),
        redeem_day=draw.randrange(1, 29),
    )


def _resident(draw: random.Random, number: int, days: int, shops: tuple[Shop, ...]) -> Resident:
    first, family = draw.choice(names()["first_names"]), draw.choice(names()["family_names"])
    tier = draw.choices((0, 1, 2), weights=(10, 70, 20))[0]
    month_cents = round(lognormal(draw, 48, 105)) * 100
    return Resident(
        number=number,
        name=f"{first} {family}",
        birth_year=draw.randrange(1938, 2008),
        commune=_place(draw)[0],
        joined=0 if draw.random() < 0.3 else draw.randrange(1, days * 9 // 10),  # noqa: PLR2004  # why: so many are there from the first day
        electronic=draw.random() < ELECTRONIC_SHARE,
        tier=tier,
        pay_day=draw.choices(range(1, 29), weights=[6] * 6 + [2] * 22)[0],
        month_cents=min(max(month_cents, 5_00), 600_00),
        favourites=tuple(
            shop.number
            for shop in draw.choices(shops, weights=[s.weight for s in shops], k=FAVOURITES)
        ),
    )


def _place(draw: random.Random) -> tuple[str, str]:
    communes = names()["communes"]
    commune, postal_code, _ = draw.choices(communes, weights=[row[2] for row in communes])[0]
    return commune, postal_code
