"""Batches approved or refused: another person than who entered them, above a limit a third."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.aid import batches
from admin.aid.batches import Status
from admin.aid.refusals import BatchDecided, ProgrammeShut
from admin.events import Event, Happened
from admin.people import granting
from admin.refusals import SamePerson
from admin.roles import Act, check_second
from admin.telling import alongside
from api.policies import policy_in_force
from api.wire.problems import Problem

if TYPE_CHECKING:
    from uuid import UUID

    from admin.aid.batches import Row
    from admin.roles import Grant
    from api.gate.asker import Asker
    from api.services import Services


async def of_asker(services: Services, asker: Asker, batch: UUID) -> Row:
    """A batch of the asker's sponsor.

    Raises:
        Problem: `not_found`, there is none, or it is another sponsor's.
    """
    async with services.connection() as connection:
        row = await batches.one(connection, batch)
    if row is None or row["sponsor"] != asker.acting:
        raise Problem("not_found")
    return row


async def approve(services: Services, asker: Asker, batch: UUID) -> None:
    """One more person approves; again by the same is no act.

    Raises:
        Problem: `not_found`.
        SamePerson, NotAllowed: who entered or approved it before.
        OwnAward: it gives to the asker.
        BatchDecided: nothing is to be approved any more.
        ProgrammeShut: its programme has ended: it can be refused only.
    """
    seen = await of_asker(services, asker, batch)
    now = services.clock.now()
    limits = (await policy_in_force(services)).limits
    by = await _checked(services, asker, seen)
    async with services.connection() as connection, connection.transaction():
        row = await batches.locked(connection, batch)
        assert row is not None, "batches stay"
        if by.id in {row["approved_by"], row["third_by"]} and row["status"] != Status.REFUSED:
            return
        if seen["shut"]:
            raise ProgrammeShut
        if (row["status"], row["approved_by"]) != (seen["status"], seen["approved_by"]):
            raise BatchDecided
        if asker.person is not None:
            own = await batches.parties_of(connection, batch)
            await batches.check_not_own(connection, own, asker.person)
        third = row["euros_cents"] > limits.aid_pair_max_cents
        await batches.approve(connection, row, by.id, now, third=third)
        event = Event(Happened.BATCH_APPROVED, asker.by, asker.acting, str(batch))
        await alongside.write(connection, event, now)


async def refuse(services: Services, asker: Asker, batch: UUID, reason: str) -> None:
    """The batch is not given; again is no act, and the first reason stands.

    The reason is sealed in the sponsor's room before the batch is refused, so that no batch is
    refused without one.

    Raises:
        Problem: `not_found`.
        BatchDecided: it is being given out, or was.
    """
    seen = await of_asker(services, asker, batch)
    now = services.clock.now()
    if seen["status"] == Status.REFUSED:
        return
    if seen["status"] not in batches.REFUSABLE:
        raise BatchDecided
    async with services.room(asker.acting) as room:
        await room.keep_refusal(batch, asker.acting_as, reason)
    async with services.connection() as connection, connection.transaction():
        row = await batches.locked(connection, batch)
        assert row is not None, "batches stay"
        if row["status"] == Status.REFUSED:
            return
        await batches.refuse(connection, row, asker.acting_as, now)
        event = Event(Happened.BATCH_REFUSED, asker.by, asker.acting, str(batch))
        await alongside.write(connection, event, now)


async def _checked(services: Services, asker: Asker, row: Row) -> Grant:
    """Whoever approves is another human being than who entered it and who approved it before."""
    async with services.rows() as rows:
        first = await granting.grant_of(rows, row["submitted_by"])
        by = await granting.grant_of(rows, asker.acting_as)
        check_second(first, by, Act.PROPOSE_AWARD, services.clock.now())
        earlier = row["approved_by"]
        if earlier not in {None, by.id} and by.is_same_person(
            await granting.grant_of(rows, earlier)
        ):
            raise SamePerson
    return by
