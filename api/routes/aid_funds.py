"""Free euros of a programme go back to its sponsor: one treasurer proposes, another confirms."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import asyncpg
from litestar import Response, post
from litestar.params import FromPath
from pydantic import Field

from admin import granting
from admin.aid import funding
from admin.aid.funding import Returning
from admin.aid.refusals import NothingToReturn, ReturnOpen
from admin.bank_credits import Who
from admin.roles import Act, check_second
from api.access import may
from api.acting import request_hash
from api.aid import founding, list_facts
from api.buying import planned
from api.door import GivenAsker
from api.ids import derived_id, new_id
from api.openapi import POSTING
from api.problems import Problem
from api.services import GivenServices
from api.shapes import Sum, Told, euros
from api.strict import IdempotencyKey
from ledger import store
from ledger.flows import Act as LedgerAct

if TYPE_CHECKING:
    from api.services import Connection


class ReturnTold(Told):
    """Euros that go back, or went."""

    id: UUID
    programme: UUID
    amount: Sum
    confirmed_at: Annotated[datetime | None, Field(description="null: a second person is needed.")]
    entry: UUID | None


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
    assert asker.grant is not None, "treasurers act in a role"
    found = await founding.of_asker(services, asker, programme)
    number = derived_id(services.pepper, "return", programme, key)
    async with services.connection() as connection:
        made = await funding.returning(connection, number)
        if made is None:
            free = await list_facts.free_cents(connection, found)
            if not free:
                raise NothingToReturn
            now = services.clock.now()
            made = Returning(number, programme, free, new_id(), asker.grant, now, None, None, None)
            try:
                await funding.propose_return(connection, made)
            except asyncpg.UniqueViolationError:
                raise ReturnOpen from None
    return Response(_told(made), headers={"Location": f"/v1/aid/returns/{number}"})


@post(
    "/v1/aid/returns/{number:uuid}/confirmation",
    operation_id="confirmReturn",
    tags=["aid"],
    status_code=200,
    opt=may(
        Act.RETURN_PROGRAMME,
        problems=("not_found", "not_allowed", "same_person", "nothing_to_return", *POSTING),
    ),
)
async def confirm(number: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> ReturnTold:
    """Confirms as another person: the euros leave for the sponsor."""
    assert asker.grant is not None, "treasurers act in a role"
    async with services.connection() as connection:
        seen = await funding.returning(connection, number)
    if seen is None:
        raise Problem("not_found")
    async with services.rows() as rows:
        first = await granting.grant_of(rows, seen.proposed_by)
        by = await granting.grant_of(rows, asker.grant)
    check_second(first, by, Act.RETURN_PROGRAMME, services.clock.now())
    programme = await founding.of_asker(services, asker, seen.programme)

    async def work(connection: "Connection") -> None:
        row = await funding.returning(connection, number, lock=True)
        assert row is not None, "returns stay"
        if row.entry is not None:
            return
        if row.euros_cents > await list_facts.free_cents(connection, programme):
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
        who = Who(asker.by, asker.grant, services.clock.now())
        await funding.give_back(connection, act, row, programme.account, who)

    await planned(services, work)
    async with services.connection() as connection:
        done = await funding.returning(connection, number)
    assert done is not None, "returns stay"
    return _told(done)


def _told(row: Returning) -> ReturnTold:
    return ReturnTold(
        id=row.id,
        programme=row.programme,
        amount=euros(row.euros_cents),
        confirmed_at=row.confirmed_at,
        entry=row.entry,
    )


ROUTES: Final = (propose, confirm)
