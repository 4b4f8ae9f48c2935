"""Papers that hang at a till beside its poster: the month's words, what to do without a network."""

import asyncio
import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.params import FromPath, PathParameter

from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.papers.month_sheet import MonthFacts, month_sheet
from api.papers.outage import OutageFacts, outage_sheet
from api.routes.tills import realm_of
from api.services import GivenServices
from api.shops.owned import check_approved, own_poster, own_shop
from api.shops.signs import sign_of
from api.wire.asking import asked
from api.wire.days import day_of
from api.wire.faults import Fault
from api.wire.problems import Problem
from merchants import codes, tills

_SUFFIX: Final = ".pdf"
_MONTH: Final = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
MonthName = Annotated[
    str, PathParameter(pattern=_MONTH, description="This month or the next, such as 2027-03.")
]
"""The type of the handler's parameter `month`."""


@get(
    "/v1/signs/{month:str}/sheet.pdf",
    operation_id="getSignsPaper",
    tags=["merchants"],
    media_type="application/pdf",
    opt=may(
        Act.MANAGE_SHOP,
        problems=("not_found", "standing_misfit", "malformed_parameter", "unavailable"),
    ),
)
async def get_signs(
    month: MonthName, request: Request[Any, Any, Any], services: GivenServices, asker: GivenAsker
) -> Response[bytes]:
    """Prints the words and flags of a shop for this month or the next one, as one page of A4."""
    today = day_of(services.clock.now())
    first = _first(month, today)
    async with services.rows() as rows:
        found = await own_shop(rows, asker)
    check_approved(found)
    days = [first + timedelta(days=n) for n in range(monthrange(first.year, first.month)[1])]
    facts = MonthFacts(
        name=found.name,
        town=found.commune,
        signs=[(day, sign_of(services, found.number, day)) for day in days],
        printed_on=today,
    )
    paper = await asyncio.to_thread(month_sheet, facts, asked(request.scope).language)
    return _inline(paper, f"mots-{month}.pdf")


@get(
    "/v1/outage-sheets/{code:str}",
    operation_id="getOutagePaper",
    tags=["merchants"],
    media_type="application/pdf",
    opt=may(Act.MANAGE_SHOP, problems=("not_found", "standing_misfit", "unavailable")),
)
async def get_outage(
    code: FromPath[str],
    request: Request[Any, Any, Any],
    services: GivenServices,
    asker: GivenAsker,
) -> Response[bytes]:
    """Prints what to do at a till without a network, with its poster; ends in `.pdf`."""
    if not code.endswith(_SUFFIX):
        raise Problem("not_found")
    async with services.rows() as rows:
        found, hung = await own_poster(rows, asker, code.removesuffix(_SUFFIX))
        check_approved(found)
        number = await tills.number_of(rows, hung)
        theirs = await tills.of_merchant(rows, found.id)
    label = next((till.label for till in theirs if till.id == hung.till), "")
    facts = OutageFacts(
        name=found.name,
        till=label,
        link=codes.poster_link(hung.code, realm_of(services.settings)),
        number=str(number),
        phone=services.settings.contact_phone,
        printed_on=day_of(services.clock.now()),
    )
    return _inline(outage_sheet(facts, asked(request.scope).language), f"panne-{hung.code}.pdf")


def _first(month: str, today: date) -> date:
    """The first day of a month for which signs are told: nobody prints a year of them.

    Raises:
        Problem: `malformed_parameter`, or `not_found` for another month.
    """
    this = today.replace(day=1)
    told = (this, (this + timedelta(days=31)).replace(day=1))
    if re.fullmatch(_MONTH, month) is None:
        raise Problem("malformed_parameter", (Fault("month", "unfit"),))
    named = date.fromisoformat(f"{month}-01")
    if named not in told:
        raise Problem("not_found")
    return named


def _inline(paper: bytes, name: str) -> Response[bytes]:
    headers = {"content-disposition": f'inline; filename="{name}"', "cache-control": "no-store"}
    return Response(paper, media_type="application/pdf", headers=headers)


ROUTES: Final = (get_signs, get_outage)
