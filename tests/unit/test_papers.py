"""Printed pages, looked at as a reader and a phone do: rendered, read back, measured."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import pytest
import segno
import zxingcpp
from PIL import Image

from admin.reserve import epc, references
from admin.telling.words import SUBJECTS, Template, text_of
from api.papers import qr
from api.papers.card import CardFacts, card
from api.papers.conditions import ConditionsFacts, conditions
from api.papers.letter import LetterFacts, letter
from api.papers.poster import PosterFacts, poster
from api.papers.sheet import inert
from api.papers.statement import Line, StatementFacts, Table, statement

DAY = date(2027, 3, 1)
MM = 72 / 25.4
LINK = "https://bousol.example/p/7KQ2M3A4"
CARD_LINK = "https://bousol.example/c/AbCdEfGhIjKlMnOpQrStUg"
ISSUER = "Association pour la monnaie citoyenne du Boulonnais"
POSTER = PosterFacts(
    "Boulangerie Delattre", "12 rue Faidherbe", "Boulogne-sur-Mer", LINK, "7KQ2-3", DAY
)
CARD = CardFacts(
    CARD_LINK, "4021 7786 0395", "12345 67890", "03 21 00 00 01", "bousol.example", ISSUER, DAY
)
LETTER = LetterFacts(
    (ISSUER, "1 rue de la Monnaie", "62200 Boulogne-sur-Mer"),
    ("Madame Yvette Fournier", "8 rue du Vivier", "62200 BOULOGNE-SUR-MER"),
    SUBJECTS["fr"],
    text_of(Template.MONEY_WAITS, "fr"),
    "Message 0193",
    DAY,
)
LINES = [
    Line(
        DAY + timedelta(days=number % 30), f"Paiement n° {number}", -12_60 if number % 3 else 21_00
    )
    for number in range(100)
]
STATEMENT = StatementFacts(
    "Relevé de compte", ("Yvette Fournier",), "Relevé 7", DAY, date(2027, 3, 31), 1_000_00, LINES
)
CONDITIONS = ConditionsFacts(
    holder="Yvette",
    card_number="4021 7786 0395",
    counter="Comptoir de la gare",
    opened_on=DAY,
    cap_minor=150_00,
    pin_above_minor=30_00,
    pin_sum_minor=100_00,
    phone="03 21 00 00 01",
    host="bousol.example",
    issuer=ISSUER,
)
PAPERS: dict[str, tuple[Any, Any]] = {
    "poster": (poster, POSTER),
    "card": (card, CARD),
    "letter": (letter, LETTER),
    "statement": (statement, STATEMENT),
    "conditions": (conditions, CONDITIONS),
}
EVERY = pytest.mark.parametrize("name", PAPERS)
BOTH = pytest.mark.parametrize("language", ["fr", "en"])


@cache
def printed(name, language):
    make, facts = PAPERS[name]
    return make(facts, language)


def pages(pdf):
    """The text of each page, spaces made plain."""
    with pypdfium2.PdfDocument(pdf) as document:
        texts = []
        for page in document:
            reader = page.get_textpage()
            texts.append(" ".join(reader.get_text_range().split()))
            reader.close()
            page.close()
        return texts


def sizes(pdf):
    """The sizes of type on the first page, in points."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        reader = page.get_textpage()
        found = {
            round(pypdfium2.raw.FPDFText_GetFontSize(reader, index), 1)
            for index in range(reader.count_chars())
            if reader.get_text_range(index, 1).strip()
        }
        reader.close()
        page.close()
        return found


def boxes(pdf, number=0):
    """Each visible sign of a page with its box in millimetres from the left top: x, y, x, y."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[number]
        reader = page.get_textpage()
        height = page.get_height()
        found = []
        for index in range(reader.count_chars()):
            sign = reader.get_text_range(index, 1)
            left, bottom, right, top = reader.get_charbox(index)
            if sign.strip():
                found.append(
                    (sign, left / MM, (height - top) / MM, right / MM, (height - bottom) / MM)
                )
        reader.close()
        page.close()
        return found


def codes(pdf, dots_per_inch):
    """What a phone reads on the first page."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        picture = page.render(scale=dots_per_inch / 72).to_pil()
        page.close()
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_the_code_of_a_poster_reads_from_afar_and_is_its_link():
    for dots_per_inch in (30, 72, 150):
        assert codes(printed("poster", "fr"), dots_per_inch) == [LINK]


def test_the_code_of_a_poster_reads_with_a_tenth_of_it_torn_off():
    with pypdfium2.PdfDocument(printed("poster", "fr")) as document:
        page = document[0]
        picture = page.render(scale=2).to_pil()
        page.close()
    torn = [round(length * MM * 2) for length in (80, 115, 110, 145)]
    picture.paste("white", torn)
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [LINK]


