"""The sign of the day of a shop, as pages show it to both sides of a counter."""

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
    """What a shop shows on the civil day of an instant."""
    return signals.of_day(services.pepper.key("signal"), place.account, day_of(now))
