"""What happens in the demo Boulonnais, day by day: pure, drawn from a seed, and always possible.

The story keeps every balance while it is told, by the ledger's own arithmetic, so that nothing in
it is refused. Figures: domain model, 9. Its means cannot all hold at once (2,800 payments of 22 on
average ask for more than 630 wallets changing 45 in the median can bring, unless merchants redeem
most of it): residents and merchants, payments a month, their sizes, the supply at the end and its
paper part are kept; what is redeemed follows (docs/decisions).
"""

from __future__ import annotations

import random  # noqa: TID251  # why: the same story must come of the same seed
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from api.demo.cast import BIG_SHOPS, SMALL, Cast, lognormal
from api.demo.happenings import (
    Approved,
    Arrives,
    BringsNotes,
    Found,
    Gives,
    Happening,
    Invoices,
    Joins,
    Opens,
    Orders,
    Paid,
    Pays,
    Redeems,
    Remits,
    Returns,
    SellsNotes,
)
from ledger.conversion import SYMMETRIC, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.demo.cast import Resident, Shop

DAYS: Final = 730
SMALL_DAYS: Final = 90
PAYMENTS_A_MONTH: Final = 2_800
INVOICES_A_MONTH: Final = 120
REFUND_SHARE: Final = 0.01
PERSON_TO_PERSON_SHARE: Final = 0.03
UNMATCHED_SHARE: Final = 0.005
SEASONS: Final = {8: 0.75, 12: 1.4}
PAPER_BOUSOLS: Final = 55_000
"""Notes that stay in purses after two years."""
PAYMENT_CENTS_MAX: Final = 400_00
CAPS_CENTS: Final = (150_00, 1_000_00, 3_000_00)
GIFT_CENTS_MIN: Final = 1_00
REDEEM_CENTS_MIN: Final = 21_00
SUPPLIERS: Final = frozenset({"producteur", "conseil", "artisan", "energie", "reparation"})
NOTES_EUROS: Final = (20, 20, 40, 40, 60, 100, 100, 200)


@dataclass(frozen=True, slots=True)
class Day:
    """A civil day of the story and what happens on it, in order."""

    number: int
    on: date
    happenings: tuple[Happening, ...]


