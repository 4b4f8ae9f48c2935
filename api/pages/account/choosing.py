"""After the sign-in: one more proof where a role asks for it, and the role to act in."""

from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import QueryParameter

from admin.refusals import SecondFactorNeeded
from api.gate.access import page, signed_in
from api.pages.account.typed import shaped, wrong_of
from api.pages.common import Back, ours
from api.pages.entering import CHOICE, SECOND
from api.pages.visit import GivenVisit, Visit
from api.routes.me import Choice, Factor, Me, choose_role, get_me, prove_more
from api.wire.problems import Problem
from ledger.refusals import Refusal

Chosen = Annotated[UUID | None, QueryParameter(name="role", description="The role wanted.")]


@get(SECOND, opt=page(signed_in()), include_in_schema=False)
async def ask_more(visit: GivenVisit, back: Back = "/", role: Chosen = None) -> Response[bytes]:
    """Asks for a code or a passkey, or shows how to get one."""
    return await _second(visit, ours(back), role)


async def _second(
    visit: Visit, back: str, role: UUID | None, wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    me: Me = await visit.through(get_me)
    if role is None and me.role is None and len(me.roles) == 1:
        role = me.roles[0].id
    status = 200 if wrong is None else wrong["status"]
    facts: dict[str, Any] = {"me": me, "back": back, "role": role, "wrong": wrong}
    return visit.show("account/second.html", status=status, **facts)


@post(SECOND, opt=page(signed_in()), include_in_schema=False)
async def prove(visit: GivenVisit) -> Response[bytes]:
    """Adds a proof to the session, and goes on in the role that asked for it."""
    form = await visit.form()
    back, role = ours(form.get("suite", "/")), _id(form.get("role", ""))
    proof = "passkey" if form.get("passkey") else "code"
    given = {proof: form.get(proof, "").replace(" ", ""), "role": role}
    try:
        told = await visit.asked(prove_more, data=shaped(Factor, **given))
    except (Problem, Refusal) as error:
        return await _second(visit, back, role, wrong_of(visit, error))
    chosen = told.content.role is not None
    on = back if chosen else f"{CHOICE}?suite={quote(back, safe='/')}"
    return visit.go(on, like=told)


@get(CHOICE, opt=page(signed_in()), include_in_schema=False)
async def ask_role(visit: GivenVisit, back: Back = "/") -> Response[bytes]:
    """Shows the roles one may act in."""
    return await _roles(visit, ours(back))


async def _roles(visit: Visit, back: str, wrong: dict[str, Any] | None = None) -> Response[bytes]:
    status = 200 if wrong is None else wrong["status"]
    me: Me = await visit.through(get_me)
    return visit.show("account/role.html", status=status, me=me, back=back, wrong=wrong)


@post(CHOICE, opt=page(signed_in()), include_in_schema=False)
async def take_role(visit: GivenVisit) -> Response[bytes]:
    """Goes on in another role; one that asks for more proof asks for it now."""
    form = await visit.form()
    back, role = ours(form.get("suite", "/")), _id(form.get("role", ""))
    try:
        told = await visit.asked(choose_role, data=shaped(Choice, role=role))
    except SecondFactorNeeded:
        return visit.go(f"{SECOND}?suite={quote(back, safe='/')}&role={role}")
    except (Problem, Refusal) as error:
        return await _roles(visit, back, wrong_of(visit, error))
    return visit.go(back, like=told)


def _id(text: str) -> UUID | None:
    """The id a form names; what is none names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None


ROUTES: Final = (ask_more, prove, ask_role, take_role)
