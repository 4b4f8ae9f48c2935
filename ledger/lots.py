"""Which lots pay a purchase and which a refund restores: pure rules over what was read.

A lot is an account of earmarked money (an aid award, a grant of a works council) with a rule,
which accepts some acceptors, and an expiry. Python chooses, the posting function allows; a plan
that lost a race is made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ledger.money import bousols
from ledger.refusals import LotsInsufficient, RefundAboveRest

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from datetime import datetime


class Share(NamedTuple):
    """What one account pays or gets, in minor units."""

    account: int
    cents: int


class Lot(NamedTuple):
    """An earmarked lot as read: its balance in cents, the rule it obeys, its last instant."""

    account: int
    balance_cents: int
    rule: int
    expires: datetime


class Used(NamedTuple):
    """What one account paid in a payment, and what it has got back since, in cents."""

    account: int
    paid_cents: int
    restored_cents: int = 0
    earmarked: bool = False


def plan_payment(
    price_cents: int,
    *,
    lots: Iterable[Lot],
    own: Share | None,
    accepted_rules: Container[int],
    at: datetime,
) -> tuple[Share, ...]:
    """40.00 are paid by 32.50 of aid and 7.50 of own money: lots first, soonest expiry first.

    Eligible lots are used by nearest expiry, then smallest id, each to its end; then own money.
    The order of the shares is the order of use, and the order of the transfers (F-14, F-15).

    Args:
        price_cents: what the merchant asks, at least 1.
        lots: every lot of the payer; those that may not pay here are passed over.
        own: the payer's wallet and its balance, if there is one.
        accepted_rules: the rules that accept this merchant.
        at: the instant of payment; a lot still pays at its last instant.

    Raises:
        LotsInsufficient: together they do not suffice; nothing is taken.
    """
    assert price_cents > 0, price_cents
    eligible = [x for x in lots if x.rule in accepted_rules and x.expires >= at]
    eligible.sort(key=lambda lot: (lot.expires, lot.account))
    purses = [Share(lot.account, lot.balance_cents) for lot in eligible]
    purses += [own] if own else []
    shares, missing_cents = _taken(price_cents, purses)
    if missing_cents:
        raise LotsInsufficient(bousols(missing_cents))
    return shares


def in_the_way(
    missing_cents: int, *, lots: Iterable[Lot], accepted_rules: Container[int], at: datetime
) -> int | None:
    """The lot that was passed over and without which nothing would be missing; None: money is.

    Lots that still pay, but not here, are the reason if they hold what is missing; else one that
    has ended, if all that were passed over do. It tells a payer why, never a merchant.

    Args:
        missing_cents: what eligible lots and own money lack.
        lots: every lot of the payer.
        accepted_rules: the rules that accept this merchant.
        at: the instant of payment.
    """
    dated = sorted(lots, key=lambda lot: (lot.expires, lot.account))
    ended = [x for x in dated if x.expires < at and x.balance_cents]
    elsewhere = [x for x in dated if x.expires >= at and x.rule not in accepted_rules]
    passed_over: list[Lot] = []
    for reason in (elsewhere, ended):
        passed_over += reason
        if reason and missing_cents <= sum(lot.balance_cents for lot in passed_over):
            return reason[0].account
    return None


def plan_refund(refund_cents: int, *, used: Sequence[Used]) -> tuple[Share, ...]:
    """10.00 back on 32.50 of aid and 7.50 of own money: 10.00 to the aid, which comes first.

    Aid is restored before own money, each lot up to what it paid and has not got back, so that
    buying and giving back never turns aid into free money (F-16). Among several lots the one
    used last is restored first: what stands after the refund is then what a smaller purchase
    would have left, and the money returns to the lot that stays valid longest.

    Args:
        refund_cents: what the merchant gives back, at least 1.
        used: what each account paid, in the order of use.

    Raises:
        RefundAboveRest: the payment has less than this left to give back.
    """
    assert refund_cents > 0, refund_cents
    assert all(0 <= u.restored_cents <= u.paid_cents for u in used), used
    aid = [u for u in reversed(used) if u.earmarked]
    own = [u for u in used if not u.earmarked]
    purses = [Share(u.account, u.paid_cents - u.restored_cents) for u in aid + own]
    shares, missing_cents = _taken(refund_cents, purses)
    if missing_cents:
        raise RefundAboveRest(bousols(refund_cents), bousols(refund_cents - missing_cents))
    return shares


def _taken(wanted_cents: int, purses: Iterable[Share]) -> tuple[tuple[Share, ...], int]:
    """Each purse's share, in their order and no more than it holds; then what is missing."""
    shares = []
    for account, balance_cents in purses:
        cents = min(wanted_cents, balance_cents)
        if cents > 0:
            shares.append(Share(account, cents))
            wanted_cents -= cents
    return tuple(shares), wanted_cents
