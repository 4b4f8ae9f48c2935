"""Which problem an exception becomes, where no request can make it happen at will."""

import asyncpg
import pytest
from sqlalchemy.exc import InterfaceError as Wrapped

from api.wire.problems import problem_of


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