def test_the_code_of_a_card_is_its_link_at_its_size():
    assert codes(printed("card", "fr"), 150) == [CARD_LINK]


@BOTH
def test_a_poster_says_whom_one_pays_what_to_do_and_the_link_to_type(language):
    (text,) = pages(printed("poster", language))
    for part in ("Boulangerie Delattre", "12 rue Faidherbe, Boulogne-sur-Mer", LINK[8:], "7KQ2-3"):
        assert part in text
    assert ("agréé" if language == "fr" else "Approved") in text


@pytest.mark.parametrize(
    "name",
    [
        "W" * 45,
        "Wwwwwwwwwwww Mmmmmmmmmmmmm Wwwwwwwwww Mmmmmmm",
        "Société coopérative des pêcheurs artisans de la Côte d’Opale et du Boulonnais fg",
        "W" * 80,
    ],
)
def test_a_long_name_stays_on_its_side_of_the_sea(name):
    signs = boxes(poster(replace(POSTER, name=name, street="W" * 60)))
    sea = [box for box in signs if box[2] > 250 and box[4] < 283 and box[1] < 119]
    assert len(sea) > len(name.replace(" ", ""))
    assert max(right for _, _, _, right, _ in sea) <= 116


@EVERY
@BOTH
def test_every_sign_stands_on_the_page(name, language):
    for sign, left, top, right, bottom in boxes(printed(name, language)):
        assert min(left, 210 - right) > 15, sign
        assert min(top, 297 - bottom) > 4, sign


@EVERY
def test_the_same_facts_make_the_same_bytes(name):
    make, facts = PAPERS[name]
    assert make(facts, "fr") == printed(name, "fr")


@pytest.mark.parametrize(
    "name",
    ["<b>Chez Jo</b>", "**Chez Jo**", "[Jo](javascript:1)", "{link}", "A\\) Tj (B", "€ 5 – ’"],
)
def test_a_name_is_drawn_as_it_is_and_does_nothing(name):
    pdf = poster(replace(POSTER, name=name))
    assert name in pages(pdf)[0]
    for acts in (b"/URI", b"/JavaScript", b"/Annots", b"/Launch"):
        assert acts not in pdf
    statements = statement(replace(STATEMENT, holder=(name,), lines=[Line(DAY, name, 1)]))
    assert pages(statements)[0].count(name) == 2


def test_what_turns_or_hides_is_left_out():
    assert inert("Bou\u202elan\u200bgerie\n\0\tDelattre") == "Boulangerie  Delattre"
    assert "Chez Jo" in pages(poster(replace(POSTER, name="Chez\u202e Jo\u200b")))[0]


def test_a_card_says_nothing_of_its_holder_and_its_stub_alone_has_the_blocking_number():
    signs = boxes(printed("card", "fr"))
    stub = "".join(box[0] for box in signs if box[4] < 226)
    cut_out = "".join(box[0] for box in signs if box[2] > 226)
    assert "1234567890" in stub
    assert "1234567890" not in cut_out
    assert "402177860395" in cut_out


def test_the_address_of_a_letter_stands_in_the_window_and_nothing_else_does():
    signs = boxes(printed("letter", "fr"))
    window = [box for box in signs if box[1] >= 105 and 42 < box[2] < 90]
    assert "".join(box[0] for box in window) == "".join(LETTER.address).replace(" ", "")
    assert max(right for *_, right, _ in window) <= 195


def test_a_letter_says_the_message_and_is_dated_as_people_write():
    (text,) = pages(printed("letter", "fr"))
    assert "Un versement attend sur votre compte." in text
    assert "Le 1er mars 2027" in text
    (english,) = pages(letter(replace(LETTER, text=text_of(Template.MONEY_WAITS, "en")), "en"))
    assert "1 March 2027" in english


def test_a_long_letter_is_set_smaller_until_it_fits_its_page():
    text = "\n\n".join(["Vous trouverez ici ce qui change pour votre compte. " * 6] * 10)
    signs = boxes(letter(replace(LETTER, text=text)))
    assert max(bottom for *_, bottom in signs) < 290
    assert sum(box[0] == "V" for box in signs) >= 6 * 10


def test_a_statement_has_every_line_once_and_ends_with_what_its_lines_make():
    read = pages(printed("statement", "fr"))
    text = " ".join(read)
    assert [text.count(f"Paiement n° {number} ") for number in range(100)] == [1] * 100
    assert STATEMENT.closing_minor == 1_000_00 + 34 * 21_00 - 66 * 12_60
    assert "882,40 B" in read[-1].split("Solde à la fin")[1]
    assert "+714,00 B" in read[-1]
    assert "−831,60 B" in read[-1]
    assert all(f"page {number}" in page for number, page in enumerate(read, 1))


