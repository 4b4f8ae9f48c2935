"""Free euros of a programme go back to its sponsor: one treasurer proposes, another confirms.

What was proposed is withdrawn with a reason by any treasurer while nobody has confirmed it.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.aid import returns
from admin.aid.programmes import Programme
from admin.aid.refusals import NothingToReturn
from admin.aid.returns import Returning
from admin.people import granting
from admin.reserve.bank_credits import Who
from admin.roles import Act, check_second
from api.acting import request_hash
from api.aid import founding, list_facts
from api.aid.shapes import Reason
from api.gate.access import may
from api.gate.given import GivenAsker
from api.openapi import POSTING
from api.reserve.buying import planned
from api.services import GivenServices, Services
from api.wire import replying
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.ids import derived_id, new_id
from api.wire.problems import Problem
from api.wire.shapes import Shape, Sum, Told, euros
from api.wire.strict import IdempotencyKey
from ledger import store
from ledger.flows import Act as LedgerAct

if TYPE_CHECKING:
    from api.process.pools import Connection


class ReturnTold(Told):
    """Euros that go back, or went; who acted is a role of the association."""

    id: UUID
    programme: UUID
    amount: Sum
    fits: Annotated[
        bool, Field(description="false: it waits, and more is asked back than is free by now.")
    ]
    proposed_at: datetime
    proposed_by: UUID
    confirmed_at: Annotated[datetime | None, Field(description="null: a second person is needed.")]
    confirmed_by: UUID | None
    entry: UUID | None
    withdrawn_at: Annotated[datetime | None, Field(description="Then the euros stayed.")]
    withdrawn_by: UUID | None
    reason: Annotated[str | None, Field(description="Why it was withdrawn.")]


class Returns(Told):
    """A page of a programme's returns, newest first."""

    free: Annotated[Sum, Field(description="Euros that a return would take now.")]
    items: list[ReturnTold]
    next_cursor: str | None


class Withdrawal(Shape):
    """Why a return is not made."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Un lot attend encore ces euros."}]}
    )

    reason: Annotated[Reason, Field(description="Read by the sponsor, too: no name of a person.")]


@get(
    "/v1/aid/programmes/{programme:uuid}/returns",
    operation_id="listReturns",
    tags=["aid"],
    opt=may(Act.SEE_PROGRAMMES, problems=("not_found",)),
)
async def list_returns(
    programme: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Returns:
    """Lists what went back to the sponsor, what waits to, and what is free for it."""
    found = await founding.of_asker(services, asker, programme)
    name, before = f"returns {found.id}", None
    if cursor is not None:
        at, last = unpack(services.pepper, cursor, name, 2)
        before = datetime.fromisoformat(at), UUID(last)
    async with services.connection() as connection:
        free = await list_facts.free_cents(connection, found)
        rows = await returns.of_programme(connection, found.id, before=before, count_max=limit + 1)
    end = rows[limit - 1] if len(rows) > limit else None
    return Returns(
        free=euros(free),
        items=[_told(row, free) for row in rows[:limit]],
        next_cursor=end and pack(services.pepper, name, end.proposed_at.isoformat(), end.id),
    )


@post(
    "/v1/aid/programmes/{programme:uuid}/returns",
    operation_id="proposeReturn",
    tags=["aid"],
    opt=may(
        Act.RETURN_PROGRAMME,
        problems=("not_found", "key_missing", "nothing_to_return", "return_open"),
    ),
)
async def propose(
    programme: FromPath[UUID], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[ReturnTold]:
    """Proposes to return every free euro of a programme, those that awards wait for excepted."""
    found = await founding.of_asker(services, asker, programme)
    number = derived_id(services.pepper, "return", programme, key)
    async with services.connection() as connection:
        made = await returns.find(connection, number)
        free = await list_facts.free_cents(connection, found)
        if made is None:
            if not free:
                raise NothingToReturn
            now = services.clock.now()
            made = Returning(number, programme, free, new_id(), asker.acting_as, now)
            await returns.propose(connection, made)
        else:
            replying.answered_before()
    return Response(_told(made, free), headers={"Location": f"/v1/aid/returns/{number}"})


@post(
    "/v1/aid/returns/{number:uuid}/confirmation",
    operation_id="confirmReturn",
    tags=["aid"],
    status_code=200,
    opt=may(
        Act.RETURN_PROGRAMME,
        problems=(
            "not_found",
            "not_allowed",
            "same_person",
            "nothing_to_return",
            "return_decided",
            *POSTING,
        ),
    ),
)
async def confirm(number: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> ReturnTold:
    """Confirms as another person: the euros leave for the sponsor."""
    seen = await _of(services, number)
    async with services.rows() as rows:
        first = await granting.grant_of(rows, seen.proposed_by)
        by = await granting.grant_of(rows, asker.acting_as)
    check_second(first, by, Act.RETURN_PROGRAMME, services.clock.now())
    programme = await founding.of_asker(services, asker, seen.programme)

    async def work(connection: "Connection") -> None:
        row = await returns.find(connection, number, lock=True)
        assert row is not None, "returns stay"
        if row.entry is not None:
            return
        if row.open and row.euros_cents > await list_facts.free_cents(connection, programme):
            raise NothingToReturn
        version = (await store.versions(connection, [programme.account]))[programme.account]
        act = LedgerAct(
            new_id(),
            programme.sponsor,
            new_id(),
            request_hash(services.pepper, "confirmReturn", number),
            document=row.document,
            expected=(programme.account, version),
        )
        who = Who(asker.by, asker.acting_as, services.clock.now())
        await returns.give_back(connection, act, row, programme.account, who)

    await planned(services, work)
    return await _now(services, number, programme)


@post(
    "/v1/aid/returns/{number:uuid}/withdrawal",
    operation_id="withdrawReturn",
    tags=["aid"],
    status_code=200,
    opt=may(Act.RETURN_PROGRAMME, problems=("not_found", "return_decided")),
)
async def withdraw(
    number: FromPath[UUID],
    data: JSONBody[Withdrawal],
    services: GivenServices,
    asker: GivenAsker,
) -> ReturnTold:
    """Withdraws a return that nobody confirmed: its euros stay, and another may be proposed."""
    seen = await _of(services, number)
    programme = await founding.of_asker(services, asker, seen.programme)
    who = Who(asker.by, asker.acting_as, services.clock.now())
    async with services.connection() as connection, connection.transaction():
        await returns.withdraw(connection, number, who, data.reason.strip())
    return await _now(services, number, programme)


async def _of(services: Services, number: UUID) -> Returning:
    async with services.connection() as connection:
        found = await returns.find(connection, number)
    if found is None:
        raise Problem("not_found")
    return found


async def _now(services: Services, number: UUID, programme: Programme) -> ReturnTold:
    """A return as it stands."""
    row = await _of(services, number)
    async with services.connection() as connection:
        return _told(row, await list_facts.free_cents(connection, programme))


def _told(row: Returning, free_cents: int) -> ReturnTold:
    return ReturnTold(
        id=row.id,
        programme=row.programme,
        amount=euros(row.euros_cents),
        fits=not row.open or row.euros_cents <= free_cents,
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        entry=row.entry,
        withdrawn_at=row.withdrawn_at,
        withdrawn_by=row.withdrawn_by,
        reason=row.reason,
    )


ROUTES: Final = (list_returns, propose, confirm, withdraw)
