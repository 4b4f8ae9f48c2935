"""Shapes of invoices between merchants: as they are asked for, and as each side is told them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, Literal
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from api.gate.proving import PinProof
from api.invoices.previews import Preview
from api.settings import Settings
from api.wire.faults import Fault
from api.wire.figures import Figures, Language
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape, Sum, Told, euros, ledger_amount, local
from api.wire.texts import UNSEEN
from ledger.chart import Commodity
from merchants.invoice_rows import InvoicePayment, Member
from merchants.invoices import Parts, masked_siret, reference

if TYPE_CHECKING:
    from api.services import Services

_REFERENCE: Final = rf"^[^{UNSEEN}]*[0-9A-Za-z][^{UNSEEN}]*$"
_REFERENCE_MAX: Final = 60
_SAYS: Final[dict[Language, tuple[str, str, str]]] = {
    "fr": (
        "Facture {} : {} à payer, {} à régler autrement",
        "Facture {} : {} payés, {} à régler autrement",
        "Facture {} : {} reçus, {} à recevoir",
    ),
    "en": (
        "Invoice {}: {} to pay, {} to pay otherwise",
        "Invoice {}: {} paid, {} to pay otherwise",
        "Invoice {}: {} received, {} to receive",
    ),
}
"""Of a proposal, of a payment to its payer, of a payment to its payee."""
_INVOICE: Final[JsonDict] = {
    "supplier": "019ac8e2-7d3b-7c4e-9a51-3f0f6f1c2b10",
    "invoice": "FA-2027-114",
    "total": {"amount": 34000, "currency": "EUR"},
    "bousols": {"amount": 10000, "currency": "BSL"},
    "euros": {"amount": 24000, "currency": "EUR"},
    "proof": {"pin": "4711"},
}


class SupplierLookup(Shape):
    """Whom an invoice is from: a name or part of it, a SIRET, a public id, or a till's code."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "Delattre"}]})

    text: Annotated[str, Field(min_length=2, max_length=80)]


class Supplier(Told):
    """A member of the network who may be paid."""

    id: UUID
    name: str
    commune: str
    siret: Annotated[str | None, Field(description="Its last five digits, to compare.")]
    public: Annotated[bool, Field(description="A public body: it is settled in euros.")]


class Suppliers(Told):
    """At most 20, the best first: an exact SIRET or id, then names."""

    items: list[Supplier]


class InvoiceToPay(Shape):
    """An invoice, and how it is to be paid."""

    model_config = ConfigDict(json_schema_extra={"examples": [_INVOICE]})

    supplier: Annotated[UUID, Field(strict=False, description="As a look-up told it.")]
    invoice: Annotated[
        str,
        Field(
            min_length=1,
            max_length=_REFERENCE_MAX,
            pattern=_REFERENCE,
            description="The supplier's number.",
        ),
    ]
    total: Annotated[Amount, Field(description="Of the whole invoice, in euros.")]
    bousols: Annotated[Amount, Field(description="Paid now, at par.")]
    euros: Annotated[Amount | None, Field(description="Paid otherwise; none when left out.")] = None
    proof: Annotated[
        PinProof | None, Field(description="That its payer is there: above 30.00 in one day.")
    ] = None


class InvoicePreview(Told):
    """What paying an invoice would take; nothing is done yet, and nothing is promised."""

    supplier: Supplier
    invoice: str
    total: Sum
    bousols: Sum
    euros: Sum
    says: Annotated[str, Field(description="The same in one sentence.")]
    second: Annotated[bool, Field(description="Another person of the same merchant must agree.")]
    proof: Annotated[bool, Field(description="PIN, password or passkey will be asked for.")]


