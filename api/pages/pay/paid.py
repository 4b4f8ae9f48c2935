"""The green screen: its payer shows it to the shop, which sees the same word and the same code."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages.visit import GivenVisit
from api.paying.looking import seen
from api.routes.taken_payments import read
from api.shops.signs import sign_of
from api.wire.days import day_of

LIVE: Final = timedelta(minutes=10)
"""For so long after it a payment is shown in green; later it is a receipt."""
_FRESH: Final = timedelta(seconds=30)
"""For so long the phone tells with a buzz that it was paid."""


@get("/paye/{payment:uuid}", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def paid(payment: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows the sea risen for ten minutes; then, or once any was given back, the receipt."""
    assert visit.asker is not None, "the rule asks for a soliste"
    view = await visit.through(read, payment_id=payment)
    now = visit.services.clock.now()
    if now - view.posted_at >= LIVE or view.refunded.amount:
        return visit.go(f"/recu/{payment}")
    found = await seen(visit.services, visit.asker, payment)
    facts = {
        "view": view,
        "signal": sign_of(visit.services, found.place.number, day_of(now)),
        "now": now,
        "fresh": now - view.posted_at < _FRESH,
        "ends": view.posted_at + LIVE,
    }
    return visit.show("pay/paid.html", **facts)


ROUTES: Final = (paid,)
