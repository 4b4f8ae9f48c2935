"""Euros of a programme set aside for the desk, by who may approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from admin.aid import desk
from admin.aid.desk import Line
from admin.aid.refusals import LineOpen, LineShort
from admin.events import Event, Happened
from admin.telling import alongside
from api.aid import list_facts
from api.conflicts import conflict_of
from api.policies import policy_in_force
from api.wire import replying
from api.wire.ids import derived_id
from ledger.money import euros

if TYPE_CHECKING:
    from uuid import UUID

    from admin.aid.programmes import Programme
    from api.gate.asker import Asker
    from api.services import Services


class Sums(NamedTuple):
    """Euro-cents of a line: all of it, of one award at most, and when it is to be refilled."""

    total_cents: int
    each_max_cents: int
    floor_cents: int


async def open_line(
    services: Services, asker: Asker, key: UUID, programme: Programme, sums: Sums
) -> Line:
    """Set euros aside for the desk, which another person gives; again with its key is no act.

    Raises:
        KeyConflict: the key opened another one.
        LineOpen: another line is open.
        LineShort: the programme has not so much that is free.
        LineAboveMost, FundHasNoDesk: see `desk.check_open`.
    """
    number = derived_id(services.pepper, "line", programme.id, key)
    line = Line(number, programme.id, *sums, opened_by=asker.acting_as, used_cents=0)
    limits = (await policy_in_force(services)).limits
    now = services.clock.now()
    async with services.connection() as connection, connection.transaction():
        before = await desk.known(connection, number)
        if before is not None:
            return _again(services, key, before, sums)
        other = await desk.open_of(connection, programme.id)
        if other is not None and other.id != number:
            raise LineOpen
        desk.check_open(line, programme, limits.aid_pair_max_cents)
        free = await list_facts.free_cents(connection, programme)
        if line.euros_cents > free:
            raise LineShort(euros(free))
        await desk.open_line(connection, line, now)
        event = Event(Happened.LINE_OPENED, asker.by, asker.acting, str(line.id))
        await alongside.write(connection, event, now)
    return line


def _again(services: Services, key: UUID, before: Line, sums: Sums) -> Line:
    kept = Sums(before.euros_cents, before.each_max_cents, before.floor_cents)
    if kept != sums:
        raise conflict_of(services.pepper, key, asked=sums, kept=kept)
    replying.answered_before()
    return before