class InvoiceAgreement(Shape):
    """A second person agrees to a payment."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"proof": {"pin": "4711"}}]})

    proof: Annotated[PinProof | None, Field(description="Left out only when asking again.")] = None


class InvoiceTold(Told):
    """A payment of an invoice as it stands."""

    id: UUID
    status: Literal["proposed", "paid", "refused", "cancelled"]
    payer: str
    payee: str
    invoice: str
    total: Sum
    bousols: Sum
    euros: Sum
    says: Annotated[str, Field(description="The same in one sentence, as its reader is concerned.")]
    made_at: datetime
    decided_at: datetime | None
    refunded: Annotated[Sum, Field(description="Bou'Sols given back since, as it is read.")]
    made_by: Annotated[
        UUID | None, Field(description="To the payer: whose role, as `GET /v1/roles` tells it.")
    ]
    entry: Annotated[UUID | None, Field(description="Of the ledger, once it is paid.")]


class InvoiceList(Told):
    """Newest first."""

    items: list[InvoiceTold]
    next_cursor: str | None


class InvoiceRefund(Shape):
    """What a supplier gives back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": {"amount": 2500, "currency": "BSL"}}]}
    )

    amount: Amount


class InvoiceRefunded(Told):
    """Bou'Sols of an invoice are the payer's again."""

    entry: UUID
    invoice_payment: UUID
    amount: Sum
    made_at: datetime


def supplier_told(member: Member) -> Supplier:
    """A member as a payer sees it."""
    return Supplier(
        id=member.id,
        name=member.name,
        commune=member.commune,
        siret=masked_siret(member.siret),
        public=member.public,
    )


def parts_of(asked_for: InvoiceToPay, settings: Settings) -> Parts:
    """What was asked for, in cents of the one currency that fits each field.

    Raises:
        Problem: `malformed_amount`, `malformed_body`.
    """
    paid_otherwise, invoice = asked_for.euros, reference(asked_for.invoice)
    if len(invoice) > _REFERENCE_MAX:  # one character may stand for eighteen
        raise Problem(
            "malformed_body",
            (Fault("/invoice", "string_too_long", {"max_length": _REFERENCE_MAX}),),
        )
    return Parts(
        invoice,
        cents_of(asked_for.total, Commodity.EUR, "/total", settings),
        cents_of(asked_for.bousols, Commodity.BSL, "/bousols", settings),
        cents_of(paid_otherwise, Commodity.EUR, "/euros", settings) if paid_otherwise else 0,
    )


def cents_of(amount: Amount, commodity: Commodity, where: str, settings: Settings) -> int:
    """The cents of an amount in the one currency that fits here.

    Raises:
        Problem: `malformed_amount`.
    """
    counted = ledger_amount(amount, settings)
    if counted.commodity is not commodity:
        raise Problem("wrong_currency", (Fault(f"{where}/currency", "wrong_currency"),))
    return counted.minor


def preview_told(found: Preview, services: "Services", language: Language) -> InvoicePreview:
    """A preview as its payer is concerned by it."""
    told = invoice_told(found.payment, found.payment.payer, services, language)
    return InvoicePreview(
        supplier=supplier_told(found.payee),
        invoice=told.invoice,
        total=told.total,
        bousols=told.bousols,
        euros=told.euros,
        says=told.says,
        second=found.second,
        proof=found.proof,
    )


def invoice_told(
    payment: InvoicePayment, reader: int, services: "Services", language: Language
) -> InvoiceTold:
    """A payment as its reader, payer or payee, is concerned by it."""
    settings = services.settings
    figures = Figures(language, settings.currency_symbol)
    to_pay, paid, received = _SAYS[language]
    form = to_pay if payment.status != "paid" else received if reader == payment.payee else paid
    return InvoiceTold.model_validate(
        {
            "id": payment.id,
            "status": payment.status,
            "payer": payment.payer_name,
            "payee": payment.payee_name,
            "invoice": payment.invoice,
            "total": euros(payment.total_cents),
            "bousols": local(payment.bousol_cents, settings),
            "euros": euros(payment.euro_cents),
            "says": form.format(
                figures.euros(payment.total_cents),
                figures.bousols(payment.bousol_cents),
                figures.euros(payment.euro_cents),
            ),
            "made_at": payment.made_at,
            "decided_at": payment.decided_at,
            "refunded": local(payment.returned_cents, settings),
            "made_by": payment.made_by if reader == payment.payer else None,
            "entry": payment.entry,
        }
    )
