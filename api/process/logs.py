"""Structured logs: one JSON object a line on standard error, without a person in it.

No address, no query, no body, no amount, no name, and no text of an exception, for that may quote
a row. What failed is told by its type and the places in the code.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

if TYPE_CHECKING:
    from collections.abc import Sequence

FRAMES_MAX: Final = 12
"""Places told of one failure, the innermost last."""

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def configure(level: int = logging.INFO) -> None:
    """Send the service's events from a level on, and every library's warnings, to standard error.

    One JSON object a line.
    """
    shared: Sequence[structlog.typing.Processor] = (
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    )
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_json)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                *shared,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _only_places,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _json(event: Any, **_: Any) -> str:
    """One line of JSON; a payment writes one, so it is made where it is made fastest."""
    return msgspec.json.encode(event, enc_hook=str).decode()


def failed(error: BaseException) -> dict[str, Any]:
    """What may be told of an exception: its type, its SQL state, and where it came from."""
    places = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    told: dict[str, Any] = {
        "error": type(error).__name__,
        "places": [f"{_short(place.filename)}:{place.lineno} {place.name}" for place in places],
    }
    if isinstance(state := getattr(error, "sqlstate", None), str):
        told["sqlstate"] = state
    return told


def _short(filename: str) -> str:
    """The last three parts of a path: enough to find it, nothing of the machine."""
    return "/".join(filename.rsplit("/", 3)[-3:])


def _only_places(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Put types and places in the place of a traceback."""
    info = event.pop("exc_info", None)
    if isinstance(info, tuple) and info[1] is not None:
        event.update(failed(info[1]))
    return event