class Story:
    """Tells the days of a town, up to a last day.

    Args:
        town: who lives there.
        seed: what everything is drawn from.
        last: the last day told.
        days: how many there are.
        small: a tenth of everything.
    """

    def __init__(
        self, town: Cast, seed: int, last: date, *, days: int = DAYS, small: bool = False
    ) -> None:
        self._town = town
        self._draw = random.Random(f"story {seed}")  # noqa: S311  # why: a story, not a secret
        self._days = days
        self._part = SMALL if small else 1
        self._first = last - timedelta(days=days - 1)
        self._wallets = dict.fromkeys(range(len(town.residents)), 0)
        self._tills = dict.fromkeys(range(len(town.shops)), 0)
        self._orders: list[Orders] = []
        self._payments: list[Pays] = []
        self._redemptions: list[Redeems] = []
        self._later: defaultdict[int, list[Happening]] = defaultdict(list)
        self._notes_out = 0
        self._boxes = dict.fromkeys(range(town.comptoirs), 0)
        self._given_back: set[int] = set()

    def days(self) -> Iterator[Day]:
        """Every day, the first one first."""
        for number in range(self._days):
            on = self._first + timedelta(days=number)
            yield Day(number, on, tuple(self._day(number, on)))

    def _day(self, number: int, on: date) -> Iterator[Happening]:
        yield from self._arrivals(number)
        yield from self._due(number)
        yield from self._buying(number, on)
        yield from self._paying(number, on)
        yield from self._returning()
        yield from self._trading(number)
        yield from self._leaving(number, on)
        yield from self._paper(number, on)

    def _arrivals(self, number: int) -> Iterator[Happening]:
        """Shops come first, so that whoever joins finds somebody to pay."""
        yield from (Opens(shop.number) for shop in self._town.shops if shop.joined == number)
        yield from (Joins(r.number) for r in self._town.residents if r.joined == number)

    def _due(self, number: int) -> Iterator[Happening]:
        for happening in self._later.pop(number, ()):
            if isinstance(happening, Arrives | Found):
                order = self._orders[happening.order]
                if order.matched or isinstance(happening, Found):
                    bought = SYMMETRIC.issue(order.euros_cents)
                    self._wallets[order.resident] += bought.bousol_cents
            yield happening

    def _buying(self, number: int, on: date) -> Iterator[Happening]:
        for resident in self._town.residents:
            due = on.day == resident.pay_day or number == resident.joined
            if resident.electronic and due and resident.joined <= number:
                yield from self._order(resident, number)

    def _order(self, resident: Resident, number: int) -> Iterator[Happening]:
        """As much as usual, in whole euros, and no more than the account may hold."""
        held_cents = self._wallets[resident.number]
        wished = resident.month_cents * self._draw.uniform(0.7, 1.7) - held_cents * 0.6
        room = CAPS_CENTS[resident.tier] - held_cents - 1_00
        euros_cents = min(round(wished / 100), room * 20 // 21 // 100) * 100
        if euros_cents < 5_00 or number + 3 >= self._days:  # noqa: PLR2004  # why: not worth it
            return
        order = Orders(resident.number, euros_cents, self._draw.random() >= UNMATCHED_SHARE)
        self._orders.append(order)
        arrives = number + self._draw.choice((1, 1, 2))
        self._later[arrives].append(Arrives(len(self._orders) - 1))
        if not order.matched:
            self._later[arrives + 5].append(Found(len(self._orders) - 1))
        yield order

    def _paying(self, number: int, on: date) -> Iterator[Happening]:
        acts = PAYMENTS_A_MONTH / (1 - PERSON_TO_PERSON_SHARE) / self._part
        mean = acts * 12 / 365 * SEASONS.get(on.month, 1.0)
        open_shops = [s for s in self._town.shops if s.joined <= number]
        able = [r for r in self._town.residents if self._wallets[r.number] >= GIFT_CENTS_MIN]
        if not able:
            return
        weights = [self._wallets[r.number] for r in able]
        for resident in self._draw.choices(able, weights=weights, k=round(mean)):
            if self._draw.random() < PERSON_TO_PERSON_SHARE:
                yield from self._gift(resident, number)
            else:
                yield from self._payment(resident, open_shops)

    def _payment(self, resident: Resident, open_shops: list[Shop]) -> Iterator[Happening]:
        cents = min(round(lognormal(self._draw, 15_00, 24_00)), PAYMENT_CENTS_MAX)
        cents = min(max(cents - cents % 5, 80), self._wallets[resident.number])
        liked = [s for s in open_shops if s.number in resident.favourites]
        if not liked or self._draw.random() > 0.75:  # noqa: PLR2004  # why: a quarter goes elsewhere
            liked = open_shops
        if cents <= 0:
            return
        shop = self._draw.choices(liked, weights=[s.weight for s in liked])[0]
        self._wallets[resident.number] -= cents
        self._tills[shop.number] += cents
        self._payments.append(Pays(resident.number, shop.number, cents))
        yield self._payments[-1]

    def _gift(self, resident: Resident, number: int) -> Iterator[Happening]:
        others = [
            r for r in self._town.residents
            if r.electronic and r.joined <= number and r is not resident
        ]  # fmt: skip
        if not others:
            return
        to = self._draw.choice(others)
        room = CAPS_CENTS[to.tier] - self._wallets[to.number]
        cents = min(self._wallets[resident.number], room, self._draw.randrange(2_00, 20_00))
        if cents >= GIFT_CENTS_MIN:
            self._wallets[resident.number] -= cents
            self._wallets[to.number] += cents
            yield Gives(resident.number, to.number, cents)

    def _returning(self) -> Iterator[Happening]:
        """One payment in a hundred of the last days is given back, whole or in half."""
        recent = range(max(0, len(self._payments) - 100), len(self._payments))
        if not recent or self._draw.random() > 100 * REFUND_SHARE / self._part:
            return
        number = self._draw.choice(recent)
        payment = self._payments[number]
        returned = payment.cents if self._draw.random() < 0.5 else payment.cents // 2  # noqa: PLR2004  # why: as often as not
        if returned and returned <= self._tills[payment.shop] and number not in self._given_back:
            self._given_back.add(number)
            self._tills[payment.shop] -= returned
            self._wallets[payment.resident] += returned
            yield Returns(number, returned)

    def _trading(self, number: int) -> Iterator[Happening]:
        payers = [s for s in self._town.shops if s.joined <= number]
        suppliers = [s for s in payers if s.filiere in SUPPLIERS]
        mean = INVOICES_A_MONTH / self._part * 12 / 365
        for _ in range(int(mean) + (self._draw.random() < mean % 1)):
            shop = self._draw.choices(payers, weights=[s.weight for s in payers])[0]
            supplier = self._draw.choice(suppliers or payers)
            total = max(20_00, round(lognormal(self._draw, 100_00, 140_00)) // 100 * 100)
            cents = min(total, self._tills[shop.number] // 2)
            if shop is supplier or cents < 10_00:  # noqa: PLR2004  # why: not worth an invoice
                continue
            self._tills[shop.number] -= cents
            self._tills[supplier.number] += cents
            yield Invoices(shop.number, supplier.number, cents, total)

    def _leaving(self, number: int, on: date) -> Iterator[Happening]:
        """Each month a merchant redeems what it cannot spend; the largest ones twice."""
        big = sorted(self._town.shops, key=lambda s: -s.weight)[:BIG_SHOPS]
        for shop in self._town.shops:
            days = (
                {shop.redeem_day, (shop.redeem_day + 14) % 28} if shop in big else {shop.redeem_day}
            )
            if on.day not in days or shop.joined > number or number + 6 >= self._days:
                continue
            share = 0.98 if shop in big else 0.96
            cents = int(self._tills[shop.number] * share) // 100 * 100
            if cents < REDEEM_CENTS_MIN:
                continue
            self._tills[shop.number] -= cents
            self._redemptions.append(Redeems(shop.number, cents))
            self._later[number + 2].append(Approved(len(self._redemptions) - 1))
            self._later[number + 4].append(Paid(len(self._redemptions) - 1))
            yield self._redemptions[-1]

    def _paper(self, number: int, on: date) -> Iterator[Happening]:
        """Comptoirs sell notes twice a week and bring their cash on Fridays."""
        if on.weekday() in {2, 5}:
            for comptoir in self._boxes:
                for euros in self._draw.choices(NOTES_EUROS, k=self._draw.choice((1, 1, 2))):
                    sold = SYMMETRIC.issue(euros * 100, Mode.TRANCHE)
                    self._boxes[comptoir] += sold.euros_cents
                    self._notes_out += sold.bousol_cents // 100
                    yield SellsNotes(comptoir, euros * 100)
        if on.weekday() == 4:  # noqa: PLR2004  # why: Friday
            for comptoir in self._boxes:
                if self._boxes[comptoir]:
                    self._boxes[comptoir] = 0
                    yield Remits(comptoir)
        yield from self._notes_return(number, on)

    def _notes_return(self, number: int, on: date) -> Iterator[Happening]:
        """What was sold comes back through the shops, but for what stays in purses."""
        kept = PAPER_BOUSOLS // self._part * (number + 1) // DAYS
        shops = [s for s in self._town.shops if s.joined <= number]
        if on.weekday() == 0 and self._notes_out > kept:
            for shop in self._draw.sample(shops, min(12 // self._part + 1, len(shops))):
                bousols = min(self._draw.randrange(40, 400), self._notes_out - kept) // 20 * 20
                if bousols > 0:
                    self._notes_out -= bousols
                    self._tills[shop.number] += bousols * 100
                    yield BringsNotes(shop.number, shop.number % len(self._boxes), bousols)
