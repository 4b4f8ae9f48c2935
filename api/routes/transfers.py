"""Person to person: own money to the holder of a card, by its number.

It leaves by the sender's phone, within the bounds of one: what was blocked sends nothing, and what
went to shops and to persons without a proof is one sum.
"""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.logins import throttle
from admin.logins.throttle import Tried
from admin.means.card_numbers import read
from admin.people import payees
from admin.refusals import AccountMissing, ConfirmationNeeded
from admin.roles import Act
from api.acting import act
from api.gate import confirming
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.gate.proving import PinProof
from api.openapi import POSTING
from api.policies import policy_in_force
from api.reserve.buying import answered
from api.services import GivenServices, Services
from api.wire.faults import Fault
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape, Sum, Told, ledger_amount, local
from api.wire.strict import IdempotencyKey
from ledger import holders
from ledger.chart import Commodity
from ledger.flows import p2p
from ledger.policies import check_payment
from ledger.refusals import CeilingReached, PayeeBlocked

CONFIRMED_ABOVE_CENTS: Final = 30_00
"""More than this is sent with a confirmation only: the table of limits, architecture.md 4."""
_SEND: Final = "sendMoney"
_CARD: Final = "4821 0937 5520"
_PAYEE: Final[JsonDict] = {"card": _CARD}
_TRANSFER: Final[JsonDict] = {"card": _CARD, "amount": {"amount": 300, "currency": "BSL"}}
_CONFIRMING: Final[JsonDict] = {
    **_TRANSFER,
    "key": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
    "proof": {"pin": "4711"},
}
_LOOKING: Final = ("unknown_card", "payee_is_payer", "too_many_tries")
CardNumber = Annotated[
    str, Field(min_length=12, max_length=24, description="As it is printed on the card.")
]


class PayeeAsked(Shape):
    """The number of the payee's card."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PAYEE]})

    card: CardNumber


class PayeeTold(Told):
    """Who would be paid, so that a wrong number is noticed."""

    initial: str


class NewTransfer(Shape):
    """Own money for the holder of a card."""

    model_config = ConfigDict(json_schema_extra={"examples": [_TRANSFER]})

    card: CardNumber
    amount: Annotated[Amount, Field(description="In the local currency.")]
    confirmation: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Of this payee, amount and key: above 30.00, or when `pin_needed` says so.",
        ),
    ] = None


class TransferConfirming(Shape):
    """Which transfer is agreed to, and the proof that its payer is there."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CONFIRMING]})

    card: CardNumber
    amount: Annotated[Amount, Field(description="In the local currency.")]
    key: Annotated[UUID, Field(description="The idempotency key the transfer will have.")]
    proof: PinProof


class TransferConfirmed(Told):
    """What lets exactly this transfer pass, once, within five minutes."""

    confirmation: str


class TransferMade(Told):
    """What was sent; the same for every retry."""

    id: UUID
    at: datetime
    amount: Sum
    balance: Annotated[Sum, Field(description="Own money left after it.")]


@post(
    "/v1/payees",
    operation_id="findPayee",
    tags=["account"],
    status_code=200,
    opt=may(Act.SEND, problems=_LOOKING) | MONEY,
)
async def payee(
    data: JSONBody[PayeeAsked], services: GivenServices, asker: GivenAsker
) -> PayeeTold:
    """Tells the initial of a card's holder, before anything is sent."""
    return PayeeTold(initial=(await _payee(services, asker, data.card)).initial)


@post(
    "/v1/transfers/confirmations",
    operation_id="confirmTransfer",
    tags=["account"],
    status_code=200,
    opt=may(Act.SEND, problems=(*_LOOKING, "malformed_amount", *confirming.CONFIRMING)),
)
async def confirm(
    data: JSONBody[TransferConfirming], services: GivenServices, asker: GivenAsker
) -> TransferConfirmed:
    """Confirms a transfer to this payee, of this amount, with this key."""
    found = await _payee(services, asker, data.card)
    token = await confirming.confirm(
        services,
        asker,
        data.proof,
        payee=found.wallet,
        amount_cents=_cents(services, data.amount),
        key=data.key,
    )
    return TransferConfirmed(confirmation=token)


@post(
    "/v1/transfers",
    operation_id="sendMoney",
    tags=["account"],
    opt=may(
        Act.SEND,
        problems=(
            *_LOOKING,
            "key_missing",
            "malformed_amount",
            "above_maximum",
            "confirmation_needed",
            *confirming.SPENDING,
            "account_missing",
            *POSTING,
        ),
    )
    | MONEY,
)
async def send(
    data: JSONBody[NewTransfer], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[TransferMade]:
    """Sends own money to the holder of a card."""
    cents, facts = _cents(services, data.amount), (_SEND, read(data.card), data.amount.amount)
    before = await answered(services, asker.acting, key, *facts)
    if before is not None:
        return _made(services, before.id, before.posted_at, cents, before.balance)
    check_payment(cents, (await policy_in_force(services)).limits)
    found = await _payee(services, asker, data.card)
    async with services.connection() as connection:
        own = await holders.own_account(connection, asker.acting)
    if own is None:
        raise AccountMissing
    if data.confirmation is not None:
        await confirming.spend(
            services, asker, data.confirmation, payee=found.wallet, amount_cents=cents, key=key
        )
    elif cents > CONFIRMED_ABOVE_CENTS:
        raise ConfirmationNeeded
    means, pin = await services.paying.means.phone(asker), data.confirmation is not None
    made = act(services, asker.acting, key, *facts, card=means, pin=pin)
    entry = p2p(made, payer=own.id, payee=found.wallet, bousol_cents=cents)
    try:
        posted = await services.post(entry)
    except PayeeBlocked:
        # A payer learns nothing of the payee's standing: full and blocked sound the same.
        raise CeilingReached(key) from None
    return _made(services, posted.id, posted.posted_at, cents, posted.balance)


def _cents(services: Services, amount: Amount) -> int:
    counted = ledger_amount(amount, services.settings)
    if counted.commodity is not Commodity.BSL:
        raise Problem("wrong_currency", (Fault("/amount/currency", "wrong_currency"),))
    return counted.minor


async def _payee(services: Services, asker: Asker, card: str) -> payees.Payee:
    """Who holds a card; tries are counted, so that numbers are not guessed through."""
    now = services.clock.now()
    tried = Tried.CARD_OF_A_PAYEE
    await throttle.allow(services.engine, services.pepper, tried, str(asker.acting), now)
    async with services.rows() as rows:
        return await payees.of_card(rows, card, payer=asker.acting)


def _made(
    services: Services, entry: UUID, at: datetime, cents: int, balance: int
) -> Response[TransferMade]:
    settings = services.settings
    told = TransferMade(
        id=entry, at=at, amount=local(cents, settings), balance=local(balance, settings)
    )
    return Response(told, headers={"Location": f"/v1/account/movements/{entry}"})


ROUTES: Final = (payee, confirm, send)
