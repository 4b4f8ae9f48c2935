"""Every screen of the service; the composition root takes them from here."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from api.pages import aid, association, common, demo, entering, merchant, pay, till
from api.pages.account import adding, choosing, joining, securing
from api.pages.public import covering, home, receipts, shops
from api.pages.resident import every as resident

PAGES: Final[tuple[HTTPRouteHandler, ...]] = (
    *common.ROUTES,
    *demo.ROUTES,
    *entering.ROUTES,
    *aid.ROUTES,
    *association.ROUTES,
    *merchant.ROUTES,
    *pay.ROUTES,
    *resident.ROUTES,
    *choosing.ROUTES,
    *securing.ROUTES,
    *adding.ROUTES,
    *joining.ROUTES,
    *home.ROUTES,
    *shops.ROUTES,
    *covering.ROUTES,
    *receipts.ROUTES,
    *till.ROUTES,
)
