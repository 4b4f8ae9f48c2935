"""Civil days of the currency's place: they begin and end at midnight in Paris.

A calendar ends somewhere, and whoever asks for its last day asks for an instant after it. So what
comes in is a day of a thousand years: what is reckoned from it is a date too.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Final, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError

from api.wire.problems import Problem

PARIS: Final = ZoneInfo("Europe/Paris")
_FIRST_YEAR: Final = 2000
_FIRST_BIRTH_YEAR: Final = 1900
_LAST_YEAR: Final = 2999
_At = TypeVar("_At", bound=date)


def _in_the_years(at: _At, first: int = _FIRST_YEAR) -> _At:
    if not first <= at.year <= _LAST_YEAR:
        years = {"first": first, "last": _LAST_YEAR}
        raise PydanticCustomError("other_years", "from {first} to {last}", years)
    return at


def _born(on: _At) -> _At:
    return _in_the_years(on, _FIRST_BIRTH_YEAR)


_YEARS: Final = Field(json_schema_extra={"pattern": "^2[0-9]{3}-"})
Day = Annotated[date, AfterValidator(_in_the_years), _YEARS]
"""The type of a day that comes in: 2000 to 2999."""
Instant = Annotated[AwareDatetime, AfterValidator(_in_the_years), _YEARS]
"""The type of an instant that comes in: 2000 to 2999, with its zone."""
BirthDay = Annotated[
    date,
    AfterValidator(_born),
    Field(json_schema_extra={"pattern": "^(19|2[0-9])[0-9]{2}-"}),
]
"""The type of the day somebody was born: 1900 to 2999."""


def day_of(at: datetime) -> date:
    """The day an instant lies in."""
    return at.astimezone(PARIS).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first instant of a day, and the first of the next one.

    Raises:
        Problem: `not_found`, a day before 2000 or after 2999: nothing happened on it.
    """
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise Problem("not_found")
    begun = datetime.combine(day, time(), PARIS)
    return begun, datetime.combine(day + timedelta(days=1), time(), PARIS)
