"""Bou'Sols become euros: how many there are, what they come to and when, and what became of it."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.roles import Act
from api.gate.access import may, page
from api.pages import unsure
from api.pages.forms import key_of
from api.pages.merchant.common import PROVING, local_amount, proof_by, proof_of, wrong_of
from api.pages.visit import GivenVisit, Visit
from api.routes.redemptions import (
    RedemptionRequest,
    RedemptionWish,
    get_one,
    list_all,
    quote,
    request,
)
from api.wire.ids import new_id
from api.wire.problems import Problem
from ledger.refusals import Refusal

PATH: Final = "/commerce/euros"


@get(PATH, opt=page(may(Act.REQUEST_REDEMPTION)), include_in_schema=False)
async def ask(visit: GivenVisit) -> Response[bytes]:
    """Shows what may become euros, and the requests so far."""
    return await _form(visit)


@post(PATH, opt=page(may(Act.REQUEST_REDEMPTION)), include_in_schema=False)
async def check(visit: GivenVisit) -> Response[bytes]:
    """Shows what an amount comes to, with nothing asked for yet."""
    form = await visit.form()
    if form.get("corriger"):
        return await _form(visit, form.get("montant", ""))
    try:
        return await _preview(visit, form.get("montant", ""), new_id())
    except (Problem, Refusal) as error:
        return await _form(visit, form.get("montant", ""), wrong_of(visit, error))


@post(f"{PATH}/demande", opt=page(may(Act.REQUEST_REDEMPTION)), include_in_schema=False)
async def send(visit: GivenVisit) -> Response[bytes]:
    """Asks for the euros, or says whether that was done."""
    form = await visit.form()
    key = key_of(form)
    try:
        await unsure.settle(visit, form, key)
        amount = local_amount(visit, form.get("montant", ""))
        data = RedemptionRequest(amount=amount, proof=proof_of(form))
        made = await visit.through(request, data=data, key=key)
    except unsure.REFUSED as error:
        if unsure.lost(error):
            return unsure.shown(visit, form, f"{PATH}/demande", PATH)
        wrong = wrong_of(visit, error)
        if wrong["code"] in PROVING:
            return await _preview(visit, form.get("montant", ""), key, wrong)
        return await _form(visit, form.get("montant", ""), wrong)
    return visit.go(f"{PATH}/{made.id}")


@get(PATH + "/{number:uuid}", opt=page(may(Act.REQUEST_REDEMPTION)), include_in_schema=False)
async def show(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows what became of a request."""
    return visit.show("merchant/euros_one.html", one=await visit.through(get_one, number=number))


async def _preview(
    visit: Visit, typed: str, key: UUID, wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    amount = local_amount(visit, typed)
    told = await visit.through(quote, data=RedemptionWish(amount=amount))
    return visit.show(
        "merchant/euros_preview.html",
        status=200 if wrong is None else wrong["status"],
        told=told,
        typed=typed,
        key=key,
        wrong=wrong,
        proof=await proof_by(visit) if told.proof or wrong else None,
    )


async def _form(
    visit: Visit, typed: str = "", wrong: dict[str, Any] | None = None
) -> Response[bytes]:
    return visit.show(
        "merchant/euros.html",
        status=200 if wrong is None else wrong["status"],
        told=await visit.through(quote, data=RedemptionWish()),
        found=await visit.through(list_all),
        typed=typed,
        wrong=wrong,
    )


ROUTES: Final = (ask, check, send, show)
