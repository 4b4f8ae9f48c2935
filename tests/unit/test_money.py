import pytest

from ledger.chart import Commodity
from ledger.money import Amount, bousols, euros, face_cents


def test_amounts_of_one_commodity_add_up():
    assert euros(20_00) + euros(7_35) == euros(27_35)
    assert bousols(21_00) - bousols(30_00) == bousols(-9_00)


@pytest.mark.parametrize(
    "mixed",
    [
        lambda: euros(1) + bousols(1),
        lambda: euros(1) - bousols(1),
        lambda: euros(1) + Amount(Commodity.NOTE20, 1),
    ],
)
def test_adding_two_commodities_is_a_bug(mixed):
    with pytest.raises(AssertionError):
        mixed()


@pytest.mark.parametrize("minor", [1.0, True, "1", None])
def test_an_amount_is_made_of_whole_minor_units(minor):
    with pytest.raises(AssertionError):
        Amount(Commodity.EUR, minor)


def test_amounts_are_compared_within_their_commodity():
    assert euros(1_00) < euros(1_01)
    assert euros(5) != bousols(5)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (euros(7_35), "7.35 EUR"),
        (euros(5), "0.05 EUR"),
        (bousols(-1_00), "-1.00 BSL"),
        (bousols(10**12), "10000000000.00 BSL"),
        (Amount(Commodity.NOTE20, 2), "2 NOTE20"),
    ],
)
def test_an_amount_is_written_with_its_commodity(amount, text):
    assert str(amount) == text


def test_notes_are_worth_their_faces():
    notes = {Commodity.NOTE20: 2, Commodity.NOTE10: 1, Commodity.NOTE02: 1, Commodity.NOTE01: 0}
    assert face_cents(notes) == 52_00


def test_less_than_no_note_is_a_bug():
    with pytest.raises(AssertionError):
        face_cents({Commodity.NOTE20: -1})
