"""What the outside may ask for, in JSON: one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.routes import (
    card_payments,
    catalogue,
    cover,
    description,
    health,
    outcomes,
    payment_requests,
    payments,
    refunds,
    scans,
    signing_keys,
    taken_payments,
    till_days,
    till_events,
)

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    *health.ROUTES,
    *cover.ROUTES,
    *catalogue.ROUTES,
    *description.ROUTES,
    *signing_keys.ROUTES,
    *payment_requests.ROUTES,
    *scans.ROUTES,
    *payments.ROUTES,
    *card_payments.ROUTES,
    *till_events.ROUTES,
    *till_days.ROUTES,
    *taken_payments.ROUTES,
    *refunds.ROUTES,
    *outcomes.ROUTES,
)
"""Every handler of the service; the composition root takes them from here."""
