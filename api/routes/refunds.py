"""Giving back, in whole or in parts: what aid has paid becomes aid again, never free money."""

import asyncio
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin import events
from admin.events import Event, Happened
from admin.logins.keys import Scope
from admin.roles import BUSINESS, Act
from api.acting import act
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.openapi import POSTING
from api.paying import posting
from api.paying.amounts import bousol_cents
from api.paying.looking import Seen, taken_payment
from api.paying.tills import standing
from api.paying.told import ShortCode, bousols, paid_cents
from api.policies import policy_in_force
from api.services import GivenServices, Services
from api.shops import standing as people
from api.wire.days import day_of
from api.wire.faults import Fault
from api.wire.problems import Problem
from api.wire.shapes import Amount, CardText, Shape, Sum, Told
from api.wire.strict import IdempotencyKey
from ledger import flows, store
from ledger.flows import Act as LedgerAct
from ledger.journal import AMOUNT_MAX, JournalEntry, Posted
from ledger.lots import Share, plan_refund
from ledger.money import bousols as sum_of
from ledger.poster import Replan
from ledger.refusals import Overloaded, RefundAboveRest, Refusal
from merchants.places import Place
from merchants.refunding import check_cashier, check_window
from merchants.refusals import PlaceClosed, RefundOnlyWhole
from merchants.short_code import short_code

PLANS_MAX: Final = 20
PAUSE_MS_MAX: Final = 20
_PROBLEMS: Final = (
    "key_missing", "malformed_body", "malformed_amount", "not_found", "place_closed",
    "refund_too_late", "cashier_refund_not_today", "cashier_refund_too_large",
    "refund_only_whole", "refund_above_rest", "no_manager", "wrong_pin", "pin_locked",
    "too_many_tries", "unavailable", *POSTING,
)  # fmt: skip


class ManagerAgrees(Shape):
    """The merchant's own card and PIN, or a cash officer's, given where a cashier stands."""

    card: CardText
    pin: Annotated[str, Field(min_length=1, max_length=12, repr=False)]


class RefundOrder(Shape):
    """How much of a payment goes back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"amount": {"amount": 450, "currency": "BSL"}}]}
    )

    amount: Amount
    shift: Annotated[
        UUID | None, Field(description="Who gives it back; a cashier and a key must say so.")
    ] = None
    manager: Annotated[
        ManagerAgrees | None,
        Field(description="Lifts a cashier's bounds: another day's payment, a larger sum."),
    ] = None


class RefundReceipt(Told):
    """A refund that stands; of the payer's accounts it says nothing."""

    refund: UUID
    payment: UUID
    short_code: ShortCode
    amount: Sum
    posted_at: datetime


@post(
    "/v1/payments/{payment_id:uuid}/refunds",
    operation_id="refundPayment",
    tags=["tills"],
    opt=may(Act.REFUND, scope=Scope.REFUND, problems=_PROBLEMS) | MONEY,
)
async def give_back(
    payment_id: FromPath[UUID],
    data: JSONBody[RefundOrder],
    key: IdempotencyKey,
    services: GivenServices,
    asker: GivenAsker,
) -> Response[RefundReceipt]:
    """Gives back part of a payment, or all of it; several times, never more than was paid."""
    found = await taken_payment(services, asker, payment_id)
    cents = bousol_cents(data.amount, services.settings)
    document, ended = await _document(services, asker, found.place, data.shift)
    facts = (found.entry.id, cents)
    acted = act(services, asker.acting, key, "refund", *facts, document=document)
    bound = _bound(asker) and data.manager is None
    refusal = ended or await _refusal(services, found, cents, bound=bound)
    await posting.refuse_unless_answered(services, acted, refusal)
    await _agreed(services, asker, acted, found, data)
    if found.place.is_public:
        posted = await services.post(await _undone(services, acted, found))
    else:
        posted = await _refunded(services, acted, found, cents)
    told = RefundReceipt(
        refund=posted.id,
        payment=found.entry.id,
        short_code=short_code(posted.id),
        amount=bousols(cents, services.settings.currency_code),
        posted_at=posted.posted_at,
    )
    return Response(told, status_code=201, headers={"location": f"/v1/payments/{found.entry.id}"})


