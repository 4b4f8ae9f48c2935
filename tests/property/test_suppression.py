"""Nobody finds the figure of fewer than eleven households by subtracting published figures.

The attacker has every table that was ever published, of every programme, and looks for a sum of
published figures with signs that is the figure of a set of fewer households.
"""

from collections import Counter
from fractions import Fraction
from hashlib import shake_256
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.aid.suppression import HOUSEHOLDS_MIN, Cell, Month, Spent, published
from tests.database.world import tell

FILIERES = ("food", "leisure", "near", "move", "home")
MONTHS = tuple(Month(2026, number) for number in range(1, 7))
TRIED: Counter[str] = Counter()


@pytest.fixture(scope="module", autouse=True)
def attacks():
    yield
    tell(f"suppression: {dict(TRIED)}")


@st.composite
def spendings(draw):
    """Up to 60 households of a programme, of whom many spend in few filières, few in others."""
    size, households = draw(st.integers(0, 300)), draw(st.integers(1, 60))
    drawn = iter(shake_256(draw(st.binary(min_size=8, max_size=8))).digest(4 * size))
    return [
        Spent(
            MONTHS[next(drawn) % len(MONTHS)],
            next(drawn) % households,
            FILIERES[min(next(drawn) % 9, next(drawn) % 9) % len(FILIERES)],
            100 + number,
        )
        for number in range(size)
    ]


def tables(spent, least=HOUSEHOLDS_MIN):
    """What was published at the end of each month."""
    return [
        published(spent, months=MONTHS[:count], filieres=FILIERES, least=least)
        for count in range(1, len(MONTHS) + 1)
    ]


def atoms(cell):
    return frozenset((month, filiere) for month in cell.months for filiere in cell.filieres)


def households(spent, wanted):
    return len({one.household for one in spent if (one.month, one.filiere) in wanted})


def found_by_subtraction(sets):
    """Every set of atoms whose figure is a difference of up to three figures of these sets."""
    known = set(sets)
    reached = set(known)
    for count in (2, 3):
        for some in combinations(known, count):
            whole, *others = sorted(some, key=len, reverse=True)
            inside = frozenset().union(*others)
            if sum(map(len, others)) == len(inside) and inside < whole:
                reached.add(whole - inside)
    return reached


def spans(sets, wanted):
    """Whether the figure of `wanted` is any sum of the figures of `sets`, with any weights."""
    places = sorted({atom for one in sets for atom in one} | wanted)
    rows = [[Fraction(atom in one) for atom in places] for one in sets]
    target = [Fraction(atom in wanted) for atom in places]
    for column in range(len(places)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            if target[column]:
                return False
            continue
        rows = [row for row in rows if row is not pivot]
        for row in [*rows, target]:
            share = row[column] / pivot[column]
            for place, value in enumerate(pivot):
                row[place] -= share * value
    return not any(target)


@given(spendings())
def test_each_cell_is_over_eleven_households_or_more_and_says_the_truth(spent):
    for cell in tables(spent)[-1]:
        assert cell.households >= HOUSEHOLDS_MIN
        assert cell.households == households(spent, atoms(cell))
        assert cell.cents == sum(
            one.cents for one in spent if (one.month, one.filiere) in atoms(cell)
        )


@given(spendings())
def test_cells_do_not_overlap_and_cover_whole_months(spent):
    cells = tables(spent)[-1]
    seen = [atom for cell in cells for atom in atoms(cell)]
    assert len(seen) == len(set(seen))
    months = {month for cell in cells for month in cell.months}
    assert set(seen) == {(month, filiere) for month in months for filiere in FILIERES}


@given(spendings())
def test_what_was_published_stands_when_months_follow(spent):
    shown = tables(spent)
    for before, after in pairwise(shown):
        assert after[: len(before)] == before


@given(spendings(), spendings())
def test_no_subtraction_over_periods_and_programmes_leaves_fewer_than_eleven(first, second):
    """Programmes share no atom; periods are the tables of every month end, kept by the attacker."""
    for spent in (first, second):
        TRIED["programmes over six months"] += 1
        sets = {atoms(cell) for table in tables(spent) for cell in table}
        for reached in found_by_subtraction(sets):
            TRIED["figures found by subtraction"] += 1
            assert households(spent, reached) >= HOUSEHOLDS_MIN
        for month in MONTHS:
            for filiere in FILIERES:
                if 0 < households(spent, {(month, filiere)}) < HOUSEHOLDS_MIN:
                    TRIED["small cells attacked with every sum"] += 1
                    assert not spans(sets, frozenset({(month, filiere)}))


def hidden_only(spent):
    """The mistake: small cells are left out, and the totals of the months are shown."""
    cells = []
    for month in MONTHS:
        for filieres in [FILIERES, *((one,) for one in FILIERES)]:
            wanted = {(month, filiere) for filiere in filieres}
            count = households(spent, wanted)
            if count >= HOUSEHOLDS_MIN:
                cells.append(Cell((month,), filieres, count, 0))
    return cells


def test_the_attack_finds_what_hiding_alone_leaves_open():
    spent = [
        Spent(MONTHS[0], household, filiere, 1_00)
        for filiere in FILIERES
        for household in range(3 if filiere == "home" else 12)
    ]
    sets = {atoms(cell) for cell in hidden_only(spent)}
    assert spans(sets, frozenset({(MONTHS[0], "home")}))
    safe = {atoms(cell) for cell in tables(spent)[0]}
    assert not spans(safe, frozenset({(MONTHS[0], "home")}))


@pytest.mark.parametrize("count", [0, 1, HOUSEHOLDS_MIN - 1])
def test_a_programme_that_is_too_small_has_no_figure(count):
    spent = [Spent(MONTHS[0], household, "food", 5_00) for household in range(count)]
    assert tables(spent)[-1] == ()


def test_a_small_filiere_joins_its_neighbour_and_the_row_says_so():
    spent = [
        Spent(MONTHS[0], household, filiere, 1_00)
        for filiere, some in (("food", 30), ("leisure", 12), ("near", 4), ("move", 0), ("home", 2))
        for household in range(some)
    ]
    (table, *_) = tables(spent)
    assert [(cell.filieres, cell.households, cell.cents) for cell in table] == [
        (("food",), 30, 30_00),
        (("leisure", "near", "move", "home"), 12, 18_00),
    ]
