"""The day of a till: counted from the journal, closed once, and still there for who compares."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.logins.keys import Scope
from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.paying.tills import own_till
from api.paying.told import ShortCode, bousols, euros
from api.services import GivenServices, Services
from api.wire.days import bounds, day_of
from api.wire.shapes import Sum, Told
from ledger import store
from merchants import days, remarks
from merchants.days import Closing, Figures
from merchants.places import Place, documents
from merchants.refusals import DayNotBegun
from merchants.remarks import Remark
from merchants.short_code import short_code

_BSL: Final[JsonDict] = {"amount": 0, "currency": "BSL"}
_EXAMPLE: Final[JsonDict] = {
    "till": "0193a3c5-0000-7000-8000-000000000002",
    "day": "2027-03-05",
    "now": {
        "payments": 0,
        "paid": _BSL,
        "refunds": 0,
        "refunded": _BSL,
        "cash": {"amount": 0, "currency": "EUR"},
    },
    "in_cash": [],
    "closed": None,
    "closed_at": None,
}


class DayFigures(Told):
    """What a till did on a day."""

    payments: int
    paid: Sum
    refunds: int
    refunded: Sum
    cash: Annotated[Sum, Field(description="Euros of payments that were made in part in cash.")]


class CashPart(Told):
    """The euros of a payment that was made in part in cash."""

    payment: UUID
    short_code: ShortCode
    cash: Sum


class TillDay(Told):
    """A till's day as the journal has it now, and as it was closed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    till: UUID
    day: date
    now: DayFigures
    in_cash: list[CashPart]
    closed: Annotated[DayFigures | None, Field(description="As it was when it was closed.")]
    closed_at: datetime | None


@get(
    "/v1/tills/{till_id:uuid}/days/{day:date}",
    operation_id="getTillDay",
    tags=["tills"],
    opt=may(
        Act.REQUEST_PAYMENT,
        scope=Scope.READ_DAY,
        problems=("not_found", "unavailable"),
    ),
)
async def read(
    till_id: FromPath[UUID], day: FromPath[date], services: GivenServices, asker: GivenAsker
) -> TillDay:
    """Tells the day of a till of the asker's merchant, sum for sum as the journal has it."""
    place = await own_till(services, asker, till_id)
    figures, said = await _counted(services, place, day)
    async with services.rows() as rows:
        closing = await days.find(rows, place.till, day)
    return _told(services, place, day, figures, said, closing)


@post(
    "/v1/tills/{till_id:uuid}/days/{day:date}/closing",
    operation_id="closeTillDay",
    tags=["tills"],
    status_code=200,
    opt=may(
        Act.REQUEST_PAYMENT,
        problems=("not_found", "day_not_begun", "unavailable", "outcome_unknown"),
    ),
)
async def close(
    till_id: FromPath[UUID], day: FromPath[date], services: GivenServices, asker: GivenAsker
) -> TillDay:
    """Closes the day of a till, once: what was closed first stays."""
    place, now = await own_till(services, asker, till_id), services.clock.now()
    if day > day_of(now):
        raise DayNotBegun
    figures, said = await _counted(services, place, day)
    closing: Closing | None = Closing(figures, asker.by, now)
    assert closing is not None
    async with services.rows() as rows:
        await days.close(rows, place.till, day, closing)
        closing = await days.find(rows, place.till, day)
    return _told(services, place, day, figures, said, closing)


async def _counted(
    services: Services, place: Place, day: date
) -> tuple[Figures, dict[UUID, Remark]]:
    """The figures up to the last entry that is durable, and what payments say beyond them."""
    begun, ended = bounds(day)
    async with services.rows() as rows:
        papers = await documents(rows, place.till, begun, ended)
    async with services.connection() as connection:
        last_seq = (await store.head(connection)).seq
        await services.durable(last_seq)
        moved = await store.day(
            connection,
            place.account,
            documents=papers,
            begun=begun,
            ended=ended,
            last_seq=last_seq,
        )
    async with services.rows() as rows:
        said = await remarks.of_entries(rows, [one.entry for one in moved if not one.back])
    return days.count(moved, said, last_seq), said


def _told(
    services: Services,
    place: Place,
    day: date,
    figures: Figures,
    said: dict[UUID, Remark],
    closing: Closing | None,
) -> TillDay:
    currency = services.settings.currency_code
    parts = [
        CashPart(payment=entry, short_code=short_code(entry), cash=cash)
        for entry, remark in said.items()
        if (cash := euros(remark.cash_cents)) is not None
    ]
    return TillDay(
        till=place.till,
        day=day,
        now=_figures(figures, currency),
        in_cash=parts,
        closed=None if closing is None else _figures(closing.figures, currency),
        closed_at=None if closing is None else closing.closed_at,
    )


def _figures(figures: Figures, currency: str) -> DayFigures:
    cash = euros(figures.cash_cents)
    assert cash is not None
    return DayFigures(
        payments=figures.payments,
        paid=bousols(figures.paid_cents, currency),
        refunds=figures.refunds,
        refunded=bousols(figures.refunded_cents, currency),
        cash=cash,
    )


ROUTES: Final = (read, close)
