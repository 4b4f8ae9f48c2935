"""Between merchants: look a supplier up, pay an invoice, agree to it, give some of it back."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.roles import Act
from api import invoicing
from api.access import may
from api.asking import asked
from api.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.door import GivenAsker
from api.faults import Fault
from api.figures import Figures, Language
from api.invoicing import as_made
from api.openapi import POSTING
from api.problems import Problem
from api.services import GivenServices, Services
from api.settings import Settings
from api.shapes import Amount, Shape, Sum, Told, euros, ledger_amount, local
from api.strict import IdempotencyKey
from ledger.chart import Commodity
from merchants import invoice_rows
from merchants.invoice_rows import InvoicePayment, Member
from merchants.invoices import Parts, masked_siret, reference

_REFERENCE: Final = r"^[^\x00-\x1f\x7f]*[0-9A-Za-z][^\x00-\x1f\x7f]*$"
_REFERENCE_MAX: Final = 60
_LAST: Final = UUID(int=2**128 - 1)
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
_PAYING: Final = (
    "key_missing",
    "malformed_amount",
    "supplier_unavailable",
    "invoice_total_differs",
    "invoice_overpaid",
    "above_maximum",
    *POSTING,
)
_DECIDING: Final = ("not_found", "not_allowed", "same_person", "invoice_payment_decided")
_INVOICE: Final[JsonDict] = {
    "supplier": "019ac8e2-7d3b-7c4e-9a51-3f0f6f1c2b10",
    "invoice": "FA-2027-114",
    "total": {"amount": 34000, "currency": "EUR"},
    "bousols": {"amount": 10000, "currency": "BSL"},
    "euros": {"amount": 24000, "currency": "EUR"},
}
Side = Annotated[
    Literal["paid", "received"],
    QueryParameter(name="side", description="Invoices this account paid, or that it was paid."),
]
"""The type of the handler's parameter `side`."""


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


@post(
    "/v1/invoice-payments/lookups",
    operation_id="lookUpSuppliers",
    tags=["suppliers"],
    status_code=HTTP_200_OK,
    opt=may(Act.PAY_SUPPLIER),
)
async def look_up(
    data: JSONBody[SupplierLookup], asker: GivenAsker, services: GivenServices
) -> Suppliers:
    """Finds suppliers of the network by name, SIRET, public id or a till's code."""
    async with services.connection() as connection:
        found = await invoice_rows.find(connection, asker.acting, data.text)
    return Suppliers(items=[_supplier(member) for member in found])


@post(
    "/v1/invoice-payments",
    operation_id="createInvoicePayment",
    tags=["suppliers"],
    opt=may(Act.PAY_SUPPLIER, problems=("unknown_supplier", "parts_above_total", *_PAYING)),
)
async def create(
    data: JSONBody[InvoiceToPay],
    key: IdempotencyKey,
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
) -> Response[InvoiceTold]:
    """Pays an invoice at once, or above a limit proposes to, until a second person agrees."""
    parts = _parts(data, services.settings)
    made = as_made(await invoicing.pay(services, asker, data.supplier, parts, key))
    return Response(
        _told(made, asker.acting, services, asked(request.scope).language),
        headers={"Location": f"/v1/invoice-payments/{made.id}"},
    )


