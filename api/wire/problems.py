"""Problems as RFC 9457 tells them: the only shape in which this service says no.

Title and status come from the catalogue, `detail` says what to do next, `errors` names the fields.
An unknown outcome is 504, never a failure: nobody knows yet, and the same key finds out.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from api.wire import fact_words
from api.wire.catalogue import catalogue
from api.wire.faults import FAULTS_MAX, Fault
from api.wire.figures import Figures
from ledger.money import Amount
from ledger.refusals import Overloaded, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.wire.asking import Asking
    from api.wire.catalogue import Entry

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final[Mapping[str, int]] = {
    "overloaded": 1,
    "again": 1,
    "outcome_unknown": 1,
    "unavailable": 5,
    "too_many_requests": 60,
}
"""When to come back, where the problem itself does not say."""
_BY_STATUS: Final[Mapping[int, str]] = {
    400: "malformed_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}
_UNAUTHENTICATED: Final = 401
_ABSENT: Final = re.compile("Missing required (\\w+) parameter '([^']+)'")
"""How Litestar tells a parameter that is not there; the one header handlers ask for is the key."""
AWAY: Final = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InternalClientError,
)
"""The database is not there, or not for writing."""
CROWDED: Final = (
    TimeoutError,
    NoConnection,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
"""The database is there and too busy; what was asked of it left nothing."""


@dataclass(eq=False)
class Problem(Exception):
    """Why a request is answered with no.

    Attributes:
        code: of the catalogue.
        errors: which fields are wrong, and how.
        facts: what the words of the catalogue name in braces.
        headers: sent along, such as WWW-Authenticate.
        members: told besides, for programs.
    """

    code: str
    errors: tuple[Fault, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry(self) -> Entry:
        """What the catalogue says of it."""
        return catalogue()[self.code]

    @property
    def retry_after_seconds(self) -> int | None:
        """When to come back; None when coming back changes nothing."""
        told = self.facts.get("retry_after_seconds", RETRY_AFTER_SECONDS.get(self.code))
        return None if told is None else int(told)


def problem_of(error: Exception) -> Problem:
    """What a person is told of an exception; what nobody foresaw is `internal`."""
    match error:
        case Problem():
            found = error
        case Refusal():
            found = Problem(error.code, facts=_facts(error))
        case ValidationException():
            found = _misshapen(error)
        case HTTPException():
            found = Problem(_BY_STATUS.get(error.status_code, "internal"))
        case DBAPIError():
            found = _of_driver(error)
        case _ if isinstance(error, CROWDED):
            found = overloaded()
        case _ if isinstance(error, AWAY):
            found = Problem("unavailable")
        case _:
            found = Problem("internal")
    return found


def overloaded() -> Problem:
    """Too much at once: nothing was done."""
    return Problem(Overloaded.code)


def told(problem: Problem, asking: Asking, figures: Figures) -> dict[str, Any]:
    """The members of the problem, in the reader's language."""
    title, advice = problem.entry.words[asking.language]
    facts = {name: _said(name, fact, figures) for name, fact in problem.facts.items()}
    facts.setdefault("retry_after_seconds", problem.retry_after_seconds)
    members: dict[str, Any] = {
        "type": problem.entry.type,
        "title": title,
        "status": problem.entry.status,
        "detail": advice.format_map(facts),
        "code": problem.code,
        "trace_id": asking.trace_id,
        **problem.members,
    }
    if problem.errors:
        members["errors"] = [fault.told(asking.language) for fault in problem.errors[:FAULTS_MAX]]
    return members


def answer(problem: Problem, asking: Asking, *, symbol: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer."""
    members = told(problem, asking, Figures(asking.language, symbol))
    headers = {
        "content-language": asking.language,
        "vary": "Accept-Language",
        "cache-control": "no-store",
        **problem.headers,
    }
    if members["status"] == _UNAUTHENTICATED:  # RFC 9110, 15.5.2
        headers.setdefault("www-authenticate", 'Bearer realm="bousol"')
    if problem.retry_after_seconds is not None:
        headers["retry-after"] = str(problem.retry_after_seconds)
    return members["status"], headers, json.dumps(members, ensure_ascii=False).encode()


def _facts(refusal: Any) -> dict[str, Any]:
    """The fields of a refusal that has some, without the key."""
    named = [fact.name for fact in fields(refusal)] if is_dataclass(refusal) else []
    return {name: getattr(refusal, name) for name in named if name != "key"}


def _said(name: str, fact: object, figures: Figures) -> object:
    if isinstance(fact, str):
        return fact_words.said(name, fact, figures.language)
    return figures.amount(fact.minor, fact.commodity) if isinstance(fact, Amount) else fact


def _of_driver(error: DBAPIError) -> Problem:
    """What asyncpg said, from inside what SQLAlchemy made of it."""
    if error.connection_invalidated:
        return Problem("unavailable")
    cause = error.orig.__cause__ if error.orig is not None else None
    return problem_of(cause if isinstance(cause, Exception) else RuntimeError())


def _misshapen(error: ValidationException) -> Problem:
    """Litestar's findings on parameters, and on a body that is not there."""
    absent = _ABSENT.match(error.detail)
    if absent:
        source, name = absent.groups()
        faults = [(Fault(name, "missing"), source)]
    else:
        found = error.extra if isinstance(error.extra, list) else []
        faults = [(Fault(str(one.get("key", "")), "unfit"), _source(one)) for one in found]
    if any(source == "header" for _, source in faults):
        return Problem("key_missing")
    if any(fault.pointer == "data" for fault, _ in faults):
        return Problem("malformed_body", (Fault("", "missing"),))
    return Problem("malformed_parameter", tuple(fault for fault, _ in faults))


def _source(found: Mapping[str, Any]) -> str:
    source = found.get("source", "")
    return str(getattr(source, "value", source))
