"""A food fund's month: what came, what everybody gets, entered by one person for another."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from admin.roles import Act
from api.aid.shapes import MONTH
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import After, batches, present, typed
from api.pages.forms import key_of, next_key
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_months import Allotment, get_month, list_members, submit
from api.routes.aid_programmes import get_programme
from api.wire.days import day_of
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/programmes/{programme:uuid}/caisse"
Asked = Annotated[str | None, QueryParameter(name="mois", pattern=MONTH)]
PAGE: Final = 50
All = Annotated[str | None, QueryParameter(name="tous", max_length=1)]


@get(PATH, opt=page(may(Act.SEE_FUND)), include_in_schema=False)
async def show(
    programme: FromPath[UUID],
    visit: GivenVisit,
    asked: Asked = None,
    everybody: All = None,
    after: After = None,
) -> Response[bytes]:
    """Shows a month of the fund and its members; the look is written down."""
    form = {"mois": asked or "", "tous": everybody or ""}
    return await _shown(visit, programme, form, after=after)


@post(PATH, opt=page(may(Act.SHARE_FUND)), include_in_schema=False)
async def share(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Enters the shares of a month; another person approves them."""
    form = await visit.form()
    try:
        data = shaped(
            Allotment,
            period=form.get("mois"),
            decision=form.get("decision"),
            everybody=form.get("tous") == "1",
        )
        made = await visit.through(submit, programme=programme, data=data, key=key_of(form))
    except (Problem, Refusal) as error:
        return await _shown(visit, programme, form, wrong_of(visit, error))
    return visit.go(f"/aide/lots/{made.id}")


async def _shown(
    visit: Visit,
    number: UUID,
    form: Mapping[str, str],
    wrong: dict[str, Any] | None = None,
    after: str | None = None,
) -> Response[bytes]:
    this = f"{day_of(visit.services.clock.now()):%Y-%m}"
    typed_ = form.get("mois", "")
    month = typed_ if re.fullmatch(MONTH, typed_) else this
    asked: dict[str, Any] = {"programme": number, "period": month}
    everybody = form.get("tous") == "1"
    return await present(
        visit,
        "month.html",
        "home",
        wrong=wrong,
        programme=await visit.through(get_programme, programme=number),
        told=await visit.through(get_month, **asked, everybody=everybody),
        members=await visit.through(list_members, **asked, limit=PAGE, cursor=after),
        everybody=everybody,
        lots=[b for b in await batches(visit) if b.programme == number and b.period == month],
        months=[_month(this, -1), this],
        typed=typed(form),
        key=next_key(form, wrong),
        may_share=visit.may(submit),
    )


def _month(period: str, later: int) -> str:
    year, month = map(int, period.split("-"))
    months = year * 12 + month - 1 + later
    return f"{months // 12:04}-{months % 12 + 1:02}"


ROUTES: Final = (show, share)
