"""Paying by code: a soliste scans a poster or a request; both sides hold the same short code."""

from typing import Annotated, Any, Final

from litestar import Response, post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field

from admin.logins import step_up
from admin.logins.step_up import Confirmed
from admin.refusals import ConfirmationInvalid
from admin.roles import Act
from api.acting import act
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.gate.hot import HOT
from api.gate.pacing import MONEY
from api.openapi import POSTING
from api.paying import posting
from api.paying.amounts import bousol_cents, euro_cents
from api.paying.looking import spendable
from api.paying.scanning import CODE_CHARACTERS_MAX, Scanned, scan
from api.paying.told import PaymentReceipt, receipt
from api.services import GivenServices, Services
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape, Sum
from api.wire.strict import IdempotencyKey
from ledger.chart import Commodity
from ledger.flows import Act as LedgerAct
from ledger.journal import Posted
from ledger.refusals import InsufficientFunds, LotExpired, LotNotAccepted, ReserveShort
from merchants import names
from merchants.refusals import CashNotBelowPrice
from merchants.remarks import PAYER_NAME_MAX, Remark

_LACKS: Final = (InsufficientFunds, LotNotAccepted, LotExpired)
"""What eligible money does not suffice for, whatever the reason."""
_PROBLEMS: Final = (
    "key_missing", "malformed_body", "malformed_amount", "code_unreadable", "request_expired",
    "place_closed", "amount_fixed", "amount_missing", "cash_not_below_price", "cash_not_needed",
    "above_maximum",
    "confirmation_invalid", "name_unusable", "unavailable", *POSTING,
)  # fmt: skip


class PaymentOrder(Shape):
    """Whom to pay, and how much.

    A retry with another confirmation is the same act; any other change makes it another one.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "23456789", "amount": {"amount": 1260, "currency": "BSL"}}]
        }
    )

    code: Annotated[
        str,
        Field(
            min_length=1,
            max_length=CODE_CHARACTERS_MAX,
            description="What was scanned, or the code under a poster as it was typed.",
        ),
    ]
    amount: Annotated[
        Amount | None, Field(description="The price, at a poster; a request says its own.")
    ] = None
    cash: Annotated[
        Amount | None,
        Field(
            description="The part of a price above the balance that is paid in euros at the till."
        ),
    ] = None
    confirmation: Annotated[
        str | None, Field(max_length=200, description="Made for this payee, amount and key.")
    ] = None
    payer_name: Annotated[
        str | None,
        Field(min_length=1, max_length=PAYER_NAME_MAX, description="Shown to the till."),
    ] = None


@post(
    "/v1/payments",
    operation_id="pay",
    tags=["paying"],
    opt=may(Act.PAY_BY_CODE, problems=_PROBLEMS) | MONEY | HOT,
)
async def pay(
    data: JSONBody[PaymentOrder], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[PaymentReceipt]:
    """Pays a poster or a request with eligible lots, then own money, whole or not at all."""
    scanned = await scan(services, data.code)
    remark = _remark(data, scanned, services)
    cents = (remark.asked_cents or 0) - (remark.cash_cents or 0)
    means = await services.paying.means.phone(asker)
    place = scanned.place
    acted = act(
        services,
        asker.acting,
        key,
        "pay",
        scanned.request or place.till,
        remark.asked_cents,
        remark.cash_cents,
        data.payer_name,
        document=place.document,
        once=scanned.request,
        not_after=scanned.not_after,
        card=means,
    )
    await posting.refuse_unless_answered(services, acted, scanned.trouble)
    await posting.check_amount(services, acted, cents)
    acted = await _confirmed(data.confirmation, services, asker, acted, (place.account, cents))
    posted = await _posted(services, acted, scanned, cents, remark)
    told = receipt(
        posted,
        place,
        cents,
        currency=services.settings.currency_code,
        cash_cents=remark.cash_cents,
        request=scanned.request,
    )
    return Response(told, status_code=201, headers={"location": f"/v1/payments/{posted.id}"})


def _remark(data: PaymentOrder, scanned: Scanned, services: Services) -> Remark:
    """The price, the cash part and the name; the whole price even when nothing is in cash."""
    settings = services.settings
    typed = None if data.amount is None else bousol_cents(data.amount, settings)
    price = scanned.price_cents(typed)
    cash = None if data.cash is None else euro_cents(data.cash, settings, "cash")
    if cash is not None and cash >= price:
        raise CashNotBelowPrice
    name = None if data.payer_name is None else names.clean(data.payer_name)
    return Remark(price, cash, name)


async def _confirmed(
    token: str | None, services: Services, asker: Asker, acted: LedgerAct, what: tuple[int, int]
) -> LedgerAct:
    """The act as one that was confirmed, if it was: for this payee, this amount and this key.

    The key makes it single use: the ledger posts it once, and answers a retry as it did before.
    """
    if token is None:
        return acted
    facts = Confirmed(asker.by, asker.acting, *what, acted.key)
    if _confirms(services, token, facts):
        return posting.proved(acted)
    await posting.refuse_unless_answered(services, acted, ConfirmationInvalid())
    return acted


def _confirms(services: Services, token: str, facts: Confirmed) -> bool:
    try:
        _, ends = step_up.read(services.pepper, token, facts)
    except ConfirmationInvalid:
        return False
    return services.clock.now().timestamp() < ends


async def _posted(
    services: Services, acted: LedgerAct, scanned: Scanned, cents: int, remark: Remark
) -> Posted:
    """The payment, or the refusal with what is there and what would then be paid in cash."""
    written = remark if remark.cash_cents else Remark(payer_name=remark.payer_name)
    try:
        return await posting.pay(services, acted, scanned.place, cents, written)
    except _LACKS as refusal:
        there = (await spendable(services, acted.party, scanned.place.account)).here
        short = isinstance(refusal, InsufficientFunds)
        # Where there is as much, own funds lack what a public body gains.
        if short and scanned.place.is_public and there >= cents:
            raise ReserveShort(acted.key) from refusal
        members = _offer(there, remark.asked_cents or 0, services.settings.currency_code)
        raise Problem(refusal.code, members=members) from refusal


def _offer(there_cents: int, price_cents: int, currency: str) -> dict[str, Any]:
    """What is there, and the payment that could be made: all of it, and the rest in cash."""
    there = Sum(amount=there_cents, currency=currency).model_dump()
    if not 0 < there_cents < price_cents:
        return {"available": there}
    cash = Sum(amount=price_cents - there_cents, currency=Commodity.EUR.name).model_dump()
    return {"available": there, "offer": {"amount": there, "cash": cash}}


ROUTES: Final = (pay,)
