"""The home of a merchant: what is there, what came in today, what waits; menus come after."""

from typing import Any, Final

from litestar import Response, get

from admin.roles import Act
from api.gate.access import may, page
from api.pages.visit import GivenVisit, Visit
from api.routes.account import account
from api.routes.invoices import create
from api.routes.invoices import list_all as list_invoices
from api.routes.keys import list_keys
from api.routes.merchant_statements import get_month
from api.routes.profile import get_profile
from api.routes.redemptions import list_all as list_redemptions
from api.routes.redemptions import request as request_redemption
from api.routes.roles import list_roles
from api.routes.till_days import read as read_day
from api.routes.tills import list_tills
from api.wire.days import day_of

_SHOWN: Final = 100


@get("/commerce", opt=page(may(Act.MANAGE_SHOP)), include_in_schema=False)
async def home(visit: GivenVisit) -> Response[bytes]:
    """Shows a merchant its balance, its takings of today and what waits for somebody."""
    days = await _days(visit)
    offers = {
        "suppliers": visit.may(create),
        "invoices": visit.may(list_invoices),
        "euros": visit.may(request_redemption),
        "month": visit.may(get_month),
        "people": visit.may(list_roles),
        "keys": visit.may(list_keys),
    }
    return visit.show(
        "merchant/home.html",
        profile=await visit.through(get_profile),
        account=await visit.through(account),
        days=days,
        takes=visit.may(read_day),
        taken=sum(day.now.paid.amount - day.now.refunded.amount for _, day in days),
        payments=sum(day.now.payments for _, day in days),
        proposals=await _proposals(visit),
        redemptions=await _redemptions(visit),
        offers=offers,
    )


async def _days(visit: Visit) -> list[tuple[Any, Any]]:
    """Each till with its day so far, for those who take payments."""
    tills = (await visit.through(list_tills)).items
    if not visit.may(read_day):
        return []
    today = day_of(visit.services.clock.now())
    return [(till, await visit.through(read_day, till_id=till.id, day=today)) for till in tills]


async def _proposals(visit: Visit) -> list[Any]:
    if not visit.may(create):
        return []
    found = await visit.through(list_invoices, side="paid", limit=_SHOWN)
    return [one for one in found.items if one.status == "proposed"]


async def _redemptions(visit: Visit) -> list[Any]:
    if not visit.may(request_redemption):
        return []
    found = await visit.through(list_redemptions, limit=_SHOWN)
    return [one for one in found.items if one.status == "requested"]


ROUTES: Final = (home,)
