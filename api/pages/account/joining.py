"""First sign-ins: an invitation that is taken up, and a way back for who lost their secrets.

What was handed over stands behind the # of its address, so that no server writes it down: a
script puts it into the form, and without one it is typed from the paper.
"""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Response, get, post

from admin.refusals import RecoveryUnusable
from api.gate.access import everybody, page, signed_in
from api.pages.account.typed import shaped, wrong_of
from api.pages.entering import entered
from api.pages.visit import GivenVisit, Visit
from api.routes.me import get_me
from api.routes.redeeming import (
    NewLogin,
    Recovered,
    TakenUp,
    accept_invitation,
    create_login,
    recover,
)
from api.wire.problems import Problem
from ledger.refusals import Refusal

INVITATION: Final = "/invitation"
RECOVERY: Final = "/r"


@get(INVITATION, opt=page(everybody()), include_in_schema=False)
async def invited(visit: GivenVisit) -> Response[bytes]:
    """Shows the form that takes an invitation up: as who is signed in, or as somebody new."""
    return await _invitation(visit, {})


async def _invitation(
    visit: Visit, form: Mapping[str, str], wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    me = await visit.through(get_me) if visit.may(accept_invitation) else None
    status = 200 if wrong is None else wrong["status"]
    facts: dict[str, Any] = {"me": me, "form": form, "wrong": wrong}
    return visit.show("account/invitation.html", status=status, **facts)


@post(INVITATION, opt=page(everybody()), include_in_schema=False)
async def take_up(visit: GivenVisit) -> Response[bytes]:
    """Makes the login of somebody who was invited, and signs them in."""
    form = await visit.form()
    data = {
        "invitation": form.get("jeton"),
        "name": form.get("nom"),
        "identifier": form.get("identifiant"),
        "password": form.get("mot_de_passe"),
        "language": visit.language,
    }
    try:
        await visit.through(create_login, data=shaped(NewLogin, **data))
        return await entered(visit, form, "/")
    except (Problem, Refusal) as error:
        return await _invitation(visit, form, wrong_of(visit, error))


@post(f"{INVITATION}/acceptee", opt=page(signed_in()), include_in_schema=False)
async def accept(visit: GivenVisit) -> Response[bytes]:
    """Takes an invitation up as who is signed in."""
    form = await visit.form()
    try:
        data = shaped(TakenUp, invitation=form.get("jeton"))
        await visit.through(accept_invitation, data=data)
    except (Problem, Refusal) as error:
        return await _invitation(visit, form, wrong_of(visit, error))
    return visit.go("/role")


@get(RECOVERY, opt=page(everybody()), include_in_schema=False)
async def recovering(visit: GivenVisit) -> Response[bytes]:
    """Shows the form that sets a new password."""
    return _recovery(visit, {})


def _recovery(
    visit: Visit, form: Mapping[str, str], wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    status = 200 if wrong is None else wrong["status"]
    over = wrong is not None and wrong["code"] == RecoveryUnusable.code
    facts: dict[str, Any] = {"form": form, "wrong": wrong, "over": over}
    return visit.show("account/recovery.html", status=status, **facts)


@post(RECOVERY, opt=page(everybody()), include_in_schema=False)
async def set_anew(visit: GivenVisit) -> Response[bytes]:
    """Sets the new password, and signs in who has just said their identifier."""
    form = await visit.form()
    data = {
        "token": form.get("jeton"),
        "password": form.get("mot_de_passe"),
        "identifier": form.get("identifiant"),
    }
    try:
        await visit.through(recover, data=shaped(Recovered, **data))
    except (Problem, Refusal) as error:
        return _recovery(visit, form, wrong_of(visit, error))
    return visit.go("/connexion?fait=retrouve")


ROUTES: Final = (invited, take_up, accept, recovering, set_anew)
