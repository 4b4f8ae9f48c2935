"""A merchant's month for its books: from the opening to the closing, entries to post, files."""

from datetime import date, timedelta
from typing import Annotated, Final

from litestar import Response, get
from litestar.params import QueryParameter

from admin.roles import Act
from api.gate.access import may, page
from api.pages.visit import GivenVisit
from api.routes.merchant_statements import get_month
from api.wire.days import day_of
from merchants.months import OUTSIDE

Month = Annotated[str, QueryParameter(name="mois", max_length=7)]


@get("/commerce/comptabilite", opt=page(may(Act.SEE_MONTH)), include_in_schema=False)
async def show(visit: GivenVisit, month: Month = "") -> Response[bytes]:
    """Shows a month of a merchant, this one unless another is asked for."""
    this = day_of(visit.services.clock.now()).replace(day=1)
    told = await visit.through(get_month, month=month or f"{this:%Y-%m}")
    first: date = told.first_day
    after = told.last_day + timedelta(days=1)
    return visit.show(
        "merchant/month.html",
        told=told,
        before=first - timedelta(days=1),
        after=after if after <= this else None,
        lines=[total for total in told.totals if total.code not in OUTSIDE],
        outside=[total for total in told.totals if total.code in OUTSIDE],
    )


ROUTES: Final = (show,)
