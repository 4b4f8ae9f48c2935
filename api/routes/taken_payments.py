"""Payments that stand: one of them for who made or took it, a till's list of a day, receipts."""

import heapq
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.logins.keys import Scope
from admin.roles import Act
from api.gate.access import everybody, may
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.paying.looking import Seen, references_of, remark_of, remarks_of, seen
from api.paying.tills import own_till
from api.paying.told import (
    BACK,
    PAID,
    ShortCode,
    TakenPayment,
    bousols,
    euros,
    paid_cents,
    taken_of,
)
from api.services import GivenServices, Services
from api.wire import cursors
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit
from api.wire.days import Instant, bounds
from api.wire.shapes import AMOUNT_MAX, Shape, Sum, Told
from ledger import store
from ledger.store import Entry
from merchants import signing
from merchants.places import Place, documents
from merchants.remarks import Remark
from merchants.short_code import short_code

_ID: Final = "0193a3c5-7c1e-7d4a-9b1f-2f6f0f5f9a10"
_LAST: Final = 2**63 - 1
_LIST: Final = "payments"
_BSL: Final[JsonDict] = {"amount": 1260, "currency": "BSL"}
_SIGNED: Final[JsonDict] = {
    "payment": _ID,
    "amount": 1260,
    "currency": "BSL",
    "payee_name": "Boulangerie Delattre",
    "payee": 104,
    "posted_at": "2027-03-05T10:00:00.123456Z",
    "short_code": "KM47",
}


class GivenBack(Told):
    """A refund of a payment."""

    refund: UUID
    short_code: ShortCode
    amount: Sum
    posted_at: datetime


class PaidWith(Told):
    """What one account of the payer's paid."""

    earmarked: Annotated[bool, Field(description="Aid or a grant, rather than own money.")]
    amount: Sum


class PaymentView(TakenPayment):
    """A payment as its payer and its till see it; `paid_with` is the payer's alone."""

    payee_name: str
    commune: str
    reference: str
    payer_name: str | None
    refunded: Sum
    refunds: list[GivenBack]
    paid_with: Annotated[list[PaidWith] | None, Field(description="null for the till.")]


class TillLine(Told):
    """A payment or a refund in a till's list."""

    entry: UUID
    kind: Literal["payment", "refund"]
    payment: Annotated[UUID, Field(description="Of a refund: what it gives back of.")]
    short_code: ShortCode
    amount: Sum
    refunded: Annotated[Sum, Field(description="Of a payment: given back so far.")]
    cash: Sum | None
    reference: str
    payer_name: str | None
    shift: UUID | None
    posted_at: datetime


class TillLines(Told):
    """A page of a till's day, newest first."""

    items: list[TillLine]
    next_cursor: str | None


class SignedReceipt(Told):
    """A receipt that anybody can verify, here or offline with the published keys."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [_SIGNED | {"signature": "0." + "A" * 86}]}
    )

    payment: UUID
    amount: int
    currency: str
    payee_name: str
    payee: int
    posted_at: datetime
    short_code: ShortCode
    signature: str


class ReceiptShown(Shape):
    """A receipt as somebody shows it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [_SIGNED | {"signature": "0." + "A" * 86}]}
    )

    payment: UUID
    amount: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    payee_name: Annotated[str, Field(min_length=1, max_length=80)]
    payee: Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
    posted_at: Instant
    short_code: ShortCode
    signature: Annotated[str, Field(min_length=1, max_length=100)]


