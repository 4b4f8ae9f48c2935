"""A payment that did not pass: what its payer is told, and the one way on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from api.pages.pay import showing
from api.pages.pay.keys import became, keep
from api.pages.pay.sending import Attempt, typed
from api.wire.ids import new_id
from api.wire.problems import Problem
from api.wire.shapes import euros

if TYPE_CHECKING:
    from litestar import Response

    from api.pages.visit import Visit

_UNKNOWN: Final = frozenset({"outcome_unknown", "unavailable"})
"""Something may have been posted."""
_NOTHING_SENT: Final = frozenset({
    "amount_missing", "above_maximum", "wrong_pin", "confirmation_invalid", "pin_guessable",
    "too_many_tries", "malformed_amount", "overloaded", "stopped", "malformed_body", "pin_needed",
    "cash_not_needed",
})  # fmt: skip
"""The page stays, with a line: it is corrected or tried again."""
_PIN: Final = frozenset({"wrong_pin", "pin_needed", "confirmation_invalid"})
_ENDED: Final = frozenset({"already_done", "once_closed", "request_expired", "too_late"})
"""Of a request: how it stands now says more than the refusal."""


async def refused(visit: Visit, attempt: Attempt, why: Problem) -> Response[bytes]:
    """The page of a payment that did not pass."""
    target, price = attempt.target, attempt.price_cents or 0
    if why.code in _UNKNOWN:
        since = int(visit.services.clock.now().timestamp())
        path = showing.checking_path(attempt.key, target, price, since)
        return visit.go(path, cookies=[keep(target, attempt.key, price)])
    if why.members.get("tries_left") == 0:
        return no(visit, attempt, Problem("pin_locked"))
    if why.code in _NOTHING_SENT:
        used = _renewed(attempt) if why.code == "pin_needed" else attempt
        if why.code == "cash_not_needed":  # money has arrived: the whole price is asked for again
            used = replace(attempt, tried=replace(attempt.tried, cash_cents=0, confirmation=""))
        return showing.pay_page(visit, used, pin=why.code in _PIN, wrong=why)
    return await _final(visit, attempt, why)


async def _final(visit: Visit, attempt: Attempt, why: Problem) -> Response[bytes]:
    """What was answered for good: the next try is another payment."""
    if why.code == "key_closed":
        return showing.pay_page(visit, _renewed(attempt), before="closed")
    if why.code == "key_conflict":
        return await _other_amount(visit, attempt)
    if why.code in _ENDED and attempt.target.request:
        now = await showing.scanned_at(visit, attempt.target)
        other = showing.instead(visit, attempt.target, now)
        if other is not None:
            return other
    return no(visit, attempt, why)


async def _other_amount(visit: Visit, attempt: Attempt) -> Response[bytes]:
    """The key was used with another amount: the first try decides, and is shown."""
    first = await became(visit, attempt.key)
    if first.receipt is not None:
        return showing.already(visit, attempt, first.receipt, other=attempt.tried.cents)
    return showing.pay_page(visit, _renewed(attempt), before="refused")


def no(visit: Visit, attempt: Attempt, why: Problem) -> Response[bytes]:
    """Why nothing was taken; what the interface offers instead is one tap away, with a new key."""
    key, target, payer = new_id(), attempt.target, attempt.payer
    price = attempt.price_cents or 0
    offer: Any = why.members.get("offer")
    part = offer["amount"]["amount"] if offer else 0
    facts: dict[str, Any] = {
        "target": target,
        "scanned": attempt.scanned,
        "payer": payer,
        "price": price,
        "part": part,
        "cash": euros(price - part),
        "typed": typed(price),
        "typed_cash": typed(price - part),
        "pin": part > payer.unconfirmed_max.amount,
        "why": why.code,
        "key": key,
        "again": attempt.tried.again,
        "checking": showing.checking_path(key, target, part),
    }
    shown = visit.show("pay/refused.html", **facts)
    shown.cookies.append(keep(target, key))
    return shown


def _renewed(attempt: Attempt) -> Attempt:
    """The same, as another payment: the ledger has answered its key for good."""
    return replace(attempt, key=new_id())
