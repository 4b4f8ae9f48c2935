"""Taking a payment: a code that the customer scans, or the customer's card; green, or one refusal.

Every step is an address of its own, so that the till works without scripts; with them the steps
change in place (`js/till.js`) and ask the interface themselves.
"""

from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from api.pages.forms import cents, key_of
from api.pages.till.stand import TAKES, Stand, said, stand_at
from api.pages.visit import GivenVisit, Visit
from api.paying import streaming
from api.paying.scanning import CODE_CHARACTERS_MAX
from api.paying.told import TakenPayment
from api.routes.card_payments import CardPayment, pay_by_card
from api.routes.outcomes import OutcomeAsked, outcome
from api.routes.payment_requests import NewPaymentRequest, PaymentRequestState, cancel, create
from api.routes.payment_requests import read as read_request
from api.routes.taken_payments import read as read_payment
from api.wire.ids import new_id
from api.wire.problems import Problem, problem_of
from api.wire.shapes import Amount
from ledger.refusals import OutcomeUnknown, Refusal

LIVE: Final = timedelta(minutes=10)
"""For so long a payment is shown in green; later it is one of the day's."""
_ABOUT_THE_PIN: Final = frozenset({"pin_needed", "wrong_pin"})
_JUST_TAKEN: Final = "just_taken"
_UNDECIDED: Final = frozenset({"wrong_pin", _JUST_TAKEN})
"""After these the same key pays: the ledger has not heard of it."""
_NOT_POSSIBLE: Final = "payment_not_possible"
_PIN: Final = range(4, 7)
_NOT_SO: Final = ("unread", "asks_pin", "agreed", "nothing_left")
Typed = Annotated[str, QueryParameter(name="montant", max_length=16)]
"""The type of a page's parameter that holds an amount as it was typed."""


@get("/caisse/{till_id:uuid}", opt=TAKES, include_in_schema=False)
async def till(till_id: FromPath[UUID], visit: GivenVisit, typed: Typed = "") -> Response[bytes]:
    """Shows the keypad; a shared device first asks who stands there."""
    stand = await stand_at(visit, till_id)
    if stand.device and stand.shift is None:
        return visit.go(f"{stand.path}/debut")
    return await _shown(stand, "keypad", typed=typed)