@get(
    "/v1/invoice-payments",
    operation_id="listInvoicePayments",
    tags=["suppliers"],
    opt=may(Act.SEE_INVOICES),
)
async def list_all(
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
    side: Side = "paid",
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> InvoiceList:
    """Lists the invoices this account paid or proposed to, or those that it was paid."""
    before = _LAST if cursor is None else _before(services, cursor, side)
    async with services.connection() as connection:
        found = await invoice_rows.page(
            connection, asker.acting, received=side == "received", before=before, limit=limit + 1
        )
    language = asked(request.scope).language
    more = pack(services.pepper, f"invoices {side}", found[limit - 1].id) if found[limit:] else None
    items = [_told(one, asker.acting, services, language) for one in found[:limit]]
    return InvoiceList(items=items, next_cursor=more)


@get(
    "/v1/invoice-payments/{number:uuid}",
    operation_id="getInvoicePayment",
    tags=["suppliers"],
    opt=may(Act.SEE_INVOICES, problems=("not_found",)),
)
async def get_one(
    number: FromPath[UUID],
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
) -> InvoiceTold:
    """Tells a payment of an invoice to its payer, and once it is made to the one who was paid."""
    found = await invoicing.seen(services, asker, number)
    return _told(found, asker.acting, services, asked(request.scope).language)


@post(
    "/v1/invoice-payments/{number:uuid}/confirmation",
    operation_id="confirmInvoicePayment",
    tags=["suppliers"],
    status_code=HTTP_200_OK,
    opt=may(Act.PAY_SUPPLIER, problems=(*_DECIDING, *_PAYING)),
)
async def confirm(
    number: FromPath[UUID],
    key: IdempotencyKey,
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
) -> InvoiceTold:
    """Pays what another person of the same merchant proposed, if the money is there now."""
    paid = await invoicing.confirm(services, asker, number, key)
    return _told(paid, asker.acting, services, asked(request.scope).language)


@post(
    "/v1/invoice-payments/{number:uuid}/refusal",
    operation_id="refuseInvoicePayment",
    tags=["suppliers"],
    status_code=HTTP_200_OK,
    opt=may(Act.PAY_SUPPLIER, problems=_DECIDING),
)
async def refuse(
    number: FromPath[UUID],
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
) -> InvoiceTold:
    """Refuses what another person of the same merchant proposed; again is no act."""
    refused = await invoicing.refuse(services, asker, number)
    return _told(refused, asker.acting, services, asked(request.scope).language)


@post(
    "/v1/invoice-payments/{number:uuid}/cancellation",
    operation_id="cancelInvoicePayment",
    tags=["suppliers"],
    status_code=HTTP_200_OK,
    opt=may(Act.PAY_SUPPLIER, problems=("not_found", "invoice_payment_decided")),
)
async def cancel(
    number: FromPath[UUID],
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
) -> InvoiceTold:
    """Withdraws a proposal that was not decided yet; again is no act."""
    cancelled = await invoicing.cancel(services, asker, number)
    return _told(cancelled, asker.acting, services, asked(request.scope).language)


@post(
    "/v1/invoice-payments/{number:uuid}/refunds",
    operation_id="refundInvoicePayment",
    tags=["suppliers"],
    opt=may(
        Act.REFUND_INVOICE,
        problems=("not_found", "key_missing", "malformed_amount", "refund_above_rest", *POSTING),
    ),
)
async def refund(
    data: JSONBody[InvoiceRefund],
    number: FromPath[UUID],
    key: IdempotencyKey,
    asker: GivenAsker,
    services: GivenServices,
) -> Response[InvoiceRefunded]:
    """Gives Bou'Sols of an invoice back to its payer, never more than were paid."""
    cents = _cents(data.amount, Commodity.BSL, "/amount", services.settings)
    posted = await invoicing.give_back(services, asker, number, cents, key)
    return Response(
        InvoiceRefunded(
            entry=posted.id,
            invoice_payment=number,
            amount=local(cents, services.settings),
            made_at=posted.posted_at,
        ),
        headers={"Location": f"/v1/invoice-payments/{number}"},
    )


def _supplier(member: Member) -> Supplier:
    return Supplier(
        id=member.id,
        name=member.name,
        commune=member.commune,
        siret=masked_siret(member.siret),
        public=member.public,
    )


def _parts(asked_for: InvoiceToPay, settings: Settings) -> Parts:
    paid_otherwise, invoice = asked_for.euros, reference(asked_for.invoice)
    if len(invoice) > _REFERENCE_MAX:  # one character may stand for eighteen
        raise Problem(
            "malformed_body",
            (Fault("/invoice", "string_too_long", {"max_length": _REFERENCE_MAX}),),
        )
    return Parts(
        invoice,
        _cents(asked_for.total, Commodity.EUR, "/total", settings),
        _cents(asked_for.bousols, Commodity.BSL, "/bousols", settings),
        _cents(paid_otherwise, Commodity.EUR, "/euros", settings) if paid_otherwise else 0,
    )


def _cents(amount: Amount, commodity: Commodity, where: str, settings: Settings) -> int:
    """The cents of an amount in the one currency that fits here.

    Raises:
        Problem: `malformed_amount`.
    """
    counted = ledger_amount(amount, settings)
    if counted.commodity is not commodity:
        raise Problem("malformed_amount", (Fault(f"{where}/currency", "malformed_amount"),))
    return counted.minor


def _before(services: Services, cursor: str, side: str) -> UUID:
    name, last = unpack(services.pepper, cursor, 2)
    if name != f"invoices {side}":
        raise Problem("malformed_parameter", (Fault("cursor", "unfit"),))
    return UUID(last)


def _told(
    payment: InvoicePayment, reader: int, services: Services, language: Language
) -> InvoiceTold:
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
            "entry": payment.entry,
        }
    )


ROUTES: Final = (look_up, create, list_all, get_one, confirm, refuse, cancel, refund)
