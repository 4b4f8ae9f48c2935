"""What schemathesis is told about this interface beyond its description."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def filter_body(_: schemathesis.HookContext, body: Any) -> bool:
    """Leave out 21.0: JSON Schema counts it as an integer, this service refuses it on purpose.

    That it does is in test_bodies.py.
    """
    return not _has_whole_float(body)


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
