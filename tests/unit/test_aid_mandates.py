"""Mandates: which day is one, and which keeps an award from being under one."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.aid import lists, mandates
from admin.aid.mandates import Mandate
from admin.aid.programmes import Formula

TODAY = date(2027, 3, 9)
SIGNED = date(2027, 1, 5)
MOST = Formula(most_cents=400_00)


def mandate(*, ends_on=None, revoked_on=None, replaced=False):
    at = datetime(2027, 2, 1, tzinfo=UTC)
    return Mandate(
        id=UUID(int=1),
        beneficiary=UUID(int=2),
        programme=UUID(int=3),
        given_on=SIGNED,
        ends_on=ends_on,
        replaced_at=at if replaced else None,
        revoked_at=at if revoked_on else None,
        revoked_on=revoked_on,
    )


LIVE = mandate()
REVOKED = mandate(revoked_on=date(2027, 2, 1))
ENDED = mandate(ends_on=TODAY - timedelta(days=1))
LAST_DAY = mandate(ends_on=TODAY)


@pytest.mark.parametrize(
    ("day", "newest", "code"),
    [
        (None, None, "mandate_missing"),
        (TODAY, None, None),
        (TODAY + timedelta(days=1), None, "mandate_future"),
        (None, LIVE, None),
        (SIGNED - timedelta(days=1), LIVE, None),
        (TODAY + timedelta(days=1), LIVE, "mandate_future"),
        (None, LAST_DAY, None),
        (None, ENDED, "mandate_missing"),
        (SIGNED, ENDED, "mandate_ended"),
        (SIGNED + timedelta(days=1), ENDED, None),
        (None, REVOKED, "mandate_missing"),
        (date(2027, 2, 1), REVOKED, "mandate_revoked"),
        (date(2027, 2, 2), REVOKED, None),
    ],
)
def test_an_award_is_under_a_live_mandate_or_one_signed_since(day, newest, code):
    found = mandates.fault(day, newest, TODAY)
    assert (found and found.code) == code


@given(st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_nobody_without_a_live_one_passes_but_with_a_past_day_after_its_end(day):
    for newest in (None, REVOKED, ENDED):
        if mandates.fault(day, newest, TODAY) is None:
            assert day is not None
            assert day <= TODAY
            assert newest is None or day > (newest.revoked_on or newest.given_on)


def read(day, *, mandated=True):
    text = f"dossier;nom;montant;Date du mandat\nD-1;Anne;5;{day}\n"
    (row,) = lists.read(text.encode(), period="2027-03", formula=MOST, mandated=mandated)
    return row.mandate, [one.code for one in row.faults]


@pytest.mark.parametrize("text", ["2027-01-05", "05/01/2027", " 2027-01-05 "])
def test_a_day_is_read_as_in_french_or_in_files(text):
    assert read(text) == (SIGNED, [])


@pytest.mark.parametrize(
    "text",
    ["2027-1-5", "05-01-2027", "2027-02-29", "31/04/2027", "05/01/27", "oui", "1998-01-05",
     "2027-01-05 10:00", "\u0662027-01-05"],
)  # fmt: skip
def test_what_is_no_day_is_a_fault_and_read_for_no_other_programme(text):
    assert read(text) == (None, ["mandate_malformed"])
    assert read(text, mandated=False) == (None, [])


@given(st.dates(date(2000, 1, 1), date(2999, 12, 31)))
def test_every_day_is_read_back(day):
    assert read(day.isoformat()) == (day, [])
    assert read(f"{day:%d/%m/%Y}") == (day, [])
