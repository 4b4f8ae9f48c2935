"""What the outside may ask for, in JSON: one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.routes import (
    account,
    applications,
    bank_credits,
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
    orders,
    profile,
    recoveries,
    redeeming,
    redemptions,
    roles,
    secrets,
    sessions,
    shifts,
    tills,
    transfers,
)

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    *health.ROUTES,
    *cover.ROUTES,
    *catalogue.ROUTES,
    *description.ROUTES,
    *demo.ROUTES,
    *account.ROUTES,
    *applications.ROUTES,
    *bank_credits.ROUTES,
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
    *orders.ROUTES,
    *profile.ROUTES,
    *recoveries.ROUTES,
    *redeeming.ROUTES,
    *redemptions.ROUTES,
    *roles.ROUTES,
    *secrets.ROUTES,
    *sessions.ROUTES,
    *shifts.ROUTES,
    *tills.ROUTES,
    *transfers.ROUTES,
)
"""Every handler of the service; the composition root takes them from here."""
