"""Membership: how it stands, its fee, and leaving."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.people.memberships import Standing
from admin.roles import Act
from api.gate.access import may, page
from api.pages import unsure
from api.pages.forms import NOTHING, key_of, next_key
from api.pages.resident.common import refused, said, shown
from api.pages.visit import GivenVisit, Visit
from api.routes.account import account
from api.routes.memberships import ask_for_membership, leave, list_memberships, pay_fee


@get("/adhesion", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def standing(visit: GivenVisit) -> Response[bytes]:
    """Shows whether one is a member, and until when."""
    return shown(visit, "membership.html", **await _standing(visit), wrong=None)


async def _standing(
    visit: Visit, form: Mapping[str, str] = NOTHING, wrong: Mapping[str, Any] | None = None
) -> dict[str, Any]:
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
        "key": next_key(form, wrong),
        "over": until is not None and until < visit.services.clock.now(),
        "leaving": visit.request.query_params.get("quitter") == "1",
        "done": visit.request.query_params.get("fait", ""),
    }


@post("/adhesion", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Asks for a year."""
    form = await visit.form()
    try:
        await visit.through(ask_for_membership, key=key_of(form))
    except unsure.REFUSED as error:
        return await _refused(visit, form, error)
    return visit.go("/adhesion")


@post("/adhesion/{number:uuid}/payer", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def pay(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Pays the fee of a year."""
    form = await visit.form()
    try:
        await visit.through(pay_fee, membership=number, key=key_of(form))
    except unsure.REFUSED as error:
        return await _refused(visit, form, error)
    return visit.go("/adhesion?fait=payee")


async def _refused(visit: Visit, form: Mapping[str, str], error: Exception) -> Response[bytes]:
    """The page again; as long as nobody knows whether it was done, under the same key."""
    facts = await _standing(visit, form, said(visit, error))
    return refused(visit, "membership.html", error, **facts)


@post("/adhesion/quitter", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def go(visit: GivenVisit) -> Response[bytes]:
    """Leaves."""
    await visit.through(leave)
    return visit.go("/adhesion?fait=quittee")


ROUTES: Final = (standing, ask, pay, go)
