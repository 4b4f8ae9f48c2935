"""Every refusal of what merchants do: one class and one published code each.

They have the shape of the ledger's: fields, no sentences, no HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ledger.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.money import Amount


class MerchantRefusal(Refusal):
    """Base of what the merchants' rules refuse."""


# Codes that are scanned ---------------------------------------------------------------------


class CodeUnreadable(MerchantRefusal):
    """This code is not one of ours, or it was altered: ask the merchant for a new one."""

    code: ClassVar[str] = "code_unreadable"


@dataclass(eq=False)
class RequestExpired(MerchantRefusal):
    """The payment request ran out at `expired_at`: ask the till for a new one."""

    code: ClassVar[str] = "request_expired"
    expired_at: datetime


class SigningKeysUsedUp(MerchantRefusal):
    """All 256 numbers of signing keys were given: the form of the codes must change."""

    code: ClassVar[str] = "signing_keys_used_up"


# Paying --------------------------------------------------------------------------------------


class PlaceClosed(MerchantRefusal):
    """Nobody is paid here any more: the poster was taken down, or the till or the shift ended."""

    code: ClassVar[str] = "place_closed"


class AmountFixed(MerchantRefusal):
    """A payment request says how much; only a poster is paid any amount: leave the amount out."""

    code: ClassVar[str] = "amount_fixed"


class AmountMissing(MerchantRefusal):
    """A poster says no amount: type it."""

    code: ClassVar[str] = "amount_missing"


class CashNotBelowPrice(MerchantRefusal):
    """What is paid in cash is less than the price: pay it all at the till, or less of it."""

    code: ClassVar[str] = "cash_not_below_price"


class AlreadyPaid(MerchantRefusal):
    """The payment request was paid before it was cancelled: refund the payment instead."""

    code: ClassVar[str] = "already_paid"


# Giving back ---------------------------------------------------------------------------------


@dataclass(eq=False)
class RefundTooLate(MerchantRefusal):
    """Payments are refunded for `days` days: give the money back in another way."""

    code: ClassVar[str] = "refund_too_late"
    days: int


class CashierRefundNotToday(MerchantRefusal):
    """A cashier refunds what was paid the same day: ask the merchant."""

    code: ClassVar[str] = "cashier_refund_not_today"


@dataclass(eq=False)
class CashierRefundTooLarge(MerchantRefusal):
    """A cashier refunds at most `maximum` of a payment: ask the merchant."""

    code: ClassVar[str] = "cashier_refund_too_large"
    maximum: Amount


class RefundOnlyWhole(MerchantRefusal):
    """A payment to a public body is given back whole or not at all, before it is paid out."""

    code: ClassVar[str] = "refund_only_whole"


# Closing the day -----------------------------------------------------------------------------


class DayNotBegun(MerchantRefusal):
    """This day has not begun: close it when it is over."""

    code: ClassVar[str] = "day_not_begun"


# Names that are shown -----------------------------------------------------------------------


@dataclass(eq=False)
class NameUnusable(MerchantRefusal):
    """A name has 2 to 80 letters, digits and ordinary signs: `reason` says what to change."""

    code: ClassVar[str] = "name_unusable"
    reason: str
