"""When a merchant, or a cashier, may give money back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ledger.money import bousols
from merchants.refusals import CashierRefundNotToday, CashierRefundTooLarge, RefundTooLate

if TYPE_CHECKING:
    from datetime import date, datetime

    from ledger.policies import Limits


def check_window(paid_at: datetime, at: datetime, limits: Limits) -> None:
    """A payment is refunded for 60 days.

    Raises:
        RefundTooLate: with how many days there are.
    """
    if at > paid_at + timedelta(days=limits.refund_days):
        raise RefundTooLate(limits.refund_days)


def check_cashier(
    cents: int, given_cents: int, *, paid_on: date, today: date, limits: Limits
) -> None:
    """A cashier, or a till's key, gives back at most 50.00 of a payment, on its own day.

    Args:
        cents: to be given back.
        given_cents: given back of this payment before.
        paid_on: the day of the payment.
        today: the day of the refund.
        limits: of the policy in force.

    Raises:
        CashierRefundNotToday, CashierRefundTooLarge: the merchant may, and may agree to it.
    """
    if paid_on != today:
        raise CashierRefundNotToday
    if cents + given_cents > limits.cashier_refund_max_cents:
        raise CashierRefundTooLarge(bousols(limits.cashier_refund_max_cents))
