"""What schemathesis is told about this interface beyond its description."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import schemathesis

_KEY = "Idempotency-Key"


@schemathesis.hook
def filter_body(_: schemathesis.HookContext, body: Any) -> bool:
    """Leave out 21.0: JSON Schema counts it as an integer, this service refuses it on purpose.

    That it does is in test_bodies.py.
    """
    return not _has_whole_float(body)


@schemathesis.hook
def before_call(_: schemathesis.HookContext, case: Any, __: dict[str, Any]) -> None:
    """Give each act a key of its own: one seed makes the same one for act after act.

    With it each but the first would be refused for its key. What is no key stays what it is.
    """
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
