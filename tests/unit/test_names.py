"""Names on screens and paper, and cells of a spreadsheet: nobody plays tricks with them."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants.csv_files import cents, csv_cell, write_csv
from merchants.names import clean, skeleton
from merchants.refusals import NameUnusable


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Boulangerie\u202eerttaleD", "sign"),
        ("Boulan\u200bgerie", "sign"),
        ("Boulangerie\u2066", "sign"),
        ("Boulan\u00adgerie", "sign"),
        ("Boul\0angerie", "sign"),
        ("Boul\rangerie", "sign"),
        ("Boul\ud800angerie", "sign"),
        ("Boulangerie 🥖", "sign"),
        ("Bou\ue000langerie", "sign"),
        ("Bo\u0301\u0302\u0303ulangerie", "marks"),
        ("Boulangeri" + "e\u0301" + "\u0316" * 30, "marks"),
        ("\u0301Boulangerie", "marks"),
        ("=cmd()", "start"),
        ("+33321", "start"),
        ("-Delattre", "start"),
        ("@Delattre", "start"),
        ("\tDelattre", "start"),
        (" =cmd()", "start"),
        ("\N{FULLWIDTH EQUALS SIGN}cmd()", "start"),
        ("", "length"),
        ("B", "length"),
        (" B ", "length"),
        ("B" * 81, "length"),
        ("B" * 10_240, "length"),
        ("···", "letters"),
        ("& & &", "letters"),
    ],
)
def test_a_name_that_tricks_its_reader_is_refused_with_the_reason(name, reason):
    with pytest.raises(NameUnusable) as refusal:
        clean(name)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "name",
    [
        "Boulangerie Delattre",
        "L’Étal d’Aline & Fils",
        "Ty Ar Mor – N° 5",
        "Crêperie « Chez Jo »",
        "Œuvres Vives",
        "Phở Việt",
        "Οίνος",
        "B" * 80,
    ],
)
def test_an_ordinary_name_stays_as_it_is(name):
    assert clean(name) == name


def test_a_name_is_stored_composed_and_with_plain_spaces():
    assert clean("  Cafe\u0301\u00a0\u2009du  Port ") == "Café du Port"


@given(st.text(max_size=100))
def test_any_text_is_a_clean_name_or_refused(text):
    try:
        name = clean(text)
    except NameUnusable:
        return
    assert clean(name) == name
    assert unicodedata.is_normalized("NFC", name)
    assert name.isprintable() or " " in name
    assert skeleton(name)


@pytest.mark.parametrize(
    "twin",
    [
        "BOULANGERIE DELATTRE",
        "boulangerie-delattre",
        "Boulangerie  De Lattre",
        "Boulangérie Delattre",
        "B0ulangerie Delattre",
        "Bou1angerie De1attre",
        "BouIangerie DeIattre",
        "Bou|angerie Delattre",
        "\u0412oul\u0430ng\u0435ri\u0435 D\u0435l\u0430ttr\u0435",
        "\uff22\uff4f\uff55langerie Delattre",
        "\U0001d401oulangerie Delattre",
        "\u0392oulangerie Delattre",
        "Bou\N{LATIN SMALL LETTER L WITH STROKE}angerie Delattre",
        "Boulangerie Delattre.",
    ],
)
def test_a_twin_of_a_name_has_its_skeleton(twin):
    assert skeleton(twin) == skeleton("Boulangerie Delattre")


def test_look_alike_pairs_of_letters_are_one():
    assert skeleton("Le Commerce") == skeleton("Le Cornmerce") == skeleton("LE COMMERCE")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Boulangerie Delattre", "Boulangerie Delattres"),
        ("Café du Port", "Café du Fort"),
        ("Les Menhirs", "Les Mevhirs"),
        ("Le Nil", "Le Vil"),
        ("Bar 8", "Bar 3"),
        ("Chez Ana", "Chez Ava"),
    ],
)
def test_names_that_differ_to_the_eye_have_skeletons_that_differ(one, two):
    assert skeleton(one) != skeleton(two)


@given(st.text(max_size=60))
def test_case_never_tells_two_latin_names_apart(text):
    latin = "".join(letter for letter in text if letter.isascii())
    assert skeleton(latin.upper()) == skeleton(latin.lower()) == skeleton(skeleton(latin))


FORMULA = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", " =1", "\uff1d1+1")


@pytest.mark.parametrize("text", FORMULA)
def test_a_cell_that_a_spreadsheet_would_compute_is_quoted(text):
    cell = csv_cell(text)
    assert cell.startswith("'")
    assert "\0" not in cell


def test_an_ordinary_cell_is_left_alone():
    assert csv_cell("Boulangerie = Delattre") == "Boulangerie = Delattre"


@given(st.lists(st.lists(st.text() | st.integers(-(10**14), 10**14), min_size=1, max_size=4)))
def test_a_file_gives_its_cells_back_and_begins_no_formula(rows):
    raw = write_csv(["=Nom", "Montant"], rows)
    assert raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8-sig")
    cells = [
        cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=";") for cell in row
    ]
    assert cells[0] == "'=Nom"
    assert len(cells) == 2 + sum(len(row) for row in rows)
    for cell in cells:
        assert not cell.startswith(("=", "+", "@", "\t", "\r"))
        assert not cell.startswith("-") or cell[1].isdigit()


def test_sums_have_a_decimal_comma_and_no_space():
    assert [cents(value) for value in (1_234_50, -5, 0, 7)] == ["1234,50", "-0,05", "0,00", "0,07"]
    assert write_csv(["a"], [["é", 12_60]]) == "\ufeffa\r\né;12,60\r\n".encode()
