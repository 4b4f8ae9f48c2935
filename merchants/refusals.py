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


class CashNotNeeded(MerchantRefusal):
    """A part is paid in cash only where the balance is too small: pay it all without."""

    code: ClassVar[str] = "cash_not_needed"


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
    """A cashier refunds what was paid the same day, unless the merchant agrees: card and PIN."""

    code: ClassVar[str] = "cashier_refund_not_today"


@dataclass(eq=False)
class CashierRefundTooLarge(MerchantRefusal):
    """A cashier refunds at most `maximum`, unless the merchant agrees: card and PIN."""

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


# Invoices between merchants -----------------------------------------------------------------


class UnknownSupplier(MerchantRefusal):
    """Nobody else of the network is paid under this id: look the supplier up again."""

    code: ClassVar[str] = "unknown_supplier"


class SupplierUnavailable(MerchantRefusal):
    """This supplier takes no payment at present: pay in euros, or ask the association."""

    code: ClassVar[str] = "supplier_unavailable"


@dataclass(eq=False)
class PartsAboveTotal(MerchantRefusal):
    """Bou'Sols and euros together are `parts`, more than the invoice asks: lower one of them."""

    code: ClassVar[str] = "parts_above_total"
    parts: Amount
    total: Amount


@dataclass(eq=False)
class InvoiceTotalDiffers(MerchantRefusal):
    """An earlier payment of this invoice says it asks for `total`: correct the total."""

    code: ClassVar[str] = "invoice_total_differs"
    total: Amount


@dataclass(eq=False)
class InvoiceOverpaid(MerchantRefusal):
    """Of this invoice only `rest` is still to be paid in Bou'Sols: pay at most that."""

    code: ClassVar[str] = "invoice_overpaid"
    asked: Amount
    rest: Amount


class InvoicePaymentDecided(MerchantRefusal):
    """The payment was made, refused or withdrawn meanwhile: look at it again."""

    code: ClassVar[str] = "invoice_payment_decided"


# Becoming and being a merchant --------------------------------------------------------------


class NameTaken(MerchantRefusal):
    """Another merchant has this name, or one that reads alike: add what tells them apart."""

    code: ClassVar[str] = "name_taken"


class SiretTaken(MerchantRefusal):
    """Another merchant, or another application, has this SIRET: ask the association."""

    code: ClassVar[str] = "siret_taken"


class SiretWrong(MerchantRefusal):
    """A SIRET has 14 digits, the last ones check it: read it again."""

    code: ClassVar[str] = "siret_wrong"


class IbanWrong(MerchantRefusal):
    """No bank account has this IBAN, its digits check it: read it again."""

    code: ClassVar[str] = "iban_wrong"


class UnknownFiliere(MerchantRefusal):
    """No filière has this code: take those of the list."""

    code: ClassVar[str] = "unknown_filiere"


@dataclass(eq=False)
class CharterOutdated(MerchantRefusal):
    """The charter to be signed is `version`: read it, and sign that one."""

    code: ClassVar[str] = "charter_outdated"
    version: str


class ConventionMissing(MerchantRefusal):
    """A public body is paid under a convention: name its document."""

    code: ClassVar[str] = "convention_missing"


@dataclass(eq=False)
class StandingMisfit(MerchantRefusal):
    """This does not follow from where the merchant stands, `status`: look at it again."""

    code: ClassVar[str] = "standing_misfit"
    status: str


class ApprovalRuns(MerchantRefusal):
    """The approval ends too late to be renewed already: decide when its end is near."""

    code: ClassVar[str] = "approval_runs"


class DecisionOpen(MerchantRefusal):
    """Another decision waits for its second person: confirm or withdraw that one first."""

    code: ClassVar[str] = "decision_open"


class DecisionSettled(MerchantRefusal):
    """This decision was confirmed, withdrawn or ran out: look at where the merchant stands."""

    code: ClassVar[str] = "decision_settled"


class MoneyLeft(MerchantRefusal):
    """The merchant's account still holds Bou'Sols: they are spent or redeemed before it closes."""

    code: ClassVar[str] = "money_left"


class VersionNeeded(MerchantRefusal):
    """Whoever changes this says which version was read: send its `ETag` back in `If-Match`."""

    code: ClassVar[str] = "version_needed"


class VersionChanged(MerchantRefusal):
    """Somebody changed this in the meantime: read it again, then change it."""

    code: ClassVar[str] = "version_changed"


# At a till ----------------------------------------------------------------------------------


class NoCashier(MerchantRefusal):
    """Nobody who works here has this card: the merchant invites cashiers, each with a card."""

    code: ClassVar[str] = "no_cashier"


class NoManager(MerchantRefusal):
    """No card of the merchant or cash officer: a cashier's does not lift a cashier's bounds."""

    code: ClassVar[str] = "no_manager"


class TillsMax(MerchantRefusal):
    """So many tills are open that one more is a mistake: close one that is not used."""

    code: ClassVar[str] = "tills_max"
