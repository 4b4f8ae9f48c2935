"""What the outside may ask for, in JSON: one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.routes import (
    account,
    bank_credits,
    catalogue,
    cover,
    description,
    health,
    orders,
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
)
"""Every handler of the service; the composition root takes them from here."""
