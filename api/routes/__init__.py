"""What the outside may ask for, in JSON: one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.routes import (
    account,
    bank_credits,
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
    orders,
    recoveries,
    redeeming,
    roles,
    secrets,
    sessions,
    transfers,
)

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    *health.ROUTES,
    *cover.ROUTES,
    *account.ROUTES,
    *orders.ROUTES,
    *bank_credits.ROUTES,
    *transfers.ROUTES,
    *catalogue.ROUTES,
    *description.ROUTES,
    *demo.ROUTES,
    *cards.ROUTES,
    *counter.ROUTES,
    *keys.ROUTES,
    *letters.ROUTES,
    *lost_cards.ROUTES,
    *me.ROUTES,
    *memberships.ROUTES,
    *recoveries.ROUTES,
    *redeeming.ROUTES,
    *roles.ROUTES,
    *secrets.ROUTES,
    *sessions.ROUTES,
)
"""Every handler of the service; the composition root takes them from here."""
