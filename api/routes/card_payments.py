"""A card at a till: the till keys the amount, scans the card, and learns yes or no, never why."""

import asyncio
import re
import time
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.logins import pins
from admin.logins.keys import Scope
from admin.means.card_numbers import NUMBER_DIGITS
from admin.refusals import UnknownCard, WrongPin
from admin.roles import Act
from api.acting import act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.gate.hot import HOT
from api.gate.pacing import MONEY
from api.paying import posting
from api.paying.amounts import bousol_cents
from api.paying.looking import Likeness, recent_payment
from api.paying.means import Holder
from api.paying.scanning import CODE_CHARACTERS_MAX
from api.paying.tills import standing
from api.paying.told import TakenPayment, taken, taken_of
from api.services import GivenServices, Services
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape
from api.wire.strict import IdempotencyKey
from ledger.flows import Act as LedgerAct
from ledger.journal import Posted
from ledger.refusals import (
    AboveMaximum,
    KeyClosed,
    KeyConflict,
    OutcomeUnknown,
    Overloaded,
    PayeeBlocked,
    PinNeeded,
    Refusal,
    Stopped,
)
from merchants.codes import Card, parse
from merchants.places import Place
from merchants.refusals import CodeUnreadable, PlaceClosed

REFUSED_EVERY_SECONDS: Final = 0.1
"""A no is told at the next whole tenth of a second, so that its time says nothing of its reason."""
_SPACES: Final = re.compile(r"[\s\u00a0\u202f.-]")
_NUMBER: Final = re.compile(f"[0-9]{{{NUMBER_DIGITS}}}")
_TOLD: Final = (
    AboveMaximum,
    PlaceClosed,
    PinNeeded,
    WrongPin,
    PayeeBlocked,
    KeyConflict,
    KeyClosed,
    Stopped,
    Overloaded,
    OutcomeUnknown,
)
"""What is no secret of the payer's."""
_PROBLEMS: Final = (
    "key_missing", "malformed_body", "malformed_amount", "not_found",
    "payment_not_possible", "just_taken", *(refusal.code for refusal in _TOLD),
)  # fmt: skip


class CardPayment(Shape):
    """A card that was scanned and the amount it is to pay."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "card": "https://bousol.example/c/AAAAAAAAAAAAAAAAAAAAAA",
                    "amount": {"amount": 1260, "currency": "BSL"},
                }
            ]
        }
    )

    card: Annotated[
        str,
        Field(
            min_length=1,
            max_length=CODE_CHARACTERS_MAX,
            description="What the card's QR says, its token, or its number: that needs the PIN.",
        ),
    ]
    amount: Amount
    pin: Annotated[
        str | None, Field(pattern="^[0-9]{4,6}$", description="As its holder typed it.")
    ] = None
    shift: Annotated[UUID | None, Field(description="Who takes it, if a shift does.")] = None
    unless_just_taken: Annotated[
        bool,
        Field(
            description="Refused as `just_taken` when this card paid this sum at this till in the "
            "last ten minutes and did not get it back: ask a person, then send false."
        ),
    ] = False


@post(
    "/v1/tills/{till_id:uuid}/card-payments",
    operation_id="payByCard",
    tags=["tills"],
    opt=may(Act.REQUEST_PAYMENT, scope=Scope.TAKE_PAYMENTS, problems=_PROBLEMS) | MONEY | HOT,
)
async def pay_by_card(
    till_id: FromPath[UUID],
    data: JSONBody[CardPayment],
    key: IdempotencyKey,
    services: GivenServices,
    asker: GivenAsker,
) -> Response[TakenPayment]:
    """Takes a payment by card at a till of the asker's; a no has one form, whatever its reason."""
    begun = time.monotonic()
    place = await standing(services, asker, till_id, data.shift)
    cents = bousol_cents(data.amount, services.settings)
    try:
        posted = await _taken(services, place, data, cents, key)
    except _TOLD:
        raise
    except Refusal:
        await _next_tenth(begun)
        raise Problem("payment_not_possible") from None
    told = taken(posted, place, cents, currency=services.settings.currency_code)
    return Response(told, status_code=201, headers={"location": f"/v1/payments/{posted.id}"})


async def holder_of(services: Services, text: str) -> Holder | None:
    """Whose card was scanned; None when it is no card of ours."""
    token = number_of(text) or text
    if text.startswith("https:"):
        try:
            kind = parse(text, services.paying.realm)
        except CodeUnreadable:
            return None
        if not isinstance(kind, Card):
            return None
        token = kind.token
    return await services.paying.means.holder(token)


def number_of(text: str) -> str | None:
    """The printed number of a card, as a person typed it; None for anything else."""
    digits = _SPACES.sub("", text)
    return digits if _NUMBER.fullmatch(digits) else None


async def _taken(
    services: Services, place: Place, data: CardPayment, cents: int, key: UUID
) -> Posted:
    """The payment; who typed a number need not have the card."""
    if data.pin is None and number_of(data.card) is not None:
        raise PinNeeded(key)
    holder = await holder_of(services, data.card)
    if holder is None:
        raise UnknownCard
    acted = act(
        services,
        holder.party,
        key,
        "payByCard",
        place.till,
        holder.card,
        cents,
        document=place.document,
        card=holder.card,
    )
    await posting.refuse_unless_answered(services, acted, PlaceClosed() if place.closed else None)
    await posting.check_amount(services, acted, cents)
    if data.pin is not None:
        acted = await _proved(services, acted, holder, data.pin)
    if data.unless_just_taken:
        await _refuse_repetition(services, acted, place, Likeness(holder.card, cents))
    return await posting.pay(services, acted, place, cents)


async def _refuse_repetition(
    services: Services, acted: LedgerAct, place: Place, like: Likeness
) -> None:
    """Refuse what looks like the payment before, unless the ledger answered its key: a retry.

    Raises:
        Problem: `just_taken`, with that payment in `taken`.
    """
    before = await recent_payment(services, acted.party, place, like)
    if before is None or await posting.heard_of(services, acted.party, acted.key):
        return
    told = taken_of(before, place, None, services.settings.currency_code)
    raise Problem("just_taken", members={"taken": told.model_dump(mode="json")})


async def _proved(services: Services, acted: LedgerAct, holder: Holder, pin: str) -> LedgerAct:
    """The act with its PIN tried; calls with one key and PIN share one try, a retry has none.

    Raises:
        WrongPin: another PIN.
        PinLocked: too many were tried.
    """
    trying, name = services.paying.means.trying, (acted.party, acted.key, pin)
    task = trying.get(name)
    if task is None:
        task = trying[name] = asyncio.ensure_future(_right(services, acted, holder, pin))
        task.add_done_callback(lambda _: trying.pop(name, None))
    if not await asyncio.shield(task):
        raise WrongPin
    return posting.proved(acted)


async def _right(services: Services, acted: LedgerAct, holder: Holder, pin: str) -> bool:
    if await posting.heard_of(services, acted.party, acted.key):
        return True
    try:
        await pins.try_pin(services.engine, services.pepper, user=holder.user, pin=pin)
    except WrongPin:
        return False
    return True


async def _next_tenth(begun: float) -> None:
    gone = time.monotonic() - begun
    await asyncio.sleep(REFUSED_EVERY_SECONDS - gone % REFUSED_EVERY_SECONDS)


ROUTES: Final = (pay_by_card,)
