"""Tills and what hangs at them: opened, closed, posters made and revoked, papers to print."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages.merchant.common import shaped, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.keys import list_keys
from api.routes.profile import get_profile
from api.routes.roles import list_roles
from api.routes.tills import (
    TillForm,
    close_till,
    list_tills,
    make_poster,
    open_till,
    revoke_poster,
)
from api.wire.days import day_of
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/commerce/caisses"


@get(PATH, opt=page(may(Act.MANAGE_SHOP)), include_in_schema=False)
async def show(visit: GivenVisit) -> Response[bytes]:
    """Shows the tills, their posters and their papers."""
    return await _shown(visit)


@post(PATH, opt=page(may(Act.MANAGE_SHOP)), include_in_schema=False)
async def begin(visit: GivenVisit) -> Response[bytes]:
    """Opens a till, with a poster at once."""
    form = await visit.form()
    try:
        data = shaped(TillForm, label=form.get("nom", ""))
        made = await visit.through(open_till, data=data)
        await visit.through(make_poster, till=made.id)
    except (Problem, Refusal) as error:
        return await _shown(visit, wrong_of(visit, error), form.get("nom", ""))
    return visit.go(PATH)


@post(PATH + "/{till:uuid}/fermeture", opt=page(may(Act.MANAGE_SHOP)), include_in_schema=False)
async def end(till: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Closes a till."""
    await visit.through(close_till, till=till)
    return visit.go(PATH)


@post(PATH + "/{till:uuid}/affiche", opt=page(may(Act.MANAGE_SHOP)), include_in_schema=False)
async def hang(till: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Makes a poster of a till."""
    try:
        await visit.through(make_poster, till=till)
    except (Problem, Refusal) as error:
        return await _shown(visit, wrong_of(visit, error))
    return visit.go(PATH)


@post(
    "/commerce/affiches/{code:str}/retrait",
    opt=page(may(Act.MANAGE_SHOP)),
    include_in_schema=False,
)
async def take_down(code: FromPath[str], visit: GivenVisit) -> Response[bytes]:
    """Revokes a poster at once."""
    await visit.through(revoke_poster, code=code)
    return visit.go(PATH)


async def _shown(
    visit: Visit, wrong: dict[str, Any] | None = None, typed: str = ""
) -> Response[bytes]:
    today = day_of(visit.services.clock.now())
    return visit.show(
        "merchant/tills.html",
        status=200 if wrong is None else wrong["status"],
        tills=(await visit.through(list_tills)).items,
        approved=(await visit.through(get_profile)).status == "approved",
        months=(today, (today.replace(day=1) + timedelta(days=31))),
        offers={"people": visit.may(list_roles), "keys": visit.may(list_keys)},
        wrong=wrong,
        typed=typed,
    )


ROUTES: Final = (show, begin, end, hang, take_down)
