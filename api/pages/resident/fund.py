"""A food fund as a resident sees it: joining, what one pays a month, what one got, leaving."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages.forms import cents
from api.pages.resident.common import euros, last_day, refused, shown
from api.pages.visit import GivenVisit, Visit
from api.routes.food_funds import Contribution, get_fund, join, leave, list_funds
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/caisse-alimentaire"


@get(PATH, opt=page(may(Act.JOIN_FUND)), include_in_schema=False)
async def funds(visit: GivenVisit) -> Response[bytes]:
    """Lists the funds one may join."""
    found = (await visit.through(list_funds)).items
    return shown(visit, "funds.html", funds=found)


@get(PATH + "/{programme:uuid}", opt=page(may(Act.JOIN_FUND)), include_in_schema=False)
async def show(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows a fund and one's own place in it."""
    return shown(visit, "fund.html", **await _fund(visit, programme), wrong=None)


@post(PATH + "/{programme:uuid}", opt=page(may(Act.JOIN_FUND)), include_in_schema=False)
async def pay(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Joins, or says what one pays from now on."""
    typed = (await visit.form()).get("cotisation", "")
    try:
        data = Contribution(contribution=euros(_wanted(typed)))
        await visit.through(join, programme=programme, data=data)
    except (Problem, Refusal) as error:
        return refused(visit, "fund.html", error, **await _fund(visit, programme, typed))
    return visit.go(f"{PATH}/{programme}?fait=note")


@post(PATH + "/{programme:uuid}/quitter", opt=page(may(Act.JOIN_FUND)), include_in_schema=False)
async def go(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Leaves."""
    await visit.through(leave, programme=programme)
    return visit.go(f"{PATH}/{programme}?fait=quitte")


def _wanted(typed: str) -> int:
    """Euro-cents as they were typed.

    Raises:
        Problem: `malformed_amount`.
    """
    wanted = cents(typed)
    if wanted is None:
        raise Problem("malformed_amount")
    return wanted


async def _fund(visit: Visit, number: UUID, typed: str = "") -> dict[str, Any]:
    fund = await visit.through(get_fund, programme=number)
    transfer = fund.mine.transfer if fund.mine else None
    iban = transfer.iban if transfer else ""
    return {
        "back": PATH,
        "fund": fund,
        "transfer": transfer,
        "iban": " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)),
        "typed": typed,
        "last_day": last_day,
        "done": visit.request.query_params.get("fait", ""),
    }


ROUTES: Final = (funds, show, pay, go)
