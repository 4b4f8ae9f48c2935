"""What a works council may give an employee in a year: the table, added to by two treasurers."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.aid import ceilings
from admin.aid.ceilings import Proposal
from admin.people import granting
from admin.reserve.bank_credits import Who
from admin.roles import Act, check_second
from api.aid.shapes import Reference, euro_cents
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire.days import day_of
from api.wire.ids import new_id
from api.wire.problems import Problem
from api.wire.shapes import Amount, Shape, Sum, Told, euros

if TYPE_CHECKING:
    from api.process.pools import Connection

_EXAMPLE: Final[JsonDict] = {
    "year": 2027,
    "amount": {"amount": 20000, "currency": "EUR"},
    "source": "Arrêté du 19 décembre 2026, 5 % du plafond mensuel",
}


class NewCeiling(Shape):
    """The ceiling of a year, and what says so."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    year: Annotated[int, Field(ge=2000, le=2200)]
    amount: Annotated[Amount, Field(description="In EUR, of one employee and year.")]
    source: Annotated[Reference, Field(description="The order or the page that says so.")]


class CeilingTold(Told):
    """A year's ceiling that stands; it never changes."""

    year: int
    amount: Sum
    source: Annotated[str | None, Field(description="null: it came with the programme.")]
    agreed_at: datetime | None


class CeilingProposed(Told):
    """A year's ceiling as one treasurer says it."""

    id: UUID
    year: int
    amount: Sum
    source: str
    status: Annotated[str, Field(pattern="^(proposed|agreed|withdrawn)$")]
    proposed_by: Annotated[UUID, Field(description="The role, of `GET /v1/roles`.")]
    proposed_at: datetime


class Ceilings(Told):
    """The table; a year without a row has the last one before it."""

    year: Annotated[int, Field(description="The civil year.")]
    in_force: Annotated[Sum, Field(description="What holds in it.")]
    items: Annotated[list[CeilingTold], Field(description="The latest year first.")]
    waiting: Annotated[list[CeilingProposed], Field(description="For a second treasurer.")]


@get("/v1/aid/ceilings", operation_id="listCeilings", tags=["aid"], opt=may(Act.SEE_CEILINGS))
async def list_ceilings(services: GivenServices) -> Ceilings:
    """Lists the ceilings by year, and what waits for a second treasurer."""
    year = day_of(services.clock.now()).year
    async with services.connection() as connection:
        found = await ceilings.all_of(connection)
        now = await ceilings.of_years(connection, [year])
        open_ = await ceilings.waiting(connection)
    return Ceilings(
        year=year,
        in_force=euros(now.get(year, 0)),
        items=[
            CeilingTold(
                year=one.year,
                amount=euros(one.euros_cents),
                source=one.source,
                agreed_at=one.agreed_at,
            )
            for one in found
        ],
        waiting=[_told(one) for one in open_],
    )


@post(
    "/v1/aid/ceilings",
    operation_id="proposeCeiling",
    tags=["aid"],
    opt=may(
        Act.SET_CEILING,
        problems=("ceiling_past", "ceiling_known", "wrong_currency", "malformed_amount"),
    ),
)
async def propose(
    data: JSONBody[NewCeiling], services: GivenServices, asker: GivenAsker
) -> Response[CeilingProposed]:
    """Says a year's ceiling; it holds once another treasurer agrees."""
    who = _who(services, asker)
    assert who.grant is not None, "treasurers act in a role"
    cents = euro_cents(services, data.amount, "/amount")
    new = Proposal(new_id(), data.year, cents, data.source, "proposed", who.grant, who.at)
    async with services.connection() as connection, connection.transaction():
        made = await ceilings.propose(connection, new, day_of(who.at).year, who)
    return Response(_told(made), headers={"Location": "/v1/aid/ceilings"})


@post(
    "/v1/aid/ceilings/{number:uuid}/confirmation",
    operation_id="confirmCeiling",
    tags=["aid"],
    status_code=200,
    opt=may(
        Act.SET_CEILING,
        problems=("not_found", "not_allowed", "same_person", "ceiling_decided"),
    ),
)
async def confirm(
    number: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> CeilingProposed:
    """Agrees as another treasurer: gifts are weighed against it from now on."""
    async with services.connection() as connection:
        seen = await _found(connection, number)
    async with services.rows() as rows:
        first = await granting.grant_of(rows, seen.proposed_by)
        by = await granting.grant_of(rows, asker.acting_as)
    check_second(first, by, Act.SET_CEILING, services.clock.now())
    async with services.connection() as connection, connection.transaction():
        row = await _found(connection, number, lock=True)
        await ceilings.agree(connection, row, _who(services, asker))
        return _told(await _found(connection, number))


@post(
    "/v1/aid/ceilings/{number:uuid}/refusal",
    operation_id="refuseCeiling",
    tags=["aid"],
    status_code=200,
    opt=may(Act.SET_CEILING, problems=("not_found", "ceiling_decided")),
)
async def refuse(
    number: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> CeilingProposed:
    """Withdraws one's own proposal, or says no to another's; the year may be said anew."""
    async with services.connection() as connection, connection.transaction():
        row = await _found(connection, number, lock=True)
        await ceilings.withdraw(connection, row, _who(services, asker))
        return _told(await _found(connection, number))


async def _found(connection: "Connection", number: UUID, *, lock: bool = False) -> Proposal:
    found = await ceilings.proposal(connection, number, lock=lock)
    if found is None:
        raise Problem("not_found")
    return found


def _who(services: Services, asker: Asker) -> Who:
    return Who(asker.by, asker.grant, services.clock.now())


def _told(row: Proposal) -> CeilingProposed:
    return CeilingProposed(
        id=row.id,
        year=row.year,
        amount=euros(row.euros_cents),
        source=row.source,
        status=row.status,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
    )


ROUTES: Final = (list_ceilings, propose, confirm, refuse)