def test_the_balances_of_a_statement_end_in_one_column():
    signs = boxes(printed("statement", "fr"))
    ends = {round(box[3], 1) for box in signs if box[0] == "B" and box[3] > 185 and box[2] > 75}
    assert max(ends) - min(ends) < 0.3


def test_an_empty_statement_says_so_and_a_table_follows_the_lines():
    entries = Table("Écritures", ("Compte", "Débit", "Crédit"), [("707", "", "12,60 €")], 2)
    (text,) = pages(statement(replace(STATEMENT, lines=(), tables=[entries], note="Au pair.")))
    assert "Aucune opération" in text
    for part in ("Écritures", "707", "12,60 €", "Au pair."):
        assert part in text


def test_the_columns_of_a_table_are_as_wide_as_what_stands_in_them():
    rows = [
        ("530", "Caisse Bou'Sol", "Ventes encaissées", "41 568,61 €", ""),
        ("707", "Ventes TTC, à ventiler par taux de TVA", "Ventes encaissées", "", "41 568,61 €"),
        ("4672", "Association, euros à recevoir", "Euros versés par l'association", "", "7,61 €"),
    ]
    heads = ("Compte", "Intitulé", "Libellé", "Débit", "Crédit")
    entries = Table("Écritures", heads, rows, 2)
    pdf = statement(replace(STATEMENT, lines=(), tables=[entries]))
    (text,) = pages(pdf)
    assert all(cell in text for row in rows for cell in row)
    assert min(sizes(pdf)) >= 8.5, "nobody reads smaller type"


def test_an_ordinary_month_of_a_merchant_stays_on_one_page():
    heads = ("Compte", "Intitulé", "Libellé", "Débit", "Crédit")
    redeemed = Table("Devenu des euros", heads, [("2", "21,00 B", "20,00 €", "1,00 €", "")], 4)
    entries = Table("Écritures", heads, [("530", "Caisse", "Ventes", "12,60 €", "")] * 13, 2)
    month = replace(STATEMENT, lines=[Line(DAY, "Ventes", 1)] * 4, tables=[redeemed, entries])
    assert len(pages(statement(replace(month, note="Comptes proposés, à adapter. " * 8)))) == 1


@BOTH
def test_the_conditions_are_one_page_with_the_figures_of_this_account(language):
    (text,) = pages(printed("conditions", language))
    figures = ("150,00 B", "30,00 B", "100,00 B") if language == "fr" else ("150.00 B", "30.00 B")
    for part in (*figures, "Yvette", "4021 7786 0395", "03 21 00 00 01", ISSUER):
        assert part in text


def test_both_languages_say_the_same_things():
    from api.papers import card as cards  # noqa: PLC0415  why: the modules, beside their functions
    from api.papers import conditions as rules  # noqa: PLC0415  why: as above
    from api.papers import poster as posters  # noqa: PLC0415  why: as above
    from api.papers import statement as statements  # noqa: PLC0415  why: as above

    for module in (cards, rules, posters, statements):
        assert set(module.WORDS["fr"]) == set(module.WORDS["en"])
    assert len(rules.RULES["fr"]) == len(rules.RULES["en"])


def test_a_code_for_a_screen_is_the_code_and_its_title_is_inert():
    drawn = qr.svg(LINK, "Q", title='Code de "<Jo>" & fils')
    assert 'aria-label="Code de &quot;&lt;Jo> &quot; & fils"' not in drawn
    assert 'aria-label="Code de &quot;&lt;Jo>&quot; &amp; fils"' in drawn
    rows = qr.modules(LINK, "Q")
    picture = Image.new("L", (len(rows) + 8, len(rows) + 8), 255)
    for x, y, length in qr.runs(rows):
        picture.paste(0, (x + 4, y + 4, x + 4 + length, y + 5))
    large = picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)
    assert [found.text for found in zxingcpp.read_barcodes(large)] == [LINK]
    assert len(rows) == int(segno.make_qr(LINK, error="q", boost_error=False).version) * 4 + 17


def test_a_transfer_is_a_code_that_a_bank_reads():
    text = epc.payload(
        name="é" * 70,
        iban="FR7630006000011234567890189",
        cents=999_999_999_99,
        reference=references.reference_of(42),
        bic="AGRIFRPPXXX",
    )
    rows = qr.modules(text, epc.QR_LEVEL)
    assert len(rows) <= 17 + 4 * epc.QR_VERSION_MAX


def test_the_library_of_pages_waits_until_a_page_is_made():
    program = (
        "import sys, api.papers.poster, api.papers.card, api.papers.letter, api.papers.statement,"
        "api.papers.conditions; sys.exit('fpdf' in sys.modules or 'qrcode' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
