"""Civil days of the currency's place: they begin and end at midnight in Paris."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")


def day_of(at: datetime) -> date:
    """The day an instant lies in."""
    return at.astimezone(PARIS).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first instant of a day, and the first of the next one."""
    begun = datetime.combine(day, time(), PARIS)
    return begun, datetime.combine(day + timedelta(days=1), time(), PARIS)