def _bound(asker: Asker) -> bool:
    """Whether the asker gives back within a cashier's bounds."""
    return asker.role not in BUSINESS


async def _document(
    services: Services, asker: Asker, place: Place, shift: UUID | None
) -> tuple[UUID, PlaceClosed | None]:
    """What the refund bears: the shift that gives it back, else the till; and if it has ended."""
    if shift is None:
        if _bound(asker):
            raise Problem("malformed_body", (Fault("/shift", "missing"),))
        return place.till, None
    stands = await standing(services, asker, place.till, shift)
    return stands.document, PlaceClosed() if stands.closed else None


async def _agreed(
    services: Services, asker: Asker, acted: LedgerAct, found: Seen, data: RefundOrder
) -> None:
    """Who lifts a cashier's bounds is there, and it is written down; a retry tries no PIN again.

    Raises:
        NoManager, WrongPin, PinLocked, TooManyTries: as `standing.manager` says.
    """
    agrees = data.manager
    if agrees is None or await posting.heard_of(services, acted.party, acted.key):
        return
    user = await people.manager(services, asker, card=agrees.card, pin=agrees.pin)
    facts = {"cents": data.amount.amount, "document": str(acted.document)}
    event = Event(Happened.REFUND_AGREED, user, asker.acting, str(found.entry.id), facts)
    async with services.rows() as rows:
        await events.write(rows, event, services.clock.now())


async def _refusal(services: Services, found: Seen, cents: int, *, bound: bool) -> Refusal | None:
    """Why this may not be given back now, within a cashier's bounds or not; None when it may."""
    limits, now = (await policy_in_force(services)).limits, services.clock.now()
    entry = found.entry
    async with services.connection() as connection:
        given_cents = await _given(connection, found)
    rest = paid_cents(entry, found.place.account) - given_cents
    try:
        check_window(entry.posted_at, now, limits)
        if bound:
            days = {"paid_on": day_of(entry.posted_at), "today": day_of(now)}
            check_cashier(cents, given_cents, **days, limits=limits)
    except Refusal as refusal:
        return refusal
    if found.place.is_public and cents != rest:
        return RefundOnlyWhole()
    if cents > rest:
        return RefundAboveRest(sum_of(cents), sum_of(rest))
    return None


async def _given(connection: Any, found: Seen) -> int:
    back = await store.entries_by_origin(connection, found.entry.seq)
    return sum(paid_cents(one, found.place.account) for one in back)


async def _undone(services: Services, acted: LedgerAct, found: Seen) -> JournalEntry:
    """A public body's payment goes back by its mirror, while its euros are still owed to it."""
    async with services.connection() as connection:
        original = await store.recorded(connection, found.entry.seq)
    assert original is not None, "it stands"
    return flows.reversal(acted, original=original)


async def _refunded(services: Services, acted: LedgerAct, found: Seen, cents: int) -> Posted:
    """Plan over what was used and given back since, and post; a plan that lost a race is no act."""
    for _ in range(PLANS_MAX):
        entry = await _planned(services, acted, found, cents)
        try:
            return await services.post(entry)
        except Replan:
            await asyncio.sleep(secrets.randbelow(PAUSE_MS_MAX) / 1_000)
    raise Overloaded(acted.key)


async def _planned(services: Services, acted: LedgerAct, found: Seen, cents: int) -> JournalEntry:
    seq, merchant = found.entry.seq, found.place.account
    async with services.connection() as connection:
        payers = sorted({t.debit for t in found.entry.transfers})
        versions = await store.versions(connection, payers)
        used = await store.used_by(connection, seq)
    try:
        shares = plan_refund(cents, used=used)
    except RefundAboveRest as refusal:
        await posting.refuse_unless_answered(services, acted, refusal)
        if cents > AMOUNT_MAX:
            raise
        shares = (Share(used[0].account, cents),)  # the ledger answers as it did before
        return flows.refund(acted, origin=seq, merchant=merchant, shares=shares)
    # Whoever gave back meanwhile has moved the account that comes first; of a single account the
    # ledger knows by itself how much it may get.
    guard = (shares[0].account, versions[shares[0].account])
    guarded = replace(acted, expected=guard if len(used) > 1 else None)
    return flows.refund(guarded, origin=seq, merchant=merchant, shares=shares)


ROUTES: Final = (give_back,)
