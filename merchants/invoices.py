"""A supplier's invoice is paid in Bou'Sols, in euros, or in both, and never more than it asks.

What was paid before on the same invoice counts, so that splitting it passes neither its total, nor
the legal limit of one payment (LR-06), nor what one person may pay alone.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.money import bousols, euros
from ledger.policies import check_payment
from merchants.refusals import InvoiceOverpaid, InvoiceTotalDiffers, PartsAboveTotal

if TYPE_CHECKING:
    from ledger.policies import Limits

UNPROVED_MAX_CENTS: Final = 30_00
"""So much a session alone pays in one day: the table of limits, architecture.md 4."""
SIRET_DIGITS: Final = 14
_SIRET_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Parts:
    """An invoice as its payer reads it, and how it is to be paid; cents, at par.

    Attributes:
        invoice: the supplier's number, as `reference` writes it.
        total_cents: of the invoice, in euros.
        bousol_cents: paid here.
        euro_cents: paid otherwise; both together may be less than the total.
    """

    invoice: str
    total_cents: int
    bousol_cents: int
    euro_cents: int


class Earlier(NamedTuple):
    """What stands already of the same invoice of a supplier, by the same payer.

    Attributes:
        total_cents: what it asks for; None when nothing was paid or proposed.
        paid_cents: Bou'Sols paid, without what was given back.
    """

    total_cents: int | None = None
    paid_cents: int = 0


def reference(text: str) -> str:
    """An invoice's number as it is kept: compatible forms made one, single spaces, none outside."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def likeness(invoice: str) -> str:
    """What two writings of one number share: "FA-2026/114" and "fa 2026 114" have the same."""
    return "".join(c for c in unicodedata.normalize("NFKC", invoice).casefold() if c.isalnum())


def check_parts(parts: Parts, earlier: Earlier, limits: Limits) -> None:
    """340.00 may be paid by 100.00 B and 240.00 EUR; after that, by at most 240.00 B more.

    Raises:
        PartsAboveTotal: both parts together are more than the invoice.
        InvoiceTotalDiffers: an earlier payment named another total.
        InvoiceOverpaid: with what was paid before it is more than the invoice.
        AboveMaximum: with what was paid before it is more than the law lets one debt be paid by.
    """
    whole_cents = parts.bousol_cents + parts.euro_cents
    if whole_cents > parts.total_cents:
        raise PartsAboveTotal(euros(whole_cents), euros(parts.total_cents))
    if earlier.total_cents not in {None, parts.total_cents}:
        raise InvoiceTotalDiffers(euros(earlier.total_cents or 0))
    rest_cents = parts.total_cents - earlier.paid_cents
    if parts.bousol_cents > rest_cents:
        raise InvoiceOverpaid(bousols(parts.bousol_cents), bousols(max(0, rest_cents)))
    check_payment(earlier.paid_cents + parts.bousol_cents, limits)


def needs_second(parts: Parts, earlier: Earlier, limits: Limits) -> bool:
    """Whether somebody else must agree: above 500.00 B on one invoice, however it is split."""
    return earlier.paid_cents + parts.bousol_cents > limits.invoice_alone_max_cents


def needs_proof(parts: Parts, day_cents: int) -> bool:
    """Whether the payer's PIN, password or passkey is asked for: above 30.00 B in one day."""
    return day_cents + parts.bousol_cents > UNPROVED_MAX_CENTS


def siret_of(text: str) -> str | None:
    """The 14 digits of a SIRET, however it is spaced; None when it is none."""
    digits = "".join(text.split())
    is_siret = len(digits) == SIRET_DIGITS and digits.isascii() and digits.isdecimal()
    return digits if is_siret else None


def masked_siret(siret: str | None) -> str | None:
    """The end of a SIRET: who has the invoice recognises it, who has not learns nothing of it."""
    return None if siret is None else "•" * (SIRET_DIGITS - _SIRET_SHOWN) + siret[-_SIRET_SHOWN:]
