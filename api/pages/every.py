"""Every screen of the service; the composition root takes them from here."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from api.pages import common, demo, entering, merchant, pay
from api.pages.resident import every as resident

PAGES: Final[tuple[HTTPRouteHandler, ...]] = (
    *common.ROUTES,
    *demo.ROUTES,
    *entering.ROUTES,
    *merchant.ROUTES,
    *pay.ROUTES,
    *resident.ROUTES,
)
