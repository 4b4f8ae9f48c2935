"""What the outside may ask for, in JSON: one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.routes import (
    applications,
    catalogue,
    cover,
    decisions,
    description,
    directory,
    health,
    profile,
    shifts,
    tills,
)

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    *health.ROUTES,
    *cover.ROUTES,
    *catalogue.ROUTES,
    *applications.ROUTES,
    *decisions.ROUTES,
    *directory.ROUTES,
    *profile.ROUTES,
    *tills.ROUTES,
    *shifts.ROUTES,
    *description.ROUTES,
)
"""Every handler of the service; the composition root takes them from here."""
