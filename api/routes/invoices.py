"""Between merchants: look a supplier up, pay an invoice, agree to it, give some of it back."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK

from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.gate.proving import PROVING_PIN
from api.invoices import invoicing, previews
from api.invoices.invoicing import as_made
from api.invoices.shapes import (
    InvoiceAgreement,
    InvoiceList,
    InvoicePreview,
    InvoiceRefund,
    InvoiceRefunded,
    InvoiceTold,
    InvoiceToPay,
    SupplierLookup,
    Suppliers,
    cents_of,
    invoice_told,
    parts_of,
    preview_told,
    supplier_told,
)
from api.openapi import POSTING
from api.services import GivenServices, Services
from api.wire.asking import asked
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.shapes import local
from api.wire.spans import GivenSpan
from api.wire.strict import IdempotencyKey
from ledger.chart import Commodity
from ledger.spans import EVER
from merchants import invoice_rows

_LAST: Final = UUID(int=2**128 - 1)
_WRONG: Final = (
    "malformed_amount",
    "supplier_unavailable",
    "invoice_total_differs",
    "invoice_overpaid",
    "above_maximum",
)
_ASKING: Final = ("unknown_supplier", "parts_above_total")
_PAYING: Final = (
    "key_missing",
    *_WRONG,
    "confirmation_needed",
    *PROVING_PIN,
    *POSTING,
)
_DECIDING: Final = ("not_found", "not_allowed", "same_person", "invoice_payment_decided")
Side = Annotated[
    Literal["paid", "received"],
    QueryParameter(name="side", description="Invoices this account paid, or that it was paid."),
]
"""The type of the handler's parameter `side`."""


@post(
    "/v1/invoice-payments/lookups",
    operation_id="lookUpSuppliers",
    tags=["suppliers"],
    status_code=HTTP_200_OK,
    opt=may(Act.PAY_SUPPLIER) | MONEY,
)
async def look_up(
    data: JSONBody[SupplierLookup], asker: GivenAsker, services: GivenServices
) -> Suppliers:
    """Finds suppliers of the network by name, SIRET, public id or a till's code."""
    async with services.connection() as connection:
        found = await invoice_rows.find(connection, asker.acting, data.text)
    return Suppliers(items=[supplier_told(member) for member in found])


@post(
    "/v1/invoice-payments",
    operation_id="createInvoicePayment",
    tags=["suppliers"],
    opt=may(Act.PAY_SUPPLIER, problems=(*_ASKING, *_PAYING)) | MONEY,
)
async def create(
    data: JSONBody[InvoiceToPay],
    key: IdempotencyKey,
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
) -> Response[InvoiceTold]:
    """Pays an invoice at once, or above a limit proposes to, until a second person agrees."""
    parts = parts_of(data, services.settings)
    paid = await invoicing.pay(services, asker, data.supplier, parts, key, proof=data.proof)
    made = as_made(paid)
    return Response(
        invoice_told(made, asker.acting, services, asked(request.scope).language),
        headers={"Location": f"/v1/invoice-payments/{made.id}"},
    )


@post(
    "/v1/invoice-payments/previews",
    operation_id="previewInvoicePayment",
    tags=["suppliers"],
    status_code=HTTP_200_OK,
    opt=may(Act.PAY_SUPPLIER, problems=(*_ASKING, *_WRONG)),
)
async def preview(
    data: JSONBody[InvoiceToPay],
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
) -> InvoicePreview:
    """Tells what paying an invoice would take, and refuses what paying it would refuse."""
    parts = parts_of(data, services.settings)
    found = await previews.preview(services, asker, data.supplier, parts)
    return preview_told(found, services, asked(request.scope).language)


@get(
    "/v1/invoice-payments",
    operation_id="listInvoicePayments",
    tags=["suppliers"],
    opt=may(Act.SEE_INVOICES),
)
async def list_all(  # noqa: PLR0913, PLR0917  why: whose, which side, which part of the list
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
    side: Side = "paid",
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    made: GivenSpan = EVER,
) -> InvoiceList:
    """Lists the invoices this account paid or proposed to, or those that it was paid."""
    before = _LAST if cursor is None else _before(services, cursor, side)
    async with services.connection() as connection:
        found = await invoice_rows.page(
            connection,
            asker.acting,
            made,
            received=side == "received",
            before=before,
            limit=limit + 1,
        )
    language = asked(request.scope).language
    more = pack(services.pepper, f"invoices {side}", found[limit - 1].id) if found[limit:] else None
    items = [invoice_told(one, asker.acting, services, language) for one in found[:limit]]
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
    return invoice_told(found, asker.acting, services, asked(request.scope).language)


@post(
    "/v1/invoice-payments/{number:uuid}/confirmation",
    operation_id="confirmInvoicePayment",
    tags=["suppliers"],
    status_code=HTTP_200_OK,
    opt=may(Act.PAY_SUPPLIER, problems=(*_DECIDING, *_PAYING)),
)
async def confirm(
    data: JSONBody[InvoiceAgreement],
    number: FromPath[UUID],
    key: IdempotencyKey,
    request: Request[Any, Any, Any],
    asker: GivenAsker,
    services: GivenServices,
) -> InvoiceTold:
    """Pays what another person of the same merchant proposed, if the money is there now."""
    paid = await invoicing.confirm(services, asker, number, key, proof=data.proof)
    return invoice_told(paid, asker.acting, services, asked(request.scope).language)


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
    return invoice_told(refused, asker.acting, services, asked(request.scope).language)


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
    return invoice_told(cancelled, asker.acting, services, asked(request.scope).language)


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
    cents = cents_of(data.amount, Commodity.BSL, "/amount", services.settings)
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


def _before(services: Services, cursor: str, side: str) -> UUID:
    (last,) = unpack(services.pepper, cursor, f"invoices {side}", 1)
    return UUID(last)


ROUTES: Final = (look_up, create, preview, list_all, get_one, confirm, refuse, cancel, refund)
