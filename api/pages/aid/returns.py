"""Euros that go back to a sponsor: both see them, treasurers propose, confirm and withdraw them."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages import unsure
from api.pages.account.typed import shaped, wrong_of
from api.pages.aid.common import After, present, programmes, roles, typed
from api.pages.forms import key_of, next_key
from api.pages.visit import GivenVisit, Visit
from api.routes.aid_funds import (
    Returns,
    ReturnTold,
    Withdrawal,
    confirm,
    list_returns,
    propose,
    withdraw,
)
from api.routes.aid_programmes import get_programme
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/aide/programmes/{programme:uuid}/retours"
ONE: Final = PATH + "/{number:uuid}"
PAGE: Final = 50


@get("/aide/retours", opt=page(may(Act.RETURN_PROGRAMME)), include_in_schema=False)
async def every(visit: GivenVisit) -> Response[bytes]:
    """Lists programmes with what is free of each, and the return that waits."""
    found = await programmes(visit)
    told = [(one, await visit.through(list_returns, programme=one.id)) for one in found]
    shown = [(one, known, _waiting(known)) for one, known in told]
    return await present(visit, "returns_all.html", "retours", told=shown)


@get(PATH, opt=page(may(Act.SEE_PROGRAMMES)), include_in_schema=False)
async def show(
    programme: FromPath[UUID], visit: GivenVisit, after: After = None
) -> Response[bytes]:
    """Shows the returns of a programme."""
    return await _shown(visit, programme, {}, after=after)


@post(PATH, opt=page(may(Act.RETURN_PROGRAMME)), include_in_schema=False)
async def suggest(programme: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Proposes to return every free euro."""
    form = await visit.form()
    try:
        await visit.through(propose, programme=programme, key=key_of(form))
    except unsure.REFUSED as error:
        return await _shown(visit, programme, form, wrong_of(visit, error))
    return visit.go(f"/aide/programmes/{programme}/retours")


@post(ONE + "/accord", opt=page(may(Act.RETURN_PROGRAMME)), include_in_schema=False)
async def agree(
    programme: FromPath[UUID], number: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Confirms a return as another person."""
    try:
        await visit.through(confirm, number=number)
    except (Problem, Refusal) as error:
        return await _shown(visit, programme, {}, wrong_of(visit, error))
    return visit.go(f"/aide/programmes/{programme}/retours")


@post(ONE + "/retrait", opt=page(may(Act.RETURN_PROGRAMME)), include_in_schema=False)
async def take_back(
    programme: FromPath[UUID], number: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Withdraws a return that nobody confirmed, with a reason."""
    form = await visit.form()
    try:
        data = shaped(Withdrawal, reason=form.get("motif"))
        await visit.through(withdraw, number=number, data=data)
    except (Problem, Refusal) as error:
        return await _shown(visit, programme, form, wrong_of(visit, error))
    return visit.go(f"/aide/programmes/{programme}/retours")


def _waiting(told: Returns) -> ReturnTold | None:
    """The return that waits for a second person; there is one at most."""
    return next((one for one in told.items if not (one.confirmed_at or one.withdrawn_at)), None)


async def _shown(
    visit: Visit,
    number: UUID,
    form: Mapping[str, str],
    wrong: dict[str, Any] | None = None,
    after: str | None = None,
) -> Response[bytes]:
    assert visit.asker is not None, "the rule of the page says so"
    told = await visit.through(list_returns, programme=number, limit=PAGE)
    older = after and await visit.through(list_returns, programme=number, limit=PAGE, cursor=after)
    known = await roles(visit)
    waits = _waiting(told)
    hands = {one.id for one in known if one.mine} | {visit.asker.grant}
    return await present(
        visit,
        "returns.html",
        "retours",
        wrong=wrong,
        programme=await visit.through(get_programme, programme=number),
        told=told,
        page=older or told,
        waits=waits,
        mine=waits is not None and waits.proposed_by in hands,
        by={one.id: one.name for one in known},
        typed=typed(form),
        key=next_key(form, wrong),
        acts=visit.may(propose),
    )


ROUTES: Final = (every, show, suggest, agree, take_back)
