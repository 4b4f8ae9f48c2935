"""Paying a poster or a request: whom, how much, and one button; the green screen; the receipt.

The key of a payment is made with its page and kept with the poster's address, so that a page that
is opened again while nobody knows what became of the first try tries the same payment again.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from admin.roles import Act
from api.access import everybody, may, page
from api.days import day_of
from api.ids import new_id
from api.pages.forms import cents, key_of
from api.pages.visit import GivenVisit, Visit
from api.paying.looking import seen
from api.problems import Problem, problem_of
from api.proving import PinProof
from api.routes.confirmations import PaymentConfirming, confirm
from api.routes.payments import PaymentOrder, pay
from api.routes.scans import ScannedCode, ScannedText, scan_code
from api.routes.taken_payments import read
from api.shapes import Amount
from ledger.refusals import Refusal
from merchants import signals

LIVE: Final = timedelta(minutes=10)
"""For so long after it a payment is shown in green; later it is a receipt."""


@get("/p/{code:str}", opt=page(everybody()), include_in_schema=False)
async def poster(code: FromPath[str], visit: GivenVisit) -> Response[bytes]:
    """Shows whom a poster pays, and asks how much."""
    return await _offered(visit, code)


@get("/p/{code:str}/{token:str}", opt=page(everybody()), include_in_schema=False)
async def request(code: FromPath[str], token: FromPath[str], visit: GivenVisit) -> Response[bytes]:
    """Shows what a till asks for."""
    return await _offered(visit, _link(visit, code, token))


async def _offered(visit: Visit, text: str) -> Response[bytes]:
    scanned: ScannedCode = await visit.through(scan_code, data=ScannedText(code=text))
    if scanned.payer is None:
        return visit.show("pay/visitor.html", scanned=scanned)
    return visit.show("pay/pay.html", **_page(scanned))


@post("/p/{code:str}", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def pay_poster(code: FromPath[str], visit: GivenVisit) -> Response[bytes]:
    """Pays a poster."""
    return await _paid(visit, code)


@post("/p/{code:str}/{token:str}", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def pay_request(
    code: FromPath[str], token: FromPath[str], visit: GivenVisit
) -> Response[bytes]:
    """Pays what a till asks for."""
    return await _paid(visit, _link(visit, code, token))


async def _paid(visit: Visit, text: str) -> Response[bytes]:
    form = await visit.form()
    key, typed = key_of(form), cents(form.get("montant", ""))
    amount = None if typed is None else _amount(visit, typed)
    scanned: ScannedCode = await visit.through(
        scan_code, data=ScannedText(code=text, amount=amount)
    )
    given = None if scanned.request else amount
    try:
        token = await _confirmation(visit, form, text, given, key)
        order = PaymentOrder(code=text, amount=given, confirmation=token)
        receipt = await visit.through(pay, data=order, key=key)
    except (Problem, Refusal) as error:
        return visit.show("pay/pay.html", **_page(scanned, form, problem_of(error)))
    return visit.go(f"/paye/{receipt.payment}")


async def _confirmation(
    visit: Visit, form: Any, text: str, amount: Amount | None, key: UUID
) -> str | None:
    """What confirms the payment, once the secret code was typed."""
    if not form.get("code"):
        return None
    proof = PinProof(pin=form["code"])
    data = PaymentConfirming(code=text, amount=amount, key=key, proof=proof)
    confirmed = await visit.through(confirm, data=data)
    return str(confirmed.confirmation)


def _page(scanned: ScannedCode, form: Any = None, wrong: Problem | None = None) -> dict[str, Any]:
    typed = "" if form is None else form.get("montant", "")
    return {"scanned": scanned, "key": new_id(), "typed": typed, "wrong": wrong}


@get("/paye/{payment:uuid}", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def paid(payment: FromPath[UUID], visit: GivenVisit) -> Response[bytes]:
    """Shows the green screen to the payer, who shows it to the shop."""
    assert visit.asker is not None, "the rule asks for a soliste"
    view = await visit.through(read, payment_id=payment)
    found = await seen(visit.services, visit.asker, payment)
    now = visit.services.clock.now()
    key = visit.services.pepper.key("signal")
    signal = signals.of_day(key, found.place.account, day_of(now))
    return visit.show("pay/paid.html", view=view, signal=signal, now=now)


def _amount(visit: Visit, typed: int) -> Amount:
    return Amount(amount=typed, currency=visit.services.settings.currency_code)


def _link(visit: Visit, code: str, token: str) -> str:
    return f"https://{visit.services.paying.realm.host}/p/{code}/{token}"


ROUTES: Final = (poster, request, pay_poster, pay_request, paid)
