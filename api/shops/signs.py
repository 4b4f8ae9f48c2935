"""The sign of the day of a shop, as screens and papers show it: one place knows its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from merchants import signals

if TYPE_CHECKING:
    from datetime import date

    from api.services import Services
    from merchants.signals import Signal


def sign_of(services: Services, number: int, day: date) -> Signal:
    """What both sides of the counter of a shop show on a civil day."""
    return signals.of_day(services.pepper.key("signal"), number, day)
