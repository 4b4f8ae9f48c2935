"""Which problem an exception becomes, where no request can make it happen at will."""

import re
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.exc import InterfaceError as Wrapped

from api.wire import fact_words
from api.wire.asking import Asking
from api.wire.figures import Figures
from api.wire.problems import problem_of, told
from merchants.admission import Status
from merchants.refusals import StandingMisfit

ROOT = Path(__file__).parents[2]


def wrapped(error, *, invalidated):
    """An error of the driver as SQLAlchemy hands it on."""
    driver = Exception()
    driver.__cause__ = error
    return Wrapped("select 1", {}, driver, connection_invalidated=invalidated)


def test_a_connection_that_was_closed_under_a_statement_is_a_database_that_is_away():
    closed = asyncpg.InterfaceError("connection is closed")
    assert problem_of(wrapped(closed, invalidated=True)).code == "unavailable"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (asyncpg.InterfaceError("misuse"), "internal"),
        (asyncpg.QueryCanceledError("late"), "overloaded"),
        (asyncpg.ConnectionDoesNotExistError("gone"), "unavailable"),
    ],
)
def test_any_other_error_of_the_driver_is_what_the_driver_says(error, code):
    assert problem_of(wrapped(error, invalidated=False)).code == code


RAISED = re.compile(r"(?:NameUnusable|IdentityIncomplete)\(([^)]*)\)")


def named_by_the_code():
    """What refusals are raised with by a word, wherever they are."""
    found = set()
    for package in ("admin", "api", "merchants"):
        for file in (ROOT / package).rglob("*.py"):
            for call in RAISED.findall(file.read_text("utf-8")):
                found.update(re.findall(r'"([a-z_]+)"', call))
    return sorted(found)


@pytest.mark.parametrize("word", named_by_the_code())
def test_what_a_refusal_names_has_words_in_both_languages(word):
    (name,) = [name for name in ("reason", "missing") if word in fact_words.WORDS[name]]
    french, english = [fact_words.said(name, word, language) for language in ("fr", "en")]
    assert word not in {french, english}
    assert french != english


@pytest.mark.parametrize("status", Status)
def test_a_merchants_standing_is_told_in_french_to_whom_reads_french(status):
    problem = problem_of(StandingMisfit(status))
    said = told(problem, Asking("1", "0" * 32, "fr"), Figures("fr"))["detail"]
    assert status not in said.split()
    assert fact_words.WORDS["status"][status][0] in said
