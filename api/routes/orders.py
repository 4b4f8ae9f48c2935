"""Buying: a quote, an order with the reference of its transfer, and what became of it."""

from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.refusals import AccountMissing, BankAccountMissing
from admin.reserve import epc, orders, references
from admin.reserve.bank_credits import Released
from admin.reserve.orders import Order, State
from admin.roles import Act
from api.acting import request_hash
from api.conflicts import conflict
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.openapi import POSTING
from api.papers import qr
from api.policies import policy_in_force, scheme_of
from api.reserve import buying
from api.services import GivenServices, Services
from api.wire import replying
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, place
from api.wire.ids import new_id
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape, Sum, Told, euros, ledger_amount, local
from api.wire.spans import GivenSpan
from api.wire.strict import IdempotencyKey
from ledger import holders
from ledger.conversion import Mode, Scheme
from ledger.policies import check_purchase
from ledger.spans import EVER

_EXAMPLE: Final[JsonDict] = {"amount": {"amount": 2000, "currency": "EUR"}}
_LIST: Final = "orders"
_QUOTING: Final = ("malformed_amount", "below_minimum", "above_maximum")
_ORDERING: Final = (
    *_QUOTING,
    "key_missing",
    "key_conflict",
    "membership_missing",
    "membership_lapsed",
    "order_above_cap",
    "account_missing",
    "bank_account_missing",
)


class Purchase(Shape):
    """What is bought: euros that will be paid, or Bou'Sols that are wished for."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    amount: Annotated[
        Amount, Field(description="In EUR: what is paid. Local: at least so much is credited.")
    ]


class Rate(Told):
    """So many of the local currency are issued for so many euros."""

    issued: int
    paid: int


class QuoteTold(Told):
    """Exactly what an amount of euros buys now."""

    pay: Annotated[Sum, Field(description="Euros to transfer.")]
    receive: Annotated[Sum, Field(description="What they are converted into.")]
    mode: Literal["linear", "tranche"]
    rate: Rate
    policy: Annotated[int, Field(description="The version of the policies it uses.")]
    valid_until: Annotated[
        datetime, Field(description="Ordered now, an order of these terms expires then.")
    ]


class Transfer(Told):
    """How to pay: what a bank asks for, and the text of its QR code (EPC069-12)."""

    holder: str
    iban: str
    bic: str | None
    reference: Annotated[str, Field(description="ISO 11649; it alone finds the order.")]
    printed_reference: str
    epc: str
    qr: Annotated[str, Field(description="Where the QR code is, as SVG.")]


class OrderTold(Told):
    """An order: what it promises, how it is paid, and what became of it."""

    id: UUID
    number: int
    state: Literal["awaiting_funds", "settled", "expired", "refunded"]
    pay: Sum
    receive: Sum
    policy: int
    made_at: datetime
    expires_at: Annotated[
        datetime, Field(description="Euros that come later are credited all the same.")
    ]
    settled_at: datetime | None
    waiting: Annotated[
        Sum, Field(description="Euros that arrived and wait for room under the account's cap.")
    ]
    arrived: Annotated[Sum, Field(description="All euros that came for it, whatever it asked for.")]
    credited: Annotated[Sum, Field(description="What was issued for them so far.")]
    transfer: Transfer


class Orders(Told):
    """A page of orders, newest first."""

    items: list[OrderTold]
    next_cursor: str | None


class ReleasedTold(Told):
    """Euros that waited and were credited now."""

    entry: Annotated[UUID, Field(description="The receipt's id.")]
    euros: Sum
    credited: Sum


@post(
    "/v1/quotes",
    operation_id="quotePurchase",
    tags=["buying"],
    status_code=200,
    opt=may(Act.BUY, problems=_QUOTING) | MONEY,
)
async def quote(data: JSONBody[Purchase], services: GivenServices, asker: GivenAsker) -> QuoteTold:
    """Tells exactly what an amount buys, without keeping anything."""
    policy, scheme = await policy_in_force(services), await scheme_of(services)
    found = orders.quote(ledger_amount(data.amount, services.settings), policy, scheme)
    async with services.rows() as rows:
        buyer = await orders.buyer_of(rows, asker.acting)
    check_purchase(found.euros_cents, policy.limits, business=buyer.business)
    return QuoteTold(
        pay=euros(found.euros_cents),
        receive=local(found.bousol_cents, services.settings),
        mode=_MODES[policy.wallet_mode],
        rate=_rate(scheme),
        policy=policy.version,
        valid_until=services.clock.now() + timedelta(days=policy.limits.order_days),
    )


@post(
    "/v1/orders",
    operation_id="placeOrder",
    tags=["buying"],
    opt=may(Act.BUY, problems=_ORDERING) | MONEY,
)
async def order(
    data: JSONBody[Purchase], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[OrderTold]:
    """Places an order, with the reference under which its transfer is recognised."""
    if services.settings.iban is None:
        raise BankAccountMissing
    made = await _placed(services, asker, data.amount, key)
    # As it was made: a retry after it was settled is answered with the same bytes.
    fresh = _told(services, made, State.AWAITING_FUNDS)
    return Response(fresh, headers={"Location": f"/v1/orders/{made.id}"})


@get("/v1/orders", operation_id="listOrders", tags=["buying"], opt=may(Act.BUY))
async def list_orders(
    services: GivenServices,
    asker: GivenAsker,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    made: GivenSpan = EVER,
) -> Orders:
    """Lists the party's orders, newest first."""
    before = place(services.pepper, cursor, _LIST, holders.LATEST)
    async with services.rows() as rows:
        found = await orders.page(rows, asker.acting, before=before, made=made, count_max=limit + 1)
    now = services.clock.now()
    more = found[limit - 1].number if len(found) > limit else None
    return Orders(
        items=[_current(services, one, now) for one in found[:limit]],
        next_cursor=None if more is None else pack(services.pepper, _LIST, more),
    )


