"""The sign of the day of a shop, as screens and papers show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.days import day_of
from merchants import signals

if TYPE_CHECKING:
    from datetime import datetime

    from api.services import Services
    from merchants.places import Place
    from merchants.signals import Signal


def signal_of(services: Services, place: Place, now: datetime) -> Signal:
    """What both sides of the counter show at an instant; it changes at midnight in Paris."""
    return signals.of_day(services.pepper.key("signal"), place.number, day_of(now))
