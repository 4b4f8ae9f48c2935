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
