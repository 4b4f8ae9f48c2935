"""Papers that hang at a till: rendered, read back as a phone and a person do, measured."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import pytest
import zxingcpp

from api.papers import flag, month_sheet, outage, poster_small
from api.papers.month_sheet import MonthFacts
from api.papers.outage import OutageFacts
from merchants.signals import FLAGS, of_day
from tests.unit.test_papers import BOTH, LINK, POSTER, boxes, pages

DAY = date(2027, 3, 1)
OUTAGE = OutageFacts("Boulangerie Delattre", "Caisse 1", LINK, "3", "03 53 01 00 00", DAY)
LONG = "Société coopérative des pêcheurs artisans de la Côte d’Opale et du Boulonnais fg"


def month(first=DAY, days=31, name="Boulangerie Delattre"):
    shown = [first + timedelta(days=step) for step in range(days)]
    signs = [(day, of_day(b"k" * 32, 7, day)) for day in shown]
    return MonthFacts(name, "Boulogne-sur-Mer", signs, DAY)


def rendered(pdf, dots_per_inch=150):
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1
        page = document[0]
        picture = page.render(scale=dots_per_inch / 72).to_pil()
        page.close()
    return picture


def codes(pdf, dots_per_inch=150):
    return [found.text for found in zxingcpp.read_barcodes(rendered(pdf, dots_per_inch))]


@BOTH
@pytest.mark.parametrize("dots_per_inch", [110, 300])
def test_a_phone_reads_the_small_poster_and_the_sheet_for_an_outage(language, dots_per_inch):
    assert codes(poster_small.small_poster(POSTER, language), dots_per_inch) == [LINK]
    assert codes(outage.outage_sheet(OUTAGE, language), dots_per_inch) == [LINK]


def test_a_small_poster_is_an_a6_page_whose_signs_all_stand_on_it():
    pdf = poster_small.small_poster(POSTER)
    with pypdfium2.PdfDocument(pdf) as document:
        assert [round(side / 72 * 25.4) for side in document[0].get_size()] == [105, 148]
    for sign, left, top, right, bottom in boxes(pdf):
        assert min(left, 105 - right) > 7, sign
        assert min(top, 148 - bottom) > 3, sign


@BOTH
def test_a_small_poster_says_whom_one_pays_and_when_not_to(language):
    (text,) = pages(poster_small.small_poster(POSTER, language))
    warning = "Un autre nom s’affiche" if language == "fr" else "Another name appears"
    for part in ("Boulangerie Delattre", "12 rue Faidherbe", LINK[8:], "7KQ2-3", warning):
        assert part in text


@BOTH
@pytest.mark.parametrize("days", [28, 31])
def test_a_months_sheet_has_every_day_with_its_word_and_its_flag_in_words(language, days):
    facts = month(days=days)
    (text,) = pages(month_sheet.month_sheet(facts, language))
    for day, sign in facts.signs:
        assert f"{day.day} {sign.word} " in text
        assert sign.flag.said(language) in text
    assert ("Mars 2027" if language == "fr" else "March 2027") in text


def test_the_flags_of_a_sheet_have_the_colours_of_their_days():
    facts = month()
    picture = rendered(month_sheet.month_sheet(facts), 144)
    dots = 144 / 25.4
    for row, (_, sign) in enumerate(facts.signs[:16]):
        # Near its upper right corner every flag shows the second colour of its ground.
        x, y = 16 + 13.5 + 14.2, 62 + row * 13.9 + 2.4
        seen = picture.getpixel((round(x * dots), round(y * dots)))
        assert "#{:02x}{:02x}{:02x}".format(*seen[:3]) == sign.flag.ground[1].hex, row


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", ["Boulangerie Delattre", LONG, "W" * 80])
def test_every_sign_of_the_sheets_stands_on_the_page_whatever_the_name(name, language):
    made = (
        month_sheet.month_sheet(month(name=name), language),
        outage.outage_sheet(replace(OUTAGE, name=name, till="W" * 60), language),
    )
    for pdf in made:
        for sign, left, top, right, bottom in boxes(pdf):
            assert min(left, 210 - right) > 15, sign
            assert min(top, 297 - bottom) > 4, sign


@BOTH
def test_the_sheet_for_an_outage_says_what_to_compare_and_whom_to_call(language):
    (text,) = pages(outage.outage_sheet(OUTAGE, language))
    for part in ("03 53 01 00 00", LINK[8:], "Boulangerie Delattre, Caisse 1"):
        assert part in text
    said = ("feuille du mois", "deux lettres, deux chiffres") if language == "fr" else (
        "month’s sheet", "two letters, two digits")  # fmt: skip
    assert all(part in text for part in said)


def test_the_same_facts_make_the_same_bytes():
    made: Any = (
        (poster_small.small_poster, POSTER),
        (month_sheet.month_sheet, month()),
        (outage.outage_sheet, OUTAGE),
    )
    for make, facts in made:
        assert make(facts) == make(facts)


def test_both_languages_say_the_same_things():
    for module in (poster_small, month_sheet, outage):
        assert set(module.WORDS["fr"]) == set(module.WORDS["en"])


def test_every_flag_on_paper_is_drawn_like_no_other():
    assert len({flag.svg(one) for one in FLAGS}) == len(FLAGS)
