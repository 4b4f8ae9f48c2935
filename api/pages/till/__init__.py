"""The till on a phone or a tablet: who stands there, taking payments, the day, giving back."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from api.pages.till import day, giving_back, standing, taking

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    *standing.ROUTES,
    *taking.ROUTES,
    *day.ROUTES,
    *giving_back.ROUTES,
)
