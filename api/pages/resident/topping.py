"""Topping up: what euros become, an order with its transfer, and what became of it, live."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from admin.roles import Act
from api.gate.access import may, page
from api.pages import unsure
from api.pages.forms import NOTHING, cents, key_of, next_key
from api.pages.resident.common import euros, refused, said, shown
from api.pages.visit import GivenVisit, Visit
from api.routes.account import account
from api.routes.orders import Purchase, get_order, list_orders, order, quote, surplus
from api.wire.problems import Problem
from ledger.refusals import Refusal

CHOICES: Final = (10_00, 20_00, 50_00, 100_00)
_USUAL: Final = "20"
_LISTED: Final = 10
_OPEN: Final = "awaiting_funds"
Typed = Annotated[str, QueryParameter(name="montant", max_length=20)]


@get("/recharger", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def choose(visit: GivenVisit, typed: Typed = _USUAL) -> Response[bytes]:
    """Shows exactly what an amount of euros becomes, before anything is ordered."""
    return shown(visit, "top_up.html", **await _offer(visit, typed), wrong=None)


async def _offer(
    visit: Visit,
    typed: str,
    form: Mapping[str, str] = NOTHING,
    wrong: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    told, listed = await visit.through(account), await visit.through(list_orders, limit=_LISTED)
    wanted, quoted, unfit = cents(typed), None, None
    if wanted is None:
        unfit = said(visit, Problem("malformed_amount"))
    else:
        try:
            quoted = await visit.through(quote, data=Purchase(amount=euros(wanted)))
        except (Problem, Refusal) as error:
            unfit = said(visit, error)
    room = told.buying.possible
    return {
        "told": told,
        "typed": typed,
        "wanted": wanted,
        "quoted": quoted,
        "unfit": unfit,
        "full": bool(quoted and room and quoted.receive.amount > room.amount),
        "choices": CHOICES,
        "open": [one for one in listed.items if one.state == _OPEN or one.waiting.amount],
        "key": next_key(form, wrong),
    }


@post("/recharger", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def begin(visit: GivenVisit) -> Response[bytes]:
    """Places an order."""
    form = await visit.form()
    typed, key = form.get("montant", ""), key_of(form)
    wanted = cents(typed)
    if wanted is None:
        return visit.go("/recharger")
    try:
        made = await visit.through(order, data=Purchase(amount=euros(wanted)), key=key)
    except unsure.REFUSED as error:
        facts = await _offer(visit, typed, form, said(visit, error))
        return refused(visit, "top_up.html", error, **facts)
    return visit.go(f"/recharger/{made.id}")


@get("/recharger/{number:uuid}", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def ordered(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows how an order is paid, and what became of it."""
    return shown(visit, "order.html", **await _order(visit, number), wrong=None)


async def _order(
    visit: Visit,
    number: UUID,
    form: Mapping[str, str] = NOTHING,
    wrong: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    made = await visit.through(get_order, order=number)
    told = await visit.through(account)
    iban = made.transfer.iban
    return {
        "back": "/recharger",
        "order": made,
        "told": told,
        "iban": " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)),
        "key": next_key(form, wrong),
        "state": f"{made.state} {made.arrived.amount} {made.waiting.amount}",
    }


@post("/recharger/{number:uuid}/attente", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def release(number: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Adds what fits now of euros that wait."""
    form = await visit.form()
    try:
        await visit.through(surplus, order=number, key=key_of(form))
    except unsure.REFUSED as error:
        facts = await _order(visit, number, form, said(visit, error))
        return refused(visit, "order.html", error, **facts)
    return visit.go(f"/recharger/{number}")


ROUTES: Final = (choose, begin, ordered, release)
