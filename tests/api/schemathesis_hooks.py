"""What schemathesis is told about this interface beyond its description."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID, uuid4

import schemathesis

OWN, OTHER = "FUZZ_OWN_SESSION", "FUZZ_OTHER_SESSION"
"""In the environment: the session that asks, and another one of the same person's."""
_KEY = "Idempotency-Key"


@schemathesis.hook
def filter_body(_: schemathesis.HookContext, body: Any) -> bool:
    """Leave out 21.0: JSON Schema counts it as an integer, this service refuses it on purpose.

    That it does is in test_bodies.py.
    """
    return not _has_whole_float(body)


@schemathesis.hook
def before_call(_: schemathesis.HookContext, case: Any, __: dict[str, Any]) -> None:
    """Give each act a key of its own, and let nobody end the session that they ask with.

    One seed makes the same key for act after act, so that each but the first would be refused for
    it; what is no key stays what it is. Whoever reads the list of their sessions, and ends the one
    that asks, would be nobody for all that follows: they end another one of theirs.
    """
    given = case.path_parameters or {}
    if OWN in os.environ and str(given.get("session")) == os.environ[OWN]:
        given["session"] = os.environ[OTHER]
    try:
        UUID((case.headers or {}).get(_KEY, ""))
    except ValueError:
        return
    case.headers[_KEY] = str(uuid4())


def _has_whole_float(value: Any) -> bool:
    match value:
        case float():
            return value.is_integer()
        case dict():
            return any(_has_whole_float(part) for part in value.values())
        case list():
            return any(_has_whole_float(part) for part in value)
        case _:
            return False
