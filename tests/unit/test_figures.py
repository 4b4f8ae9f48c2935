import pytest

from api.wire.figures import Figures
from ledger.chart import Commodity

FR, EN = Figures("fr"), Figures("en")


@pytest.mark.parametrize(
    ("minor", "french", "english"),
    [
        (20_00, "20,00 €", "20.00 €"),
        (1_234_50, "1\N{NARROW NO-BREAK SPACE}234,50 €", "1,234.50 €"),
        (-5, "-0,05 €", "-0.05 €"),
        (0, "0,00 €", "0.00 €"),
    ],
)
def test_euros_are_written_as_their_reader_writes_them(minor, french, english):
    assert FR.euros(minor) == french.replace(" €", "\N{NO-BREAK SPACE}€")
    assert EN.euros(minor) == english.replace(" €", "\N{NO-BREAK SPACE}€")


def test_the_symbol_of_the_currency_is_a_choice():
    assert Figures("fr", "₷").bousols(21_00) == "21,00\N{NO-BREAK SPACE}₷"


def test_notes_are_counted():
    text = FR.amount(2, Commodity.NOTE20)
    assert text.replace("\N{NO-BREAK SPACE}", " ") == "2 × 20 B"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(20, 21, "95.23%"), (1, 1, "100.00%"), (99_999, 100_000, "99.99%"), (1, 0, "–")],
)
def test_a_ratio_is_rounded_down(part, whole, text):
    assert EN.ratio(part, whole) == text


def test_a_french_ratio_keeps_its_distance():
    assert FR.ratio(20, 21) == "95,23\N{NO-BREAK SPACE}%"
