"""Membership: how it stands, its fee, and leaving."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.memberships import Standing
from admin.roles import Act
from api.access import may, page
from api.ids import new_id
from api.pages.forms import key_of
from api.pages.resident.common import refused, shown
from api.pages.visit import GivenVisit, Visit
from api.problems import Problem
from api.routes.account import account
from api.routes.memberships import ask_for_membership, leave, list_memberships, pay_fee
from ledger.refusals import Refusal


@get("/adhesion", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def standing(visit: GivenVisit) -> Response[bytes]:
    """Shows whether one is a member, and until when."""
    return shown(visit, "membership.html", **await _standing(visit), wrong=None)


async def _standing(visit: Visit) -> dict[str, Any]:
    found = await visit.through(list_memberships)
    years = found.items
    told = await visit.through(account)
    paid = [year for year in years if year.standing is Standing.ACTIVE]
    lapsed = [year for year in years if year.standing is Standing.LAPSED]
    pending = next((year for year in years if year.standing is Standing.PENDING), None)
    fee = pending.fee.amount if pending else found.fee.amount
    until = max((year.until for year in paid + lapsed if year.until), default=None)
    return {
        "active": bool(paid),
        "lapsed": bool(lapsed) and not paid,
        "left": any(year.standing is Standing.LEFT for year in years),
        "until": until,
        "pending": pending,
        "fee": fee,
        "told": told,
        "enough": told.own.amount >= fee,
        "key": new_id(),
        "over": until is not None and until < visit.services.clock.now(),
        "leaving": visit.request.query_params.get("quitter") == "1",
        "done": visit.request.query_params.get("fait", ""),
    }


@post("/adhesion", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Asks for a year."""
    key = key_of(await visit.form())
    try:
        await visit.through(ask_for_membership, key=key)
    except (Problem, Refusal) as error:
        return refused(visit, "membership.html", error, **await _standing(visit))
    return visit.go("/adhesion")


@post("/adhesion/{number:uuid}/payer", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def pay(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Pays the fee of a year."""
    key = key_of(await visit.form())
    try:
        await visit.through(pay_fee, membership=number, key=key)
    except (Problem, Refusal) as error:
        return refused(visit, "membership.html", error, **await _standing(visit))
    return visit.go("/adhesion?fait=payee")


@post("/adhesion/quitter", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def go(visit: GivenVisit) -> Response[bytes]:
    """Leaves."""
    await visit.through(leave)
    return visit.go("/adhesion?fait=quittee")


ROUTES: Final = (standing, ask, pay, go)
