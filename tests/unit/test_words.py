"""What templates say of counts, days and titles, in the grammar of each language."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from api.pages.rendering import environment

COUNTED = (
    "{% trans count=n %}{{ count }} montant changé"
    "{% pluralize %}{{ count }} montants changés{% endtrans %}"
)
FIRST, SECOND = date(2027, 3, 1), date(2027, 3, 2)


def said(template, language="fr", **facts):
    return environment(language, "B").from_string(template).render(**facts)


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [(0, "0 montant changé", "0 amounts changed"), (1, "1 montant changé", "1 amount changed"),
     (2, "2 montants changés", "2 amounts changed")],
)  # fmt: skip
def test_nothing_is_counted_as_french_and_as_english_count_it(number, french, english):
    assert said(COUNTED, n=number) == french
    assert said(COUNTED, "en", n=number) == english


def test_the_first_of_a_month_is_an_ordinal_in_french():
    at = datetime(2027, 3, 1, 18, 42, tzinfo=ZoneInfo("Europe/Paris"))
    assert said("{{ on | day }}", on=FIRST) == "lundi 1er mars"
    assert said("{{ on | dated }}", on=FIRST) == "1er mars 2027"
    assert said("{{ on | dated }}", on="2021-01-01") == "1er janv. 2021"
    assert said("{{ at | when }}", at=at) == "1er mars 2027, 18:42"
    assert said("{{ on | day }}, {{ on | dated }}", on=SECOND) == "mardi 2 mars, 2 mars 2027"
    assert said("{{ on | day }}, {{ on | dated }}", "en", on=FIRST) == "Monday 1 March, 1 Mar 2027"


def test_a_colon_has_no_space_before_it_in_english():
    title = '{{ _("%(lot)s : %(sum)s", lot=lot, sum=sum) }}'
    assert said(title, lot="Lot de mars 2027", sum="60,00 €") == (
        "Lot de mars 2027\N{NO-BREAK SPACE}: 60,00 €"
    )
    assert said(title, "en", lot="Batch of March 2027", sum="60.00 €") == (
        "Batch of March 2027: 60.00 €"
    )


def test_no_french_line_breaks_before_its_signs_nor_inside_its_quotation_marks():
    text = '{{ _("« Payer » ? Oui ; %(sum)s : non !", sum="4 €") }}'
    wide, thin = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
    said_so = f"«{wide}Payer{wide}»{thin}? Oui{thin}; 4 €{wide}: non{thin}!"
    assert said(text, sum="4 €") == said_so
    counted = (
        "{% trans count=n %}Un reste : un{% pluralize %}{{ count }} restent : deux{% endtrans %}"
    )
    assert said(counted, n=2) == f"2 restent{wide}: deux"
