"""Shifts: who stands at a till on a shared device, and what they took."""

from collections.abc import Container, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.logins.keys import Scope
from admin.people import granting
from admin.roles import Act, Role
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.settings import Settings
from api.shops import standing
from api.shops.owned import own_till
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, place
from api.wire.days import bounds, day_of
from api.wire.problems import Problem
from api.wire.shapes import CardText, Shape, Sum, Told, local
from merchants import shifts
from merchants.shifts import Shift, Taking, Total

_SEE_ALL: Final = frozenset({Role.MERCHANT, Role.CASH_OFFICER})


class ShiftForm(Shape):
    """Who stands at the till from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"card": "4821 0937 5520", "pin": "4711"}]}
    )

    card: CardText
    pin: Annotated[str, Field(min_length=1, max_length=12)]


class ShiftTold(Told):
    """A person at a till; a payment they take bears this id as its document."""

    id: UUID
    till: UUID
    begun_at: datetime
    ended_at: datetime | None


class ListedShift(ShiftTold):
    """A shift of a day, and whose."""

    mine: Annotated[bool, Field(description="Whoever asks may take payments in it.")]
    name: Annotated[str | None, Field(description="Of who stands there; null: not known.")]


class Shifts(Told):
    """The shifts of a till on a day, newest first; at most a hundred."""

    items: list[ListedShift]


class TakingTold(Told):
    """One entry of a shift: a payment that was taken, or a refund."""

    entry: UUID
    posted_at: datetime
    paid: Sum
    refunded: Sum


class Takings(Told):
    """What a shift took and gave back, newest first, and in all."""

    items: list[TakingTold]
    next_cursor: str | None
    payments: int
    paid: Sum
    refunds: int
    refunded: Sum


@post(
    "/v1/tills/{till:uuid}/shifts",
    operation_id="beginShift",
    tags=["merchants"],
    opt=may(
        Act.STAND_AT_TILL,
        scope=Scope.TAKE_PAYMENTS,
        problems=(
            "not_found",
            "no_cashier",
            "wrong_pin",
            "pin_locked",
            "too_many_tries",
            "unavailable",
            "outcome_unknown",
        ),
    ),
)
async def begin(
    services: GivenServices,
    asker: GivenAsker,
    till: FromPath[UUID],
    data: JSONBody[ShiftForm],
) -> Response[ShiftTold]:
    """Begins a shift with a card and its PIN; the one before on this till ends."""
    made = await standing.begin(services, asker, till, card=data.card, pin=data.pin)
    location = {"location": f"/v1/tills/{till}/shifts/{made.id}"}
    return Response(_told(made), headers=location)


@delete(
    "/v1/tills/{till:uuid}/shifts/{shift:uuid}",
    operation_id="endShift",
    tags=["merchants"],
    opt=may(
        Act.STAND_AT_TILL,
        scope=Scope.TAKE_PAYMENTS,
        problems=("not_found", "unavailable", "outcome_unknown"),
    ),
)
async def end(
    services: GivenServices, asker: GivenAsker, till: FromPath[UUID], shift: FromPath[UUID]
) -> None:
    """Ends a shift; again is no act."""
    async with services.rows() as rows:
        await own_till(rows, asker, till)
        found = await _shift(services, rows, asker, till, shift)
        await shifts.end(rows, found.id, services.clock.now())


@get(
    "/v1/tills/{till_id:uuid}/days/{day:date}/shifts",
    operation_id="listShifts",
    tags=["merchants"],
    opt=may(Act.STAND_AT_TILL, scope=Scope.READ_DAY, problems=("not_found", "unavailable")),
)
async def list_shifts(
    services: GivenServices, asker: GivenAsker, till_id: FromPath[UUID], day: FromPath[date]
) -> Shifts:
    """Lists who stood at a till on a day: a cashier sees themselves today, the merchant all."""
    now = services.clock.now()
    async with services.rows() as rows:
        await own_till(rows, asker, till_id)
        found = await shifts.of_day(rows, till_id, *bounds(day))
        roles = await granting.of_party(rows, asker.acting, now)
    names = {grant.id: name for grant, name in roles}
    items = [
        ListedShift(**dict(_told(one)), mine=_stands(asker, one, names), name=names.get(one.grant))
        for one in found
        if _seen(asker, one, now)
    ]
    return Shifts(items=items)


@get(
    "/v1/tills/{till:uuid}/shifts/{shift:uuid}/takings",
    operation_id="listTakings",
    tags=["merchants"],
    opt=may(Act.STAND_AT_TILL, scope=Scope.READ_DAY, problems=("not_found", "unavailable")),
)
async def list_takings(
    services: GivenServices,
    asker: GivenAsker,
    till: FromPath[UUID],
    shift: FromPath[UUID],
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Takings:
    """Lists what a shift took: a cashier sees their own of today, the merchant all."""
    before = place(services.pepper, cursor, f"takings {shift}", 0) or None
    async with services.rows() as rows:
        merchant = await own_till(rows, asker, till)
        found = await _shift(services, rows, asker, till, shift)
    _, account, _ = merchant.numbers
    now = services.clock.now()
    async with services.connection() as ledger:
        taken = await shifts.takings(
            ledger, found, account, now=now, before=before, count=limit + 1
        )
        total = await shifts.total(ledger, found, account, now=now)
    if taken:
        await services.durable(taken[0].seq)
    more = len(taken) > limit
    cursor = pack(services.pepper, f"takings {shift}", taken[limit - 1].seq) if more else None
    return _takings(taken[:limit], total, cursor, services.settings)


def _takings(
    taken: Sequence[Taking], total: Total, cursor: str | None, settings: Settings
) -> Takings:
    items = [
        TakingTold(
            entry=one.id,
            posted_at=one.posted_at,
            paid=local(one.paid_cents, settings),
            refunded=local(one.refunded_cents, settings),
        )
        for one in taken
    ]
    return Takings(
        items=items,
        next_cursor=cursor,
        payments=total.payments,
        paid=local(total.paid_cents, settings),
        refunds=total.refunds,
        refunded=local(total.refunded_cents, settings),
    )


async def _shift(services: Services, rows: Any, asker: Asker, till: UUID, shift: UUID) -> Shift:
    """A shift that may be seen: the merchant's, or today's of the cashier or the device.

    Raises:
        Problem: `not_found`.
    """
    found = await shifts.find(rows, till=till, shift=shift)
    if found is None or not _seen(asker, found, services.clock.now()):
        raise Problem("not_found")
    return found


def _seen(asker: Asker, shift: Shift, now: datetime) -> bool:
    """Whether a shift may be seen: the merchant sees all, others theirs of today."""
    today = day_of(now) == day_of(shift.begun_at)
    return asker.role in _SEE_ALL or (today and asker.user in {None, shift.user})


def _stands(asker: Asker, shift: Shift, held: Container[UUID]) -> bool:
    """Whether who asks takes payments in a shift: it runs, its role is held, it is theirs."""
    theirs = asker.user == shift.user if asker.key is None else shift.key in {None, asker.key}
    return shift.ended_at is None and shift.grant in held and theirs


def _told(one: Shift) -> ShiftTold:
    return ShiftTold(id=one.id, till=one.till, begun_at=one.begun_at, ended_at=one.ended_at)


ROUTES: Final = (begin, end, list_shifts, list_takings)
