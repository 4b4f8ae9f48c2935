"""From one instant to another: what a list is asked for by its time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple


class Span(NamedTuple):
    """From its first instant on, up to another one that lies outside."""

    since: datetime
    until: datetime


EVER: Final = Span(datetime(1900, 1, 1, tzinfo=UTC), datetime(3100, 1, 1, tzinfo=UTC))
"""All there is."""
