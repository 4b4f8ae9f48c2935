"""Policies: dated rows of modes, commission and limits. The rate is no policy: it never changes.

An entry keeps the version it used, so that replaying it with the stored row gives the same
figures. Source and reasons of every default: domain model, 8.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ledger.conversion import PPM, Mode
from ledger.money import bousols, euros
from ledger.refusals import AboveMaximum, BelowMinimum, PlacementTooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ledger.money import Amount


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of a policy that the ledger's callers keep, by the name they are stored under.

    Cents are of euros for purchases, credits, cash and fees, of Bou'Sols otherwise; ppm are
    millionths.
    """

    purchase_min_cents: int = 1_00
    purchase_resident_max_cents: int = 1_000_00
    purchase_business_max_cents: int = 3_000_00
    balance_tier0_max_cents: int = 150_00
    balance_tier1_max_cents: int = 1_000_00
    balance_tier2_max_cents: int = 3_000_00
    payment_max_cents: int = 3_000_00
    redemption_min_cents: int = 21_00
    comptoir_notes_max_cents: int = 1_000_00
    comptoir_cash_max_cents: int = 1_000_00
    bonus_month_max_cents: int = 200_00
    bonus_exhausted_refuses: bool = False
    gift_ppm: int = 0
    melting_ppm: int = 0
    reactivation_ppm: int = 50_000
    liquid_min_ppm: int = 300_000
    remittance_days: int = 10
    suspense_days: int = 30
    refund_days: int = 60
    aid_days: int = 90
    aid_emergency_days: int = 30
    aid_restored_days: int = 30
    aid_pair_max_cents: int = 10_000_00
    """Two persons decide a batch of aid up to so many euro-cents; above, a third approves."""
    aid_households_min: int = 11
    """A sponsor's figures of spending are over so many households; never fewer than 5."""
    membership_resident_cents: int = 3_00
    membership_business_cents: int = 30_00
    membership_grace_days: int = 90
    order_days: int = 30
    """An order waits so long for its euros, then it is closed."""
    credit_alone_max_cents: int = 500_00
    """What a treasurer alone books, matches and returns in one day; above, a second confirms."""
    redemption_alone_max_cents: int = 1_000_00
    """A treasurer alone approves a redemption up to this."""
    invoice_alone_max_cents: int = 500_00
    """One person of a merchant alone pays a supplier up to this."""
    cashier_refund_max_cents: int = 50_00
    """A cashier gives back up to this without the owner."""
    request_minutes: int = 5
    """A payment request is valid so long unless its maker says otherwise."""
    request_minutes_max: int = 15
    """The longest its maker may ask for."""
    approval_months: int = 24
    """A merchant's approval holds so long."""
    approval_renewal_days: int = 180
    """It is listed as ending, and may be renewed, so long before its end."""
    approval_first_notice_days: int = 60
    """The merchant is written to so long before its end,"""
    approval_last_notice_days: int = 15
    """and once more so long before."""
    freeze_hours: int = 72
    """An account frozen by one person thaws after this unless a second one confirms."""

    @classmethod
    def stored(cls, settings: Mapping[str, Any]) -> Limits:
        """The limits of a stored row: what it does not name is the default."""
        known = {f.name for f in fields(cls)}
        assert set(settings) <= known, set(settings) - known
        assert all(isinstance(v, int) and v >= 0 for v in settings.values()), settings
        return cls(**settings)


@dataclass(frozen=True, slots=True)
class Policy:
    """One dated row. `commission_ppm` is 0 when symmetric: leaving already costs 1/21."""

    version: int
    valid_from: datetime
    wallet_mode: Mode = Mode.LINEAR
    comptoir_mode: Mode = Mode.TRANCHE
    commission_ppm: int = 0
    limits: Limits = Limits()


def in_force(rows: Iterable[Policy], at: datetime) -> Policy:
    """The policy that holds at an instant: the highest version already valid.

    A ledger is created with version 1, valid since ever, so that there always is one.
    """
    valid = [row for row in rows if row.valid_from <= at]
    assert valid, "a ledger always has a first policy"
    return max(valid, key=lambda row: row.version)


def check_purchase(euros_cents: int, limits: Limits, *, business: bool) -> None:
    """A resident's order is of 1.00 to 1,000.00 EUR, a merchant's up to 3,000.00.

    Raises:
        BelowMinimum, AboveMaximum: with the bound that was passed.
    """
    maximum_cents = (
        limits.purchase_business_max_cents if business else limits.purchase_resident_max_cents
    )
    _check_between(euros(euros_cents), euros(limits.purchase_min_cents), euros(maximum_cents))


def check_comptoir(euros_cents: int, limits: Limits) -> None:
    """A comptoir takes at most 1,000.00 EUR in cash at a time, as the law allows.

    Raises:
        AboveMaximum: the payer brings a transfer instead.
    """
    maximum = euros(limits.comptoir_cash_max_cents)
    _check_between(euros(euros_cents), euros(0), maximum)


def check_payment(bousol_cents: int, limits: Limits) -> None:
    """A single payment is of at most 3,000.00 BSL.

    Raises:
        AboveMaximum: pay the rest by other means; splitting an invoice is detected elsewhere.
    """
    _check_between(bousols(bousol_cents), bousols(0), bousols(limits.payment_max_cents))


def check_redemption(bousol_cents: int, limits: Limits) -> None:
    """A redemption is of at least 21.00 BSL; closing an account knows no minimum.

    Raises:
        BelowMinimum: wait until more has come in.
    """
    asked = bousols(bousol_cents)
    _check_between(asked, bousols(limits.redemption_min_cents), asked)


def liquid_minimum_cents(limits: Limits, *, debt_cents: int, worst_month_cents: int) -> int:
    """What must stay on GUAR: 30 % of L, or 3 times the worst month of redemptions if more.

    Args:
        limits: of the policy in force.
        debt_cents: L, euro-cents owed to holders.
        worst_month_cents: euro-cents redeemed in the worst of the last 12 months.
    """
    share_cents = -(-debt_cents * limits.liquid_min_ppm // PPM)
    return max(share_cents, 3 * worst_month_cents)


def check_placement(euros_cents: int, *, liquid_cents: int, minimum_cents: int) -> None:
    """A placement leaves the liquid minimum on the guarantee account.

    Args:
        euros_cents: to be placed.
        liquid_cents: on GUAR now.
        minimum_cents: as `liquid_minimum_cents` says.

    Raises:
        PlacementTooLarge: with what may be placed.
    """
    free_cents = max(0, liquid_cents - minimum_cents)
    if euros_cents > free_cents:
        raise PlacementTooLarge(euros(euros_cents), euros(free_cents))


def _check_between(asked: Amount, minimum: Amount, maximum: Amount) -> None:
    if asked < minimum:
        raise BelowMinimum(asked, minimum)
    if asked > maximum:
        raise AboveMaximum(asked, maximum)
