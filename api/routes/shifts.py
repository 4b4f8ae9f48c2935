"""Shifts: who stands at a till on a shared device, and what they took."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.keys import Scope
from admin.roles import Act, Role
from api import standing
from api.access import may
from api.asker import Asker
from api.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, place
from api.door import GivenAsker
from api.problems import Problem
from api.services import GivenServices, Services
from api.settings import Settings
from api.shapes import Shape, Sum, Told, local
from api.shops import own_till
from merchants import shifts
from merchants.shifts import Shift, Taking, Total

_PARIS: Final = ZoneInfo("Europe/Paris")
_SEE_ALL: Final = frozenset({Role.MERCHANT, Role.CASH_OFFICER})


class ShiftForm(Shape):
    """Who stands at the till from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"card": "4821 0937 5520", "pin": "4711"}]}
    )

    card: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            description="What its QR code says, or its number as it is printed.",
        ),
    ]
    pin: Annotated[str, Field(min_length=1, max_length=12)]


class ShiftTold(Told):
    """A person at a till; a payment they take bears this id as its document."""

    id: UUID
    till: UUID
    begun_at: datetime
    ended_at: datetime | None


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
    if found is None:
        raise Problem("not_found")
    if asker.role in _SEE_ALL:
        return found
    today = _day(services.clock.now()) == _day(found.begun_at)
    if not today or asker.user not in {None, found.user}:
        raise Problem("not_found")
    return found


def _day(instant: datetime) -> object:
    return instant.astimezone(_PARIS).date()


def _told(one: Shift) -> ShiftTold:
    return ShiftTold(id=one.id, till=one.till, begun_at=one.begun_at, ended_at=one.ended_at)


ROUTES: Final = (begin, end, list_takings)
