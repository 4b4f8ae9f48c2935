"""Giving money back at a till: a payment of the list, how much of it, done."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.logins.keys import Scope
from admin.roles import Act
from api.gate.access import may, page
from api.pages.forms import cents, key_of
from api.pages.till.stand import TAKES, Stand, said, stand_at
from api.pages.visit import GivenVisit
from api.routes.refunds import ManagerAgrees, RefundOrder, give_back
from api.routes.taken_payments import PaymentView, read
from api.wire.ids import new_id
from api.wire.problems import Problem, problem_of
from api.wire.shapes import Amount
from ledger.refusals import OutcomeUnknown, Refusal

_GIVES_BACK: Final = page(may(Act.REFUND, scope=Scope.REFUND))
_BOUNDS: Final = frozenset({"cashier_refund_not_today", "cashier_refund_too_large"})
"""What a manager lifts."""


@get("/caisse/{till_id:uuid}/paiement/{payment_id:uuid}", opt=TAKES, include_in_schema=False)
async def payment(
    till_id: FromPath[UUID], payment_id: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Shows a payment that was taken, and what was given back of it."""
    stand, view = await _found(visit, till_id, payment_id)
    return stand.show("till/payment.html", view=view, rest=_rest(view))


@get(
    "/caisse/{till_id:uuid}/paiement/{payment_id:uuid}/remboursement",
    opt=_GIVES_BACK,
    include_in_schema=False,
)
async def ask(
    till_id: FromPath[UUID], payment_id: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Asks how much goes back: all of it, unless something else is typed."""
    stand, view = await _found(visit, till_id, payment_id)
    return _asked(stand, view, key=new_id(), typed=None)


@post(
    "/caisse/{till_id:uuid}/paiement/{payment_id:uuid}/remboursement",
    opt=_GIVES_BACK,
    include_in_schema=False,
)
async def refund(
    till_id: FromPath[UUID], payment_id: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Gives back, and goes on to what was given back."""
    stand, view = await _found(visit, till_id, payment_id)
    form = await visit.form()
    key, typed = key_of(form), form.get("montant", "")
    wanted = cents(typed)
    if wanted is None:
        return _asked(stand, view, key=key, typed=typed, unread=True)
    amount = Amount(amount=wanted, currency=visit.services.settings.currency_code)
    manager = _manager(form)
    order = RefundOrder(amount=amount, shift=stand.shift_id, manager=manager)
    try:
        told = await visit.through(give_back, payment_id=payment_id, data=order, key=key)
    except (Problem, Refusal) as error:
        code = problem_of(error).code
        kept = key if code == OutcomeUnknown.code else new_id()
        facts = {"wrong": said(visit, error), "card": form.get("carte", "")}
        asks = wanted if code in _BOUNDS or manager is not None else None
        return _asked(stand, view, key=kept, typed=typed, for_manager=asks, **facts)
    return visit.go(f"{stand.path}/paiement/{payment_id}/rendu/{told.refund}")


@get(
    "/caisse/{till_id:uuid}/paiement/{payment_id:uuid}/rendu/{refund_id:uuid}",
    opt=TAKES,
    include_in_schema=False,
)
async def done(
    till_id: FromPath[UUID],
    payment_id: FromPath[UUID],
    refund_id: FromPath[UUID],
    visit: GivenVisit,
) -> Response[bytes]:
    """Shows what was given back."""
    stand, view = await _found(visit, till_id, payment_id)
    back = next((one for one in view.refunds if one.refund == refund_id), None)
    if back is None:
        raise Problem("not_found")
    return stand.show("till/refunded.html", view=view, back=back, rest=_rest(view))


async def _found(visit: Any, till: UUID, payment: UUID) -> tuple[Stand, PaymentView]:
    """The till, and a payment that was taken there.

    Raises:
        Problem: `not_found`, it was taken elsewhere.
    """
    stand = await stand_at(visit, till)
    view: PaymentView = await visit.through(read, payment_id=payment)
    if view.payee.till != till:
        raise Problem("not_found")
    return stand, view


def _manager(form: Mapping[str, str]) -> ManagerAgrees | None:
    """The card and the PIN of a manager, where the page asked for them."""
    if "carte" not in form:
        return None
    return ManagerAgrees(card=form["carte"][:200] or "?", pin=form.get("code", "")[:12] or "?")


def _rest(view: PaymentView) -> int:
    return view.amount.amount - view.refunded.amount


def _asked(
    stand: Stand, view: PaymentView, *, key: UUID, typed: str | None, **facts: Any
) -> Response[bytes]:
    known = {"wrong": None, "unread": False, "card": "", "for_manager": None}
    facts = known | {"view": view, "rest": _rest(view), "key": key, "typed": typed} | facts
    return stand.show("till/refund.html", scans=facts["for_manager"] is not None, **facts)


ROUTES: Final = (payment, ask, refund, done)