class ReceiptChecked(Told):
    """Whether a receipt is true, word for word."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"genuine": False}]})

    genuine: bool


@get(
    "/v1/payments/{payment_id:uuid}",
    operation_id="getPayment",
    tags=["paying"],
    opt=may(Act.SEE_PAYMENT, scope=Scope.READ_PAYMENTS, problems=("not_found", "unavailable")),
)
async def read(
    payment_id: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> PaymentView:
    """Tells of a payment that the asker made, or that was made to their merchant."""
    found = await seen(services, asker, payment_id)
    entry = found.entry
    async with services.connection() as connection:
        back = await store.entries_by_origin(connection, entry.seq)
        used = await store.used_by(connection, entry.seq) if found.by_payer else ()
    for one in back:
        await services.durable(one.seq)
    remark, references = await remark_of(services, entry), await references_of(services, [entry])
    view = _view(services, found, remark, back)
    currency = services.settings.currency_code
    with_ = [PaidWith(earmarked=u.earmarked, amount=bousols(u.paid_cents, currency)) for u in used]
    reference = references.get(entry.once, "") if entry.once else ""
    return PaymentView(**view, reference=reference, paid_with=with_ if found.by_payer else None)


def _view(
    services: Services, found: Seen, remark: Remark | None, back: list[Entry]
) -> dict[str, Any]:
    entry, place, currency = found.entry, found.place, services.settings.currency_code
    refunds = [
        GivenBack(
            refund=one.id,
            short_code=short_code(one.id),
            amount=bousols(paid_cents(one, place.account), currency),
            posted_at=one.posted_at,
        )
        for one in back
    ]
    return {
        **dict(taken_of(entry, place, remark, currency)),
        "payee_name": place.name,
        "commune": place.commune,
        "payer_name": None if remark is None else remark.payer_name,
        "refunded": bousols(sum(one.amount.amount for one in refunds), currency),
        "refunds": refunds,
    }


@get(
    "/v1/payments",
    operation_id="listPayments",
    tags=["tills"],
    opt=may(
        Act.REQUEST_PAYMENT,
        scope=Scope.READ_PAYMENTS,
        problems=("not_found", "unavailable"),
    ),
)
async def listed(
    till: FromQuery[UUID],
    day: FromQuery[date],
    services: GivenServices,
    asker: GivenAsker,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> TillLines:
    """Lists what a till of the asker's merchant took and gave back on a day, newest first."""
    place = await own_till(services, asker, till)
    before = cursors.place(services.pepper, cursor, f"{_LIST} {till} {day}", _LAST)
    begun, ended = bounds(day)
    async with services.rows() as rows:
        papers = await documents(rows, till, begun, ended)
    within: dict[str, Any] = {"begun": begun, "ended": ended, "before": before}
    async with services.connection() as connection:
        pages = [
            await store.taken(
                connection, place.account, document=document, **within, entries_max=limit + 1
            )
            for document in papers
        ]
    merged = heapq.merge(*pages, key=lambda entry: -entry.seq)
    entries = [entry for entry in merged if entry.kind in PAID | BACK][: limit + 1]
    return await _page(services, place, entries, limit, f"{_LIST} {till} {day}")


async def _page(
    services: Services, place: Place, entries: list[Entry], limit: int, name: str
) -> TillLines:
    page = entries[:limit]
    if page:
        await services.durable(page[0].seq)
    said, asked = await remarks_of(services, page), await references_of(services, page)
    async with services.connection() as connection:
        given = await store.given_back(connection, [entry.seq for entry in page], place.account)
        origins = await store.ids(connection, [entry.origin for entry in page if entry.origin])
    currency, lines = services.settings.currency_code, []
    for entry in page:
        remark = said.get(entry.id, Remark())
        lines.append(
            TillLine(
                entry=entry.id,
                kind="refund" if entry.kind in BACK else "payment",
                payment=origins.get(entry.origin, entry.id) if entry.origin else entry.id,
                short_code=short_code(entry.id),
                amount=bousols(paid_cents(entry, place.account), currency),
                refunded=bousols(given.get(entry.seq, 0), currency),
                cash=euros(remark.cash_cents),
                reference=asked.get(entry.once, "") if entry.once else "",
                payer_name=remark.payer_name,
                shift=None if entry.document == place.till else entry.document,
                posted_at=entry.posted_at,
            )
        )
    more = cursors.pack(services.pepper, name, page[-1].seq) if len(entries) > limit else None
    return TillLines(items=lines, next_cursor=more)


@get(
    "/v1/payments/{payment_id:uuid}/receipt",
    operation_id="getReceipt",
    tags=["paying"],
    opt=may(Act.SEE_PAYMENT, scope=Scope.READ_PAYMENTS, problems=("not_found", "unavailable")),
)
async def receipt(
    payment_id: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> SignedReceipt:
    """Gives the signed receipt of a payment that the asker made or took."""
    found = await seen(services, asker, payment_id)
    entry, place = found.entry, found.place
    facts = signing.Receipt(
        entry.id,
        paid_cents(entry, place.account),
        services.settings.currency_code,
        place.name,
        place.party,
        entry.posted_at,
        short_code(entry.id),
    )
    key = await services.paying.keyring.signing(services.clock.now())
    return SignedReceipt(
        payment=facts.entry,
        amount=facts.amount_minor,
        currency=facts.currency,
        payee_name=facts.payee_name,
        payee=facts.payee_party,
        posted_at=facts.posted_at,
        short_code=facts.short_code,
        signature=signing.sign_receipt(facts, key),
    )


@post(
    "/v1/receipt-checks",
    operation_id="checkReceipt",
    tags=["public"],
    status_code=200,
    opt=everybody("malformed_body", "too_large", "unsupported_media_type") | MONEY,
)
async def check(data: JSONBody[ReceiptShown], services: GivenServices) -> ReceiptChecked:
    """Tells whether a receipt is true: signed here, and no word of it changed."""
    facts = signing.Receipt(
        data.payment,
        data.amount,
        data.currency,
        data.payee_name,
        data.payee,
        data.posted_at,
        data.short_code,
    )
    keys = signing.keys_of(signing.public_set(await services.paying.keyring.keys()))
    return ReceiptChecked(genuine=signing.verify_receipt(facts, data.signature, keys))


ROUTES: Final = (read, listed, receipt, check)
