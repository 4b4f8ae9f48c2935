"""What was typed, as the interface reads it, and what a person is told of a refusal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from api.wire.asking import asked
from api.wire.figures import Figures
from api.wire.problems import Problem, problem_of, told
from api.wire.shapes import read_body

if TYPE_CHECKING:
    from api.pages.visit import Visit

MISSHAPEN: Final = frozenset({"malformed_body", "fields_contradict", "malformed_parameter"})
"""Faults of single fields: each is told beside its field."""


def shaped(model: Any, **fields: Any) -> Any:
    """A body of the interface from fields of a form; what is empty is not there.

    Raises:
        Problem: `malformed_body` and its like, with the fields that are wrong.
    """
    there = {name: value for name, value in fields.items() if value is not None and value != ""}
    return read_body(model, json.dumps(there, default=str).encode())


def wrong_of(visit: Visit, error: Exception) -> dict[str, Any]:
    """What a page says of a refusal: its code, title and advice, and the fields that are wrong.

    Raises:
        Exception: the error itself, when it is a fault of ours.
    """
    problem = problem_of(error)
    if problem.code in {"internal", "unauthenticated", "forbidden", "cross_site"}:
        raise error
    figures = Figures(visit.language, visit.services.settings.currency_symbol)
    members = told(problem, asked(visit.request.scope), figures)
    fields = {one["pointer"].lstrip("/"): one["message"] for one in members.get("errors", ())}
    return {**members, "fields": fields, "minutes": _minutes(problem)}


def _minutes(problem: Problem) -> int:
    """In how many minutes to come back, rounded up; 0 when waiting changes nothing."""
    return -(-(problem.retry_after_seconds or 0) // 60)
