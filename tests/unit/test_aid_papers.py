"""Papers of aid: the letter's window and card at their places, code apart, eights, the proof."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import pytest
import zxingcpp

from admin.aid.proof import Proof
from admin.aid.proof_bytes import At
from api.papers.aid_letter import (
    AidLetter,
    CodeLetter,
    Envelope,
    Shop,
    aid_letters,
    code_letters,
    place_of,
)
from api.papers.card import CARD_HEIGHT, CARD_WIDTH, CardFacts, eights
from api.papers.proof import ProofFacts, proof_sheet, rows_of
from api.papers.sheet import Sheet, Type
from tests.unit.test_papers import boxes, codes, pages

DAY = date(2026, 11, 20)
SENDER = ("CCAS de Boulogne-sur-Mer", "Accueil du lundi au vendredi", "03 21 00 00 00")
ADDRESS = ("Madame Yvette Fournier", "8 rue du Vivier", "62200 BOULOGNE-SUR-MER")
ENVELOPE = Envelope(SENDER, ADDRESS, "B-2026-0431", DAY)
SHOPS = [Shop(f"Boutique {n}", f"{n} rue Faidherbe", "Boulogne-sur-Mer") for n in range(40)]


def card(number):
    link = f"HTTPS://BOUSOL.EXAMPLE/C/{number:022}"
    return CardFacts(link, f"4021 7786 {number:04}", f"12345 6{number:04}", "03 21 00 00 01",
                     "bousol.example", "Association du Boulonnais", DAY)  # fmt: skip


def letter(**more):
    facts = {"envelope": ENVELOPE, "cents": 60_00, "what_for": "Manger local",
             "decision": "CP du 12 mars 2027, no 2027-14", "until": date(2027, 2, 28),
             "card": card(1), "shops": SHOPS,
             "phone": "03 21 00 00 01", "host": "bousol.example"}  # fmt: skip
    return AidLetter(**(facts | more))


def where(pdf, text, number=0):
    """The box of a text of a page in millimetres: x, y, x, y."""
    signs = boxes(pdf, number)
    said = "".join(sign for sign, *_ in signs)
    first = said.index(text.replace(" ", ""))
    found = signs[first : first + len(text.replace(" ", ""))]
    return (min(b[1] for b in found), min(b[2] for b in found),
            max(b[3] for b in found), max(b[4] for b in found))  # fmt: skip


def test_the_address_and_nothing_else_stands_in_the_window():
    pdf = aid_letters([letter()])
    for line in ADDRESS:
        left, top, right, bottom = where(pdf, line)
        assert left == pytest.approx(110, abs=1)
        assert top >= 48
        assert right <= 200
        assert bottom <= 90
    shown = "".join(s for s, x, y, *_ in boxes(pdf) if x >= 105 and 45 <= y <= 90)
    assert shown == "".join(ADDRESS).replace(" ", "")


def test_the_card_is_read_and_has_its_number_on_the_front_and_no_name():
    pdf = aid_letters([letter()])
    assert codes(pdf, 150) == [card(1).link]
    left, top, right, bottom = where(pdf, card(1).number)
    assert (left, top) > (19, 233)
    assert (right, bottom) < (19 + CARD_WIDTH, 233 + CARD_HEIGHT)
    foot = "".join(s for s, _, y, *_ in boxes(pdf) if y > 227)
    for word in ("Fournier", "CCAS", "Manger", card(1).opposition.replace(" ", "")):
        assert word not in foot
    below = [s for s, _, y, *_ in boxes(pdf, 1) if y > 227]
    assert below == [], "nothing is printed over the back of the card"


@pytest.mark.parametrize(("cents", "said"), [(60_00, "60 Bou’Sols"), (52_50, "52,50 Bou’Sols")])
def test_a_letter_says_how_much_for_what_until_when_and_where(cents, said):
    front, back = pages(aid_letters([letter(cents=cents)]))
    for text in (said, "Manger local", "28 février 2027", "Boutique 0, 0 rue Faidherbe",
                 "Décision : CP du 12 mars 2027, no 2027-14", "recours gracieux",
                 "dans les deux mois", "tribunal administratif", "autre lettre",
                 "Pourquoi un refus ? Sur bousol.example/carte"):  # fmt: skip
        assert text in " ".join(front.replace("\N{NO-BREAK SPACE}", " ").split()), text
    assert "Boutique 33" in back
    assert "Boutique 34" not in back
    assert "bousol.example/commerces" in back


def test_what_is_filled_in_is_text_whatever_signs_it_has():
    odd = Envelope(("=SUM(A1)*{0}",), ("<b>Zoé*</b> {name}", "8 rue %s"), "@{file}*", DAY)
    said = letter(envelope=odd, what_for="*{until}* <i>", shops=[Shop("*{host}*", "", "x")])
    (front, back) = pages(aid_letters([said]))
    for text in ("=SUM(A1)*{0}", "<b>Zoé*</b> {name}", "8 rue %s", "@{file}*", "*{until}* <i>",
                 "*{host}*"):  # fmt: skip
        assert text in front.replace("\N{NO-BREAK SPACE}", " "), text
    assert "*{host}*" in back


def test_leads_are_bold_and_a_long_name_near_takes_the_place_of_others():
    sheet = Sheet("x", language="fr", on=DAY)
    sheet.mixed((("Détachez", True), (" la carte", False), (".", True)), 20, 20, 170, Type(12.5))
    with pypdfium2.PdfDocument(sheet.bytes()) as document:
        text = document[0].get_textpage().get_text_bounded()
    assert text.split() == ["Détachez", "la", "carte."]
    long = [Shop(f"N{n} {'mot ' * 20}", "rue " * 20, "C") for n in range(3)]
    front = pages(aid_letters([letter(shops=long)]))[0]
    assert "N0 mot" in front
    assert "N1 mot" not in front


def test_a_shop_that_is_not_in_the_holders_commune_is_not_called_near_without_saying_where():
    here = Shop("Le Bocal", "5 rue Thiers", "Boulogne-sur-Mer")
    there = Shop("Café Paque", "137 boulevard Mariette", "Audresselles")
    front = " ".join(pages(aid_letters([letter(shops=[here, there])]))[0].split())
    assert "Près de chez vous : Le Bocal, 5 rue Thiers · Café Paque" in front
    assert "137 boulevard Mariette, Audresselles." in front
    front = " ".join(pages(aid_letters([letter(shops=[there])]))[0].split())
    assert "Près de chez vous" not in front
    assert "Où payer, par exemple : Café Paque, 137 boulevard Mariette, Audresselles." in front


@pytest.mark.parametrize(
    ("commune", "address", "here"),
    [("Équihen-Plage", "1 quai, 62224 EQUIHEN PLAGE", True),
     ("Saint-Martin-Boulogne", "3 rue Thiers, 62280 St Martin Boulogne", True),
     ("Boulogne-sur-Mer", "62280 Saint-Martin-Boulogne", False),
     ("Le Portel", "", False)],
)  # fmt: skip
def test_a_commune_is_the_same_however_a_list_writes_it(commune, address, here):
    assert Shop("Boutique", "", commune).stands_in(place_of(address)) is here


def test_who_has_a_card_gets_none_and_no_code_is_announced():
    pdf = aid_letters([letter(card=None, shops=[])], "en")
    assert codes(pdf, 150) == []
    assert "another letter" not in pages(pdf)[0]


def test_the_longest_letter_ends_above_the_card():
    longest = letter(
        what_for="M" * 80, decision="D" * 120, shops=[Shop("B" * 80, "r" * 120, "C" * 80)] * 3
    )
    for language in ("fr", "en"):
        pdf = aid_letters([replace(longest, cents=1_234_56)], language)
        ends = where(pdf, SENDER[0])  # it stands twice: at the head and as the signature
        body = [y for s, x, _, _, y in boxes(pdf) if y < 226 and x < 145 and s]
        assert max(body) < 224
        assert ends[1] < 30


def test_a_code_letter_names_the_end_of_the_card_and_has_no_code_to_scan():
    pdf = code_letters([CodeLetter(ENVELOPE, "4821", "0395", "03 21 00 00 01")])
    (said,) = pages(pdf)
    assert "4 8 2 1" in said
    assert "0395" in said
    assert codes(pdf, 150) == []
    assert not {"aide", "Manger", "Bou’Sols"} & set(said.split())


def test_eight_cards_stand_on_a_sheet_and_their_backs_meet_them():
    some = [card(number) for number in range(10)]
    pdf = eights(some)
    texts = pages(pdf)
    assert len(texts) == 5
    with pypdfium2.PdfDocument(pdf) as document:
        for number, count in ((0, 8), (2, 2)):
            picture = document[number].render(scale=150 / 72).to_pil()
            assert len(zxingcpp.read_barcodes(picture)) == count
    assert some[9].opposition in texts[4]
    assert all(some[0].opposition not in text for text in texts[:4])
    number = where(pdf, some[8].number, 2)
    behind = where(pdf, "Carte trouvée ou perdue", 3)
    assert number[0] < 105 < behind[0], "the ninth card is on the left, and its back on the right"
    assert number[2] < 105


def proof():
    return Proof(funded=400_00, converted=400_00, reclaimed=59_52, returned=59_52, unused=0,
                 issued=420_00, spent=357_50, expired=62_50, released=0, backing=0,
                 released_euros=0, backing_euros=0)  # fmt: skip


@pytest.mark.parametrize(("language", "spent"), [("fr", "340,48 €"), ("en", "340.48 €")])
def test_a_proof_and_its_supplement_fit_a_page_and_a_table(language, spent):
    now = At(12, datetime(2027, 3, 2, 10, 11, 12, 345678, UTC), bytes(range(32)), proof())
    facts = ProofFacts(UUID(int=7), "=Manger <b>", "Convention 3", date(2027, 2, 28), now, None,
                       "7.x", "bousol.example")  # fmt: skip
    (said,) = pages(proof_sheet(facts, language))
    for text in (spent, "=Manger <b>", bytes(range(32)).hex(), str(UUID(int=7)), "12"):
        assert text in said.replace("\N{NO-BREAK SPACE}", " "), text
    later = facts._replace(before=now, now=now._replace(seq=13))
    (said,) = pages(proof_sheet(later, language))
    assert said.replace("\N{NO-BREAK SPACE}", " ").count(spent) == 2
    assert {len(row) for row in rows_of(later, language)} == {3, 5}
