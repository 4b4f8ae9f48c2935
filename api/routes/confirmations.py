"""Confirming a payment above what a phone pays by itself: for this payee, this sum and this key."""

from typing import Annotated, Final
from uuid import UUID

from litestar import post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field

from admin.logins import pins
from admin.refusals import WrongPin
from admin.roles import Act
from api.gate import confirming
from api.gate.access import may
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.gate.proving import PinProof
from api.paying.amounts import bousol_cents, euro_cents
from api.paying.scanning import CODE_CHARACTERS_MAX, scan
from api.services import GivenServices
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape, Told
from merchants.refusals import CashNotBelowPrice

_PROBLEMS: Final = (
    "malformed_amount",
    "code_unreadable",
    "amount_fixed",
    "amount_missing",
    "cash_not_below_price",
    *confirming.CONFIRMING,
)


class PaymentConfirming(Shape):
    """Which payment is agreed to, and the proof that its payer is there."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "23456789",
                    "amount": {"amount": 4260, "currency": "BSL"},
                    "key": "0193a3c5-7c1e-7d4a-9b1f-2f6f0f5f9a11",
                    "proof": {"pin": "4711"},
                }
            ]
        }
    )

    code: Annotated[str, Field(min_length=1, max_length=CODE_CHARACTERS_MAX)]
    amount: Annotated[
        Amount | None, Field(description="The price, at a poster; a request says its own.")
    ] = None
    cash: Annotated[Amount | None, Field(description="The part paid in euros at the till.")] = None
    key: Annotated[UUID, Field(description="The idempotency key the payment will have.")]
    proof: PinProof


class PaymentConfirmed(Told):
    """What lets exactly this payment pass within five minutes."""

    confirmation: str


@post(
    "/v1/confirmations",
    operation_id="confirmPayment",
    tags=["paying"],
    status_code=200,
    opt=may(Act.PAY_BY_CODE, problems=_PROBLEMS) | MONEY,
)
async def confirm(
    data: JSONBody[PaymentConfirming], services: GivenServices, asker: GivenAsker
) -> PaymentConfirmed:
    """Confirms a payment to this payee, of this amount, with this key."""
    scanned = await scan(services, data.code)
    settings = services.settings
    typed = None if data.amount is None else bousol_cents(data.amount, settings)
    price_cents = scanned.price_cents(typed)
    cash_cents = 0 if data.cash is None else euro_cents(data.cash, settings, "cash")
    if cash_cents >= price_cents:
        raise CashNotBelowPrice
    try:
        token = await confirming.confirm(
            services,
            asker,
            data.proof,
            payee=scanned.place.account,
            amount_cents=price_cents - cash_cents,
            key=data.key,
        )
    except WrongPin as refusal:
        async with services.rows() as rows:
            left = await pins.tries_left(rows, asker.by)
        raise Problem(refusal.code, members={"tries_left": left}) from refusal
    return PaymentConfirmed(confirmation=token)


ROUTES: Final = (confirm,)