@get(
    "/v1/orders/{order:uuid}",
    operation_id="getOrder",
    tags=["buying"],
    opt=may(Act.BUY, problems=("not_found",)),
)
async def get_order(order: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> OrderTold:
    """Shows an order as it stands."""
    found = await _own(services, asker, order)
    return _current(services, found, services.clock.now())


@get(
    "/v1/orders/{order:uuid}/qr.svg",
    operation_id="getOrderQr",
    tags=["buying"],
    media_type="image/svg+xml",
    opt=may(Act.BUY, problems=("not_found",)),
)
async def order_qr(
    order: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> Response[bytes]:
    """Draws the QR code with which a bank's application prepares the transfer."""
    transfer = _transfer(services, await _own(services, asker, order))
    picture = qr.svg(transfer.epc, "M", title=transfer.printed_reference)
    return Response(picture.encode(), media_type="image/svg+xml")


@post(
    "/v1/orders/{order:uuid}/surplus",
    operation_id="releaseSurplus",
    tags=["buying"],
    opt=may(
        Act.BUY,
        problems=("not_found", "key_missing", "nothing_waits", "nothing_fits", *POSTING),
    ),
)
async def surplus(
    order: FromPath[UUID], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[ReleasedTold]:
    """Credits what fits now of euros that arrived and waited for room under the cap."""
    found = await _own(services, asker, order)
    made = await buying.release(services, found, key, asker.by, party=asker.acting)
    told = told_release(services, made)
    return Response(told, headers={"Location": f"/v1/account/movements/{made.entry}"})


def told_release(services: Services, made: Released) -> ReleasedTold:
    """Euros that waited, as they were credited."""
    return ReleasedTold(
        entry=made.entry,
        euros=euros(made.euros_cents),
        credited=local(made.bousol_cents, services.settings),
    )


_MODES: Final[dict[Mode, Literal["linear", "tranche"]]] = {
    Mode.LINEAR: "linear",
    Mode.TRANCHE: "tranche",
}


async def _placed(services: Services, asker: Asker, amount: Amount, key: UUID) -> Order:
    """The order of this key, made now or before."""
    request = request_hash(services.pepper, "placeOrder", amount.amount, amount.currency)
    wished = ledger_amount(amount, services.settings)
    async with services.connection() as connection:
        own = await holders.own_account(connection, asker.acting)
    if own is None:
        raise AccountMissing
    policy, scheme = await policy_in_force(services), await scheme_of(services)
    wish = orders.Wish(
        id=new_id(),
        party=asker.acting,
        account=own.id,
        by=asker.by,
        key=key,
        request=request,
        quote=orders.quote(wished, policy, scheme),
    )
    async with services.rows() as rows:
        known = await orders.of_key(rows, asker.acting, key)
        if known is None:
            now = services.clock.now()
            made = await orders.make(rows, wish, limits=policy.limits, held=own.balance, at=now)
            known = (made, request) if made else await orders.of_key(rows, asker.acting, key)
    assert known is not None, "it was made now or before"
    found, asked = known
    if asked != request:
        raise conflict(key, asked=request, kept=asked)
    if found.id != wish.id:
        replying.answered_before()
    return found


async def _own(services: Services, asker: Asker, order: UUID) -> Order:
    async with services.rows() as rows:
        found = await orders.of(rows, asker.acting, order)
    if found is None:
        raise Problem("not_found")
    return found


def _current(services: Services, one: Order, now: datetime) -> OrderTold:
    return _told(services, one, one.state(now))


def _told(services: Services, one: Order, state: State) -> OrderTold:
    awaiting = state is State.AWAITING_FUNDS
    return OrderTold(
        id=one.id,
        number=one.number,
        state=state.value,
        pay=euros(one.euros_cents),
        receive=local(one.bousol_cents, services.settings),
        policy=one.policy,
        made_at=one.made_at,
        expires_at=one.expires_at,
        settled_at=None if awaiting else one.settled_at,
        waiting=euros(0 if awaiting else one.waiting_cents),
        arrived=euros(0 if awaiting else one.arrived_cents),
        credited=local(0 if awaiting else one.credited_cents, services.settings),
        transfer=_transfer(services, one),
    )


def _transfer(services: Services, one: Order) -> Transfer:
    settings = services.settings
    if settings.iban is None:
        raise BankAccountMissing
    holder = settings.issuer_name[: epc.NAME_MAX]
    bic = settings.bic or ""
    payload = epc.payload(
        name=holder, iban=settings.iban, cents=one.euros_cents, reference=one.reference, bic=bic
    )
    return Transfer(
        holder=holder,
        iban=settings.iban,
        bic=settings.bic,
        reference=one.reference,
        printed_reference=references.printed(one.reference),
        epc=payload,
        qr=f"/v1/orders/{one.id}/qr.svg",
    )


def _rate(scheme: Scheme) -> Rate:
    return Rate(issued=scheme.rate_issued, paid=scheme.rate_paid)


ROUTES: Final = (quote, order, list_orders, get_order, order_qr, surplus)
