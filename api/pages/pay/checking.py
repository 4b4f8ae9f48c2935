"""An answer was lost: it is asked what became of the payment, and nobody pays twice."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from admin.roles import Act
from api.gate.access import may, page
from api.pages.account.typed import wrong_of
from api.pages.pay import refusing, showing
from api.pages.pay.keys import Target, became, target_of
from api.pages.pay.sending import Attempt, Tried, typed
from api.pages.visit import GivenVisit, Visit
from api.routes.outcomes import Outcome
from api.routes.scans import ScannedCode
from api.wire.problems import Problem
from api.wire.shapes import AMOUNT_MAX
from merchants.refusals import CodeUnreadable

Towards = Annotated[str, QueryParameter(name="vers", max_length=400)]
Since = Annotated[int, QueryParameter(name="depuis", ge=0, le=AMOUNT_MAX)]
LATE_SECONDS: Final = 120
"""After so long without an answer its payer is told what to do."""
Cents = Annotated[int, QueryParameter(name="montant", ge=0, le=AMOUNT_MAX)]


@get("/verifier/{key:uuid}", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def check(
    key: FromPath[UUID],
    visit: GivenVisit,
    towards: Towards = "",
    price: Cents = 0,
    since: Since = 0,
) -> Response[bytes]:
    """Tells what became of a payment, or that it is being checked."""
    target = target_of(visit, towards)
    told = await became(visit, key)
    if told.receipt is not None:
        return visit.go(f"/paye/{told.receipt.payment}")
    if told.state in {"closed", "done"}:
        return visit.go(_back(target, price))
    scanned = await _scanned(visit, target)
    if told.state == "refused" and target and scanned and scanned.payer:
        tried = Tried(typed=typed(price))
        return refusing.no(visit, Attempt(target, scanned, key, tried), _why(told))
    if told.state == "refused":  # whom it was meant for takes no payments any more
        return visit.show("pay/refused_only.html", wrong=wrong_of(visit, _why(told)))
    facts: dict[str, Any] = {"key": key, "target": target, "scanned": scanned, "price": price}
    late = bool(since) and visit.services.clock.now().timestamp() - since > LATE_SECONDS
    here = _here(key, target, price, since)
    return visit.show("pay/checking.html", **facts, here=here, late=late)


@post("/verifier/{key:uuid}", opt=page(may(Act.PAY_BY_CODE)), include_in_schema=False)
async def close(
    key: FromPath[UUID],
    visit: GivenVisit,
    towards: Towards = "",
    price: Cents = 0,
    since: Since = 0,
) -> Response[bytes]:
    """Makes a "no" final, if nothing was sent, and shows what became of it."""
    await became(visit, key, close=True)
    return visit.go(_here(key, target_of(visit, towards), price, since))


async def _scanned(visit: Visit, target: Target | None) -> ScannedCode | None:
    """Whom it was meant for; the answer does not depend on it."""
    if target is None:
        return None
    try:
        return await showing.scanned_at(visit, target)
    except CodeUnreadable:
        return None


def _why(told: Outcome) -> Problem:
    return Problem(told.reason or "payment_not_possible")


def _here(key: UUID, target: Target | None, price: int, since: int) -> str:
    if target is None:
        return f"/verifier/{key}"
    return showing.checking_path(key, target, price, since)


def _back(target: Target | None, price: int) -> str:
    """To the page of the poster, which says that nothing was sent."""
    if target is None:
        return "/"
    more = "" if target.request or not price else f"&montant={typed(price)}"
    return f"{target.path}?dit=rien{more}"


ROUTES: Final = (check, close)