@post("/caisse/{till_id:uuid}", opt=TAKES, include_in_schema=False)
async def ask(till_id: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Asks for a payment, and goes on to its code."""
    stand = await stand_at(visit, till_id)
    typed = (await visit.form()).get("montant", "")
    wanted = cents(typed)
    if wanted is None:
        return await _shown(stand, "keypad", typed=typed, unread=True)
    order = NewPaymentRequest(till=till_id, shift=stand.shift_id, amount=_amount(visit, wanted))
    try:
        made = await visit.through(create, data=order)
    except (Problem, Refusal) as error:
        return await _shown(stand, "keypad", typed=typed, wrong=said(visit, error))
    return visit.go(f"{stand.path}/demande/{made.request}")


@get("/caisse/{till_id:uuid}/demande/{request_id:uuid}", opt=TAKES, include_in_schema=False)
async def code(
    till_id: FromPath[UUID], request_id: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Shows the code of a request while it is open, and what became of it."""
    stand = await stand_at(visit, till_id)
    asked: PaymentRequestState = await visit.through(read_request, request_id=request_id)
    if asked.payment is not None:
        return visit.go(f"{stand.path}/recu/{asked.payment.payment}")
    if asked.status == "cancelled":
        return visit.go(stand.path)
    return await _shown(stand, "code", asked=asked)


@post(
    "/caisse/{till_id:uuid}/demande/{request_id:uuid}/annulation",
    opt=TAKES,
    include_in_schema=False,
)
async def give_up(
    till_id: FromPath[UUID], request_id: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Cancels a request; one that was paid meanwhile is shown."""
    try:
        await visit.through(cancel, request_id=request_id)
    except Refusal:
        return visit.go(f"/caisse/{till_id}/demande/{request_id}")
    return visit.go(f"/caisse/{till_id}")


@get("/caisse/{till_id:uuid}/carte", opt=TAKES, include_in_schema=False)
async def card(till_id: FromPath[UUID], visit: GivenVisit, typed: Typed = "") -> Response[bytes]:
    """Asks for the customer's card."""
    stand = await stand_at(visit, till_id)
    if cents(typed) is None:
        return await _shown(stand, "keypad", typed=typed, unread=True)
    return await _shown(stand, "card", typed=typed)


@post("/caisse/{till_id:uuid}/carte", opt=TAKES, include_in_schema=False)
async def pay(till_id: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Takes a payment by card: green, the one refusal, or the PIN is asked for."""
    stand, form = await stand_at(visit, till_id), dict(await visit.form())
    typed, key = form.get("montant", ""), key_of(form)
    wanted, pin = cents(typed), form.get("code", "")
    if wanted is None:
        return await _shown(stand, "keypad", typed=typed, unread=True)
    text = form.get("carte", "")[:CODE_CHARACTERS_MAX]
    agreed = form.get("encore") == "1"
    order: dict[str, Any] = {"card": text or "?", "amount": _amount(visit, wanted)}
    if pin.isdecimal() and len(pin) in _PIN:
        order["pin"] = pin
    data = CardPayment(shift=stand.shift_id, unless_just_taken=not agreed, **order)
    try:
        taken = await visit.through(pay_by_card, till_id=till_id, data=data, key=key)
    except (Problem, Refusal) as error:
        return await _not_taken(stand, error, typed=typed, card=text, key=key, agreed=agreed)
    return visit.go(f"{stand.path}/recu/{taken.payment}")


async def _not_taken(
    stand: Stand, error: Exception, *, typed: str, card: str, key: UUID, agreed: bool
) -> Response[bytes]:
    """Why no payment by card was taken; what was refused for good is not asked under one key."""
    code = problem_of(error).code
    if code == _NOT_POSSIBLE:
        return await _shown(stand, "refused", typed=typed)
    if code == OutcomeUnknown.code:
        return await _shown(stand, "checking", typed=typed, card=card, key=key)
    kept = key if code in _UNDECIDED else new_id()
    facts: dict[str, Any] = {"typed": typed, "card": card, "key": kept}
    if code == _JUST_TAKEN:
        before = TakenPayment.model_validate(problem_of(error).members["taken"], strict=False)
        return await _shown(stand, "again", before=before, **facts)
    asks_pin = code in _ABOUT_THE_PIN
    facts |= {"asks_pin": asks_pin, "agreed": agreed and asks_pin}
    return await _shown(stand, "card", wrong=said(stand.visit, error), **facts)


@post("/caisse/{till_id:uuid}/verification", opt=TAKES, include_in_schema=False)
async def check(till_id: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Asks what became of a payment by card whose answer was lost; a no is final from then on."""
    stand, form = await stand_at(visit, till_id), dict(await visit.form())
    typed, text, key = form.get("montant", ""), form.get("carte", ""), key_of(form)
    data = OutcomeAsked(key=key, close=True, card=text[:CODE_CHARACTERS_MAX] or "?")
    try:
        found = await visit.through(outcome, data=data)
    except (Problem, Refusal):
        return await _shown(stand, "checking", typed=typed, card=text, key=key)
    if found.taken is not None:
        return visit.go(f"{stand.path}/recu/{found.taken.payment}")
    if found.state == "refused":
        return await _shown(stand, "refused", typed=typed)
    return await _shown(stand, "keypad", typed=typed, nothing_left=True)


@get("/caisse/{till_id:uuid}/recu/{payment_id:uuid}", opt=TAKES, include_in_schema=False)
async def received(
    till_id: FromPath[UUID], payment_id: FromPath[UUID], visit: GivenVisit
) -> Response[bytes]:
    """Shows a payment in green, for some minutes and until any of it was given back."""
    stand = await stand_at(visit, till_id)
    view = await visit.through(read_payment, payment_id=payment_id)
    over = stand.now - view.posted_at > LIVE or view.refunded.amount
    if view.payee.till != till_id or over:
        return visit.go(f"{stand.path}/paiement/{payment_id}")
    return await _shown(stand, "received", view=view)


async def _shown(stand: Stand, state: str, **facts: Any) -> Response[bytes]:
    """The till in one of its states; what a state does not need is nothing."""
    nothing: dict[str, Any] = dict.fromkeys(("asked", "view", "wrong", "before"))
    plain: dict[str, Any] = {"typed": "", "card": ""} | dict.fromkeys(_NOT_SO, False)
    since = await streaming.cursor(stand.visit.services, stand.place)
    known = nothing | plain | {"key": new_id(), "since": since, "state": state} | facts
    wanted = cents(known["typed"])
    return stand.show("till/till.html", scans=True, wanted=wanted, **known)


def _amount(visit: Visit, wanted: int) -> Amount:
    return Amount(amount=wanted, currency=visit.services.settings.currency_code)


ROUTES: Final = (till, ask, code, give_up, card, pay, check, received)
