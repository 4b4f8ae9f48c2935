"""When what a list shows was made: `created_gte` and `created_lt`, the same words on every list."""

from typing import Annotated, Final

from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation
from pydantic import TypeAdapter, ValidationError

from api.wire.days import Instant
from api.wire.faults import Fault
from api.wire.problems import Problem
from ledger.spans import EVER, Span

_CHARACTERS_MAX: Final = 40
_INSTANT: Final[TypeAdapter[Instant]] = TypeAdapter(Instant)

CreatedGte = Annotated[
    str | None,
    QueryParameter(
        name="created_gte",
        max_length=_CHARACTERS_MAX,
        pattern="^2[0-9]{3}-",
        format="date-time",
        description="Only what was made at this instant or later (RFC 3339, with its zone).",
    ),
]
CreatedLt = Annotated[
    str | None,
    QueryParameter(
        name="created_lt",
        max_length=_CHARACTERS_MAX,
        pattern="^2[0-9]{3}-",
        format="date-time",
        description="Only what was made before this instant (RFC 3339, with its zone).",
    ),
]


def made_within(created_gte: CreatedGte = None, created_lt: CreatedLt = None) -> Span:
    """The span that a list is asked for.

    Raises:
        Problem: `malformed_parameter`, no instant of the years 2000 to 2999.
    """
    since = EVER.since if created_gte is None else _instant("created_gte", created_gte)
    return Span(since, EVER.until if created_lt is None else _instant("created_lt", created_lt))


GivenSpan = NamedDependency[SkipValidation[Span]]
"""The type of a list's parameter `made`; `EVER` when nobody asks for less."""


def _instant(name: str, text: str) -> Instant:
    try:
        return _INSTANT.validate_strings(text, strict=True)
    except (ValidationError, OverflowError):
        raise Problem("malformed_parameter", (Fault(name, "unfit"),)) from None
