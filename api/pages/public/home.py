"""The front door: what the currency is for who comes by, and the way on for who is signed in."""

from typing import Any, Final

from litestar import Response, get

from admin.people import memberships
from admin.roles import Role
from api.gate.access import everybody, page
from api.pages.public.covering import seen
from api.pages.visit import GivenVisit, Visit
from api.policies import policy_in_force
from api.routes.approvals import list_ending
from api.routes.directory import list_communes
from api.routes.me import get_me
from api.wire.shapes import euros

PLACES: Final = {
    Role.SOLISTE: "/compte",
    Role.MERCHANT: "/commerce",
    Role.CASHIER: "/caisse",
    Role.CASH_OFFICER: "/commerce",
    Role.CASEWORKER: "/aide",
    Role.CCAS_VALIDATOR: "/aide",
    Role.WORKS_COUNCIL: "/aide",
    Role.SPONSOR: "/aide",
}
"""Where each role begins."""


@get("/", opt=page(everybody()), include_in_schema=False)
async def home(visit: GivenVisit) -> Response[bytes]:
    """Leads whoever is signed in to where their role begins, and tells others what this is."""
    asker = visit.asker
    if asker is None or asker.scope == "look":
        return await _visitor(visit)
    if asker.key is not None:  # a shared device is a till
        return visit.go(PLACES[Role.CASHIER])
    if asker.role is None:
        return visit.go("/role")
    if asker.role in PLACES:
        return visit.go(PLACES[asker.role])
    return await _office(visit)


async def _office(visit: Visit) -> Response[bytes]:
    """What waits for somebody of the association, as far as there are screens for it."""
    ending = await visit.through(list_ending, limit=1) if visit.may(list_ending) else None
    return visit.show("account/office.html", me=await visit.through(get_me), ending=ending)


async def _visitor(visit: Visit) -> Response[bytes]:
    communes = (await visit.through(list_communes)).items
    facts: dict[str, Any] = {
        "cover": await seen(visit),
        "shops": sum(commune.merchants for commune in communes),
        "communes": len(communes),
    }
    return visit.show("public/home.html", **facts)


@get("/rejoindre", opt=page(everybody()), include_in_schema=False)
async def join(visit: GivenVisit) -> Response[bytes]:
    """Tells how an account is opened: at a comptoir, with what, for which fee."""
    limits = (await policy_in_force(visit.services)).limits
    fees: dict[str, Any] = {
        "resident_fee": euros(memberships.fee_of(limits, business=False)),
        "business_fee": euros(memberships.fee_of(limits, business=True)),
    }
    return visit.show("public/join.html", **fees)


ROUTES: Final = (home, join)
