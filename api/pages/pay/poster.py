"""A poster and a till's request: whom, how much, and one button.

No rule stands here: what may be paid, by whom and with which proof is asked of the handlers that
programs ask. The page adds one thing of its own: it does not let anybody pay twice by mistake.
"""

from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from api.gate.access import everybody, page
from api.pages.forms import cents, key_of
from api.pages.pay import refusing, showing
from api.pages.pay.keys import Target, became, keep, kept, poster_of, request_of, unless_used
from api.pages.pay.sending import Attempt, Tried, send
from api.pages.visit import GivenVisit, Visit
from api.paying.told import PaymentReceipt
from api.routes.scans import ScannedCode
from api.wire.problems import Problem, problem_of
from ledger.refusals import Refusal
from merchants.codes import read_code
from merchants.refusals import CodeUnreadable

Typed = Annotated[str, QueryParameter(name="montant", max_length=20)]
Again = Annotated[UUID | None, QueryParameter(name="encore")]
Said = Annotated[str, QueryParameter(name="dit", max_length=10)]


@get("/p/{code:str}", opt=page(everybody()), include_in_schema=False)
async def poster(
    code: FromPath[str],
    visit: GivenVisit,
    typed: Typed = "",
    again: Again = None,
    said: Said = "",
) -> Response[bytes]:
    """Shows whom a poster pays and asks how much; a payment made just before comes first."""
    try:
        known = read_code(code)
    except CodeUnreadable:
        return showing.unknown(visit)
    if known != code:
        return visit.go(f"/p/{known}")
    target = poster_of(code)
    try:
        scanned = await showing.scanned_at(visit, target, cents(typed))
    except CodeUnreadable:
        return showing.unknown(visit)
    other = showing.instead(visit, target, scanned, typed)
    return other or await _asked(visit, target, scanned, Tried(typed=typed, again=again, said=said))


@get("/p/{code:str}/{token:str}", opt=page(everybody()), include_in_schema=False)
async def request(
    code: FromPath[str], token: FromPath[str], visit: GivenVisit, said: Said = ""
) -> Response[bytes]:
    """Shows what a till asks for, to be paid with one tap."""
    target = request_of(visit, code, token)
    try:
        scanned = await showing.scanned_at(visit, target)
    except CodeUnreadable:
        return showing.unknown(visit)
    other = showing.instead(visit, target, scanned)
    return other or await _asked(visit, target, scanned, Tried(said=said))


async def _asked(
    visit: Visit, target: Target, scanned: ScannedCode, tried: Tried
) -> Response[bytes]:
    """The page with the yellow button, unless a payment that is known or sent comes first."""
    found = kept(visit, target)
    key, before = await unless_used(visit, found)
    attempt = Attempt(target, scanned, key, tried)
    known = [before.receipt if before else None, _made(attempt)]
    made = max((one for one in known if one), key=lambda one: one.posted_at, default=None)
    if made is not None and made.payment != tried.again:
        return showing.already(visit, attempt, made)
    state = before.state if before else ""
    if state == "unknown" and found and found.cents:
        return visit.go(showing.checking_path(key, target, found.cents))
    return showing.pay_page(visit, attempt, before=state)


def _made(attempt: Attempt) -> PaymentReceipt | None:
    """What the payer paid at this till just before; a request is paid once anyhow."""
    return None if attempt.target.request else attempt.payer.recent


@post("/p/{code:str}", opt=page(everybody()), include_in_schema=False)
async def pay_poster(code: FromPath[str], visit: GivenVisit) -> Response[bytes]:
    """Pays a poster; whoever may not is shown what a visitor is."""
    return await _paid(visit, poster_of(code))


@post("/p/{code:str}/{token:str}", opt=page(everybody()), include_in_schema=False)
async def pay_request(
    code: FromPath[str], token: FromPath[str], visit: GivenVisit
) -> Response[bytes]:
    """Pays what a till asks for; whoever may not is shown what a visitor is."""
    return await _paid(visit, request_of(visit, code, token))


async def _paid(visit: Visit, target: Target) -> Response[bytes]:
    form = await visit.form()
    key, tried = key_of(form), Tried.of(form)
    try:
        scanned = await showing.scanned_at(visit, target, tried.cents)
    except CodeUnreadable:
        return showing.unknown(visit)
    if scanned.payer is None:  # the session ended meanwhile: they sign in, the amount is kept
        return showing.visitor(visit, target, scanned, typed=tried.typed)
    attempt = Attempt(target, scanned, key, tried)
    before = await became(visit, key)
    first = _first(visit, attempt) if before.state == "unknown" else None
    if first is not None:
        return first
    try:
        receipt = await send(visit, attempt)
    except (Problem, Refusal) as error:
        return await refusing.refused(visit, attempt, problem_of(error))
    return visit.go(f"/paye/{receipt.payment}", cookies=[keep(target, key)])


def _first(visit: Visit, attempt: Attempt) -> Response[bytes] | None:
    """What comes before anything is sent: an amount, a payment made meanwhile, the secret code."""
    other = showing.instead(visit, attempt.target, attempt.scanned)
    if other is not None:
        return other
    if attempt.price_cents is None:
        return showing.pay_page(visit, attempt, wrong=Problem("amount_missing"))
    made = _made(attempt)
    if made is not None and made.payment != attempt.tried.again:
        return showing.already(visit, attempt, made)
    if attempt.asks_proof and not attempt.tried.proved:
        return showing.pay_page(visit, attempt, pin=True)
    return None


ROUTES: Final = (poster, request, pay_poster, pay_request)
