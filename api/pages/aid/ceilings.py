"""The table of ceilings as a works council reads it, and as two treasurers add to it."""

import re
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.roles import Act, Role
from api.gate.access import may, page
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import euro, present, typed
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_ceilings import NewCeiling, confirm, list_ceilings, propose, refuse
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/plafonds"
_YEAR: Final = re.compile("[0-9]{4}")


@get(PATH, opt=page(may(Act.SEE_CEILINGS)), include_in_schema=False)
async def show(visit: GivenVisit) -> Response[bytes]:
    """Shows the ceilings by year."""
    return await _shown(visit, {})


@post(PATH, opt=page(may(Act.SET_CEILING)), include_in_schema=False)
async def say(visit: GivenVisit) -> Response[bytes]:
    """Says a year's ceiling; another treasurer agrees."""
    form = await visit.form()
    try:
        year = int(form["annee"]) if _YEAR.fullmatch(form.get("annee", "")) else None
        amount = euro(form.get("plafond", ""))
        data = shaped(NewCeiling, year=year, amount=amount, source=form.get("source"))
        await visit.through(propose, data=data)
    except (Problem, Refusal) as error:
        return await _shown(visit, form, wrong_of(visit, error))
    return visit.go(f"{PATH}?fait=propose")


@post(PATH + "/{number:uuid}/accord", opt=page(may(Act.SET_CEILING)), include_in_schema=False)
async def agree(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Agrees to what another treasurer said."""
    try:
        await visit.through(confirm, number=number)
    except (Problem, Refusal) as error:
        return await _shown(visit, {}, wrong_of(visit, error))
    return visit.go(f"{PATH}?fait=fixe")


@post(PATH + "/{number:uuid}/refus", opt=page(may(Act.SET_CEILING)), include_in_schema=False)
async def withdraw(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Withdraws it, or says no."""
    try:
        await visit.through(refuse, number=number)
    except (Problem, Refusal) as error:
        return await _shown(visit, {}, wrong_of(visit, error))
    return visit.go(f"{PATH}?fait=retire")


async def _shown(visit: Visit, form: Any, wrong: dict[str, Any] | None = None) -> Response[bytes]:
    assert visit.asker is not None, "the rule of the page says so"
    facts: dict[str, Any] = {
        "told": await visit.through(list_ceilings),
        "typed": typed(form),
        "may_say": visit.may(propose),
        "done": visit.request.query_params.get("fait", ""),
    }
    if visit.asker.role is not Role.TREASURER:
        return await present(visit, "ceilings.html", "plafonds", wrong=wrong, **facts)
    status = 200 if wrong is None else wrong["status"]
    mine = {one.id for one in facts["told"].waiting if one.proposed_by == visit.asker.grant}
    return visit.show("aid/ceilings.html", status=status, wrong=wrong, mine=mine, **facts)


ROUTES: Final = (show, say, agree, withdraw)
