"""What the outside may ask for, in JSON: one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.routes import (
    card_payments,
    cards,
    catalogue,
    counter,
    cover,
    demo,
    description,
    health,
    keys,
    letters,
    lost_cards,
    me,
    memberships,
    payment_requests,
    payments,
    recoveries,
    redeeming,
    roles,
    scans,
    secrets,
    sessions,
    signing_keys,
)

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    *health.ROUTES,
    *cover.ROUTES,
    *catalogue.ROUTES,
    *description.ROUTES,
    *demo.ROUTES,
    *card_payments.ROUTES,
    *cards.ROUTES,
    *counter.ROUTES,
    *keys.ROUTES,
    *letters.ROUTES,
    *lost_cards.ROUTES,
    *me.ROUTES,
    *memberships.ROUTES,
    *payment_requests.ROUTES,
    *payments.ROUTES,
    *recoveries.ROUTES,
    *redeeming.ROUTES,
    *roles.ROUTES,
    *scans.ROUTES,
    *secrets.ROUTES,
    *sessions.ROUTES,
    *signing_keys.ROUTES,
)
"""Every handler of the service; the composition root takes them from here."""
