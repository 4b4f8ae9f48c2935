"""The story of the demo: the same for a seed, always possible, and of the size it says."""

from collections import Counter
from datetime import date
from statistics import median

import pytest
from stdnum.fr import siret

from api.demo import happenings as h
from api.demo.cast import cast
from api.demo.moving import TRANCHE
from api.demo.notes import notes_of
from api.demo.settling import NOTES_EACH
from api.demo.story import DAYS, SMALL_DAYS, Story
from ledger.chart import Commodity
from ledger.conversion import SYMMETRIC
from merchants.names import skeleton

LAST = date(2026, 11, 28)


def told(seed, *, small=False):
    days = SMALL_DAYS if small else DAYS
    town = cast(seed, days=days, small=small)
    return town, list(Story(town, seed, LAST, days=days, small=small).days())


@pytest.fixture(scope="module")
def whole():
    return told(1)


def test_a_seed_tells_one_story_and_another_seed_another():
    assert told(3, small=True) == told(3, small=True)
    assert told(3, small=True) != told(4, small=True)


def test_the_town_has_the_size_and_the_filieres_it_says(whole):
    town, _ = whole
    assert (len(town.residents), len(town.shops), town.comptoirs) == (900, 140, 6)
    electronic = sum(resident.electronic for resident in town.residents)
    assert 0.65 < electronic / 900 < 0.75
    food = Counter(shop.filiere for shop in town.shops)
    fed = ("boulangerie", "fruits_legumes", "poissonnerie", "boucherie", "epicerie", "producteur",
           "restauration")  # fmt: skip
    assert sum(food[filiere] for filiere in fed) == 63  # 45 %


def test_no_two_shops_look_alike_and_no_company_has_their_number(whole):
    town, _ = whole
    assert len({skeleton(shop.name) for shop in town.shops}) == 140
    assert len({shop.siret for shop in town.shops}) == 140
    for shop in town.shops:
        assert siret.is_valid(shop.siret)
        assert shop.siret.startswith("000")


class Purse:
    """Balances of residents and shops, kept apart from the story's own."""

    def __init__(self):
        self.orders, self.payments = [], []
        self.residents, self.shops = Counter[int](), Counter[int]()

    def follow(self, what):
        getattr(self, f"on_{type(what).__name__.lower()}", lambda _: None)(what)

    def on_orders(self, what):
        self.orders.append(what)

    def on_arrives(self, what):
        if self.orders[what.order].matched:
            self.on_found(what)

    def on_found(self, what):
        order = self.orders[what.order]
        self.residents[order.resident] += SYMMETRIC.issue(order.euros_cents).bousol_cents

    def on_pays(self, what):
        self.payments.append(what)
        self.residents[what.resident] -= what.cents
        self.shops[what.shop] += what.cents

    def on_returns(self, what):
        paid = self.payments[what.payment]
        self.shops[paid.shop] -= what.cents
        self.residents[paid.resident] += what.cents

    def on_gives(self, what):
        self.residents[what.resident] -= what.cents
        self.residents[what.to] += what.cents

    def on_invoices(self, what):
        self.shops[what.shop] -= what.cents
        self.shops[what.supplier] += what.cents

    def on_redeems(self, what):
        self.shops[what.shop] -= what.cents

    def on_bringsnotes(self, what):
        self.shops[what.shop] += what.bousols * 100


def test_two_years_are_told_and_nobody_ever_spends_what_is_not_there(whole):
    _, days = whole
    assert [day.number for day in days] == list(range(DAYS))
    assert days[-1].on == LAST
    purse = Purse()
    for day in days:
        for what in day.happenings:
            purse.follow(what)
        assert min(purse.residents.values(), default=0) >= 0, day.on
        assert min(purse.shops.values(), default=0) >= 0, day.on
    supply_cents = purse.residents.total() + purse.shops.total()
    assert 50_000_00 < supply_cents < 90_000_00


def test_payments_have_the_sizes_and_the_number_it_says(whole):
    _, days = whole
    cents = sorted(w.cents for day in days for w in day.happenings if isinstance(w, h.Pays))
    last_year = sum(isinstance(w, h.Pays) for day in days[-365:] for w in day.happenings)
    assert 2_500 < last_year / 12 < 3_000
    assert 12_00 < median(cents) < 16_00
    assert 19_00 < sum(cents) / len(cents) < 24_00
    assert cents[-1] <= 400_00


@pytest.mark.parametrize("seed", [1, 2026])
def test_a_comptoir_never_runs_out_of_notes(whole, seed):
    days = whole[1] if seed == 1 else told(seed)[1]
    happenings = [happening for day in days for happening in day.happenings]
    sold = {comptoir: Counter[Commodity]() for comptoir in range(6)}
    out = Counter[Commodity]()
    for happening in happenings:
        if isinstance(happening, h.SellsNotes):
            notes = notes_of(TRANCHE.issue(happening.euros_cents).bousol_cents // 100)
            sold[happening.comptoir].update(notes)
            out.update(notes)
        elif isinstance(happening, h.BringsNotes):
            out.subtract(notes_of(happening.bousols, out))
    assert all(stock and stock <= Counter(NOTES_EACH) for stock in sold.values())


def test_notes_are_the_fewest_there_are():
    assert sum(notes_of(88).values()) == 7  # 20 20 20 20 5 2 1
    with pytest.raises(AssertionError, match="do not make this sum"):
        notes_of(3, Counter())
