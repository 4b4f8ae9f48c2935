"""What is told of payments: the payer's receipt, and what a till sees of the same entry.

Both are built from the stored facts of the entry alone, so that a retry reads the same bytes years
later; what a till sees has one shape, whatever the payer paid with.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.wire.shapes import Sum, Told
from ledger.chart import Commodity
from ledger.journal import Posted
from ledger.kinds import Kind
from merchants.places import Place
from merchants.remarks import Remark
from merchants.short_code import short_code

if TYPE_CHECKING:
    from ledger.store import Entry

PAID: Final = frozenset({Kind.PAYMENT, Kind.PUBLIC_SETTLEMENT, Kind.HOLD_CAPTURE})
BACK: Final = frozenset({Kind.REFUND, Kind.REVERSAL})
_PAYMENT: Final = "0193a3c5-7c1e-7d4a-9b1f-2f6f0f5f9a10"
_PAYEE: Final[JsonDict] = {
    "merchant": "0193a3c5-0000-7000-8000-000000000001",
    "till": "0193a3c5-0000-7000-8000-000000000002",
}
_COMMON: Final[JsonDict] = {
    "payment": _PAYMENT,
    "short_code": "KM47",
    "amount": {"amount": 820, "currency": "BSL"},
    "cash": {"amount": 440, "currency": "EUR"},
    "payee": _PAYEE,
    "request": None,
    "posted_at": "2027-03-05T10:00:00Z",
}
_RECEIPT: Final[JsonDict] = {**_COMMON, "balance": {"amount": 1180, "currency": "BSL"}}

ShortCode = Annotated[
    str,
    Field(pattern="^[A-Z]{2}[0-9]{2}$", description="The same on both screens, to be compared."),
]


class Payee(Told):
    """Who was paid, by the ids that never change."""

    merchant: UUID
    till: UUID


class PaymentReceipt(Told):
    """What the payer of a payment is told, and nobody else."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RECEIPT]})

    payment: UUID
    short_code: ShortCode
    amount: Annotated[Sum, Field(description="Paid in the local currency.")]
    cash: Annotated[Sum | None, Field(description="Paid in euros at the till besides.")]
    payee: Payee
    request: Annotated[UUID | None, Field(description="The payment request that was paid.")]
    posted_at: datetime
    balance: Annotated[
        Sum, Field(description="Left on the account that paid first, after this payment.")
    ]


class TakenPayment(Told):
    """What a till is told of a payment: nothing of its payer, and one shape for all."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMMON]})

    payment: UUID
    short_code: ShortCode
    amount: Annotated[Sum, Field(description="Paid in the local currency.")]
    cash: Annotated[Sum | None, Field(description="To be paid in euros at the till besides.")]
    payee: Payee
    request: UUID | None
    posted_at: datetime


def bousols(cents: int, currency: str) -> Sum:
    """A sum of the local currency."""
    return Sum(amount=cents, currency=currency)


def euros(cents: int | None) -> Sum | None:
    """A sum of euros, if there is one."""
    return None if cents is None else Sum(amount=cents, currency=Commodity.EUR.name)


def taken(
    posted: Posted,
    place: Place,
    cents: int,
    *,
    currency: str,
    cash_cents: int | None = None,
    request: UUID | None = None,
) -> TakenPayment:
    """What the till is told of a payment that stands."""
    return TakenPayment(
        payment=posted.id,
        short_code=short_code(posted.id),
        amount=bousols(cents, currency),
        cash=euros(cash_cents),
        payee=Payee(merchant=place.merchant, till=place.till),
        request=request,
        posted_at=posted.posted_at,
    )


def receipt(
    posted: Posted,
    place: Place,
    cents: int,
    *,
    currency: str,
    cash_cents: int | None = None,
    request: UUID | None = None,
) -> PaymentReceipt:
    """What the payer is told of a payment that stands."""
    return PaymentReceipt(
        payment=posted.id,
        short_code=short_code(posted.id),
        amount=bousols(cents, currency),
        cash=euros(cash_cents),
        payee=Payee(merchant=place.merchant, till=place.till),
        request=request,
        posted_at=posted.posted_at,
        balance=bousols(posted.balance, currency),
    )


def paid_cents(entry: "Entry", account: int) -> int:
    """What an account got in a payment, or gave in a refund."""
    back = entry.kind in BACK
    return sum(t.amount for t in entry.transfers if (t.debit if back else t.credit) == account)


def posted_of(entry: "Entry") -> Posted:
    """An entry as its own answer was."""
    return Posted(entry.seq, entry.posted_at, entry.balance, entry.id)


def receipt_of(
    entry: "Entry", place: Place, remark: Remark | None, currency: str
) -> PaymentReceipt:
    """The receipt of a stored payment, as it was told when it was made."""
    return receipt(
        posted_of(entry),
        place,
        paid_cents(entry, place.account),
        currency=currency,
        cash_cents=None if remark is None else remark.cash_cents,
        request=entry.once,
    )


def taken_of(entry: "Entry", place: Place, remark: Remark | None, currency: str) -> TakenPayment:
    """What the till is told of a stored payment, as when it was made."""
    return taken(
        posted_of(entry),
        place,
        paid_cents(entry, place.account),
        currency=currency,
        cash_cents=None if remark is None else remark.cash_cents,
        request=entry.once,
    )
