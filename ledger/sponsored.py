"""What keeps a sponsored scheme from being pumped: 20 EUR, 21 BSL, 21 EUR, and again.

Par redemption with a bonus is an arbitrage, so the bonus is for individuals, up to a cap a month
and while the sponsor's fund lasts; and merchants redeem only what they received in payment.
Source: domain model, 3.2, variant A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.flows.act import Terms
from ledger.money import bousols, euros
from ledger.refusals import (
    AboveMaximum,
    BonusFundExhausted,
    BonusNotForBusinesses,
    RedemptionNotEarned,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.conversion import Conversion, Scheme
    from ledger.lots import Share
    from ledger.policies import Limits


def bonus_terms(
    euros_cents: int,
    *,
    scheme: Scheme,
    fund: Share,
    individual: bool,
    converted_cents: int,
    limits: Limits,
) -> Terms:
    """At which terms a purchase is made, to be shown before it is confirmed.

    An individual gets the bonus on what is left of 200.00 EUR a month, and the rest at par; a
    business buys at par. When the fund cannot pay the whole bonus, all is at par: 20.00 EUR give
    20.00 BSL; a policy may refuse instead.

    Args:
        euros_cents: to be converted.
        scheme: a sponsored one.
        fund: account and balance of the sponsor's fund.
        individual: whether the buyer is a natural person.
        converted_cents: euros of this member that earned the bonus this month.
        limits: of the policy in force.

    Raises:
        BonusFundExhausted: the fund holds too little and the policy refuses.
    """
    assert scheme.sponsored, scheme
    at_par = Terms(scheme)
    bonused_cents = min(euros_cents, max(0, limits.bonus_month_max_cents - converted_cents))
    if not individual or not bonused_cents:
        return at_par
    terms = Terms(scheme, bonus=fund.account, bonused_cents=bonused_cents)
    bonus_cents = terms.issue(euros_cents).bonus_cents
    if bonus_cents <= fund.cents:
        return terms
    if limits.bonus_exhausted_refuses:
        raise BonusFundExhausted(euros(bonus_cents), euros(fund.cents))
    return at_par


def check_bonus(
    conversion: Conversion, *, individual: bool, bonused_cents: int, left_cents: int, fund: Share
) -> None:
    """A conversion about to be posted keeps the guards: it may have been agreed on a while ago.

    Args:
        conversion: with its bonus; one at par always passes.
        individual: whether the holder is a natural person.
        bonused_cents: euros of it that earn the bonus.
        left_cents: euros of this member that may still earn it this month.
        fund: account and balance of the sponsor's fund.

    Raises:
        BonusNotForBusinesses: the holder is none.
        AboveMaximum: more euros than the month has left.
        BonusFundExhausted: the fund holds less than the bonus.
    """
    if not conversion.bonus_cents:
        return
    if not individual:
        raise BonusNotForBusinesses
    if bonused_cents > left_cents:
        raise AboveMaximum(euros(bonused_cents), euros(left_cents))
    if conversion.bonus_cents > fund.cents:
        raise BonusFundExhausted(euros(conversion.bonus_cents), euros(fund.cents))


def check_earned(bousol_cents: int, *, earned_cents: int, redeemed_cents: int) -> None:
    """Of 100.00 received in payment and 79.00 redeemed, 21.00 may still be redeemed at par.

    Args:
        bousol_cents: asked for.
        earned_cents: ever received in payment, refunds deducted.
        redeemed_cents: ever redeemed or held for it.

    Raises:
        RedemptionNotEarned: with what may still be redeemed.
    """
    left_cents = max(0, earned_cents - redeemed_cents)
    if bousol_cents > left_cents:
        raise RedemptionNotEarned(bousols(bousol_cents), bousols(left_cents))


def main_payer(sales_cents: Mapping[int, int]) -> int | None:
    """The one payer who makes more than half of a merchant's sales, whom an alert names; or none.

    Args:
        sales_cents: what each payer paid the merchant in the period looked at.
    """
    whole_cents = sum(sales_cents.values())
    return next((payer for payer, cents in sales_cents.items() if 2 * cents > whole_cents), None)
