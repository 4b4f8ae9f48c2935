"""Who acts for a merchant: invited, listed, taken back."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.roles import Act, Role
from api.gate.access import may, page
from api.pages.merchant.common import shaped, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.roles import (
    NewInvitation,
    end_role,
    invite,
    list_invitations,
    list_roles,
    withdraw_invitation,
)
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/commerce/equipe"
_OFFERED: Final = {"caisse": Role.CASHIER, "gerance": Role.MERCHANT}


@get(PATH, opt=page(may(Act.MANAGE_ROLES)), include_in_schema=False)
async def show(visit: GivenVisit) -> Response[bytes]:
    """Shows who acts for the merchant, and who is invited."""
    return await _shown(visit)


@post(PATH, opt=page(may(Act.MANAGE_ROLES)), include_in_schema=False)
async def offer(visit: GivenVisit) -> Response[bytes]:
    """Invites somebody; the invitation is told here and nowhere again."""
    form = await visit.form()
    try:
        role = _OFFERED.get(form.get("role", ""))
        made = await visit.through(invite, data=shaped(NewInvitation, role=role))
    except (Problem, Refusal) as error:
        return await _shown(visit, wrong_of(visit, error))
    link = f"{visit.services.settings.public_url.rstrip('/')}/invitation#{made.token}"
    return visit.show("merchant/invited.html", link=link, token=made.token, role=role)


@post(PATH + "/{role:uuid}/fin", opt=page(may(Act.MANAGE_ROLES)), include_in_schema=False)
async def end(role: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Takes a role back."""
    try:
        await visit.through(end_role, role=role)
    except (Problem, Refusal) as error:
        return await _shown(visit, wrong_of(visit, error))
    return visit.go(PATH)


@post(
    PATH + "/invitations/{invitation:uuid}/retrait",
    opt=page(may(Act.MANAGE_ROLES)),
    include_in_schema=False,
)
async def withdraw(invitation: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Withdraws an invitation."""
    await visit.through(withdraw_invitation, invitation=invitation)
    return visit.go(PATH)


async def _shown(visit: Visit, wrong: dict[str, Any] | None = None) -> Response[bytes]:
    return visit.show(
        "merchant/people.html",
        status=200 if wrong is None else wrong["status"],
        roles=(await visit.through(list_roles)).items,
        invitations=(await visit.through(list_invitations)).items,
        wrong=wrong,
        manages=visit.asker is not None and visit.asker.role is Role.MERCHANT,
    )


ROUTES: Final = (show, offer, end, withdraw)
