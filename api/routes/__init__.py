"""What the outside may ask for, in JSON: one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.routes import (
    applications,
    cards,
    catalogue,
    counter,
    cover,
    decisions,
    demo,
    description,
    directory,
    health,
    invoices,
    keys,
    letters,
    lost_cards,
    me,
    memberships,
    merchant_statements,
    profile,
    recoveries,
    redeeming,
    redemptions,
    roles,
    secrets,
    sessions,
    shifts,
    tills,
)

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    *health.ROUTES,
    *cover.ROUTES,
    *catalogue.ROUTES,
    *description.ROUTES,
    *demo.ROUTES,
    *applications.ROUTES,
    *cards.ROUTES,
    *counter.ROUTES,
    *decisions.ROUTES,
    *directory.ROUTES,
    *invoices.ROUTES,
    *keys.ROUTES,
    *letters.ROUTES,
    *lost_cards.ROUTES,
    *me.ROUTES,
    *memberships.ROUTES,
    *merchant_statements.ROUTES,
    *profile.ROUTES,
    *recoveries.ROUTES,
    *redeeming.ROUTES,
    *redemptions.ROUTES,
    *roles.ROUTES,
    *secrets.ROUTES,
    *sessions.ROUTES,
    *shifts.ROUTES,
    *tills.ROUTES,
)
"""Every handler of the service; the composition root takes them from here."""
