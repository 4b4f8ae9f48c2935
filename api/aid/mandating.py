"""Civil mandates: recorded from a list, a person's page or the desk, and revoked.

What is recorded or revoked acts for batches issued after it: nothing that was given is taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.aid import checking, mandates
from admin.aid.mandates import Given
from admin.aid.programmes import Instrument
from admin.aid.refusals import ListFaulty, MandateMissing, MandateUnfit
from api.wire.days import day_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from admin.aid.checking import Known
    from admin.aid.files import Room
    from admin.aid.lists import Row
    from admin.aid.mandates import Mandate
    from admin.aid.programmes import Programme
    from api.gate.asker import Asker
    from api.services import Services


def wanted(programme: Programme) -> bool:
    """Whether aid of a programme is given under civil mandates."""
    return programme.instrument is Instrument.MANDAT_CIVIL


async def newest(
    services: Services, asker: Asker, room: Room, programme: Programme, known: Mapping[str, Known]
) -> dict[UUID, Mandate] | None:
    """The newest mandate of each person of a list, and a line of the log; None: none is wanted."""
    if not wanted(programme):
        return None
    found = await room.mandates.newest(programme.id, [one.beneficiary for one in known.values()])
    if found:
        await room.looked(asker.by, "mandates", services.clock.now(), count=len(found))
    return found


async def of_list(
    services: Services,
    asker: Asker,
    room: Room,
    programme: Programme,
    told: tuple[Sequence[Row], Mapping[str, Known]],
) -> None:
    """The mandates a list says were signed are written down.

    Args:
        services: of the process.
        asker: who submits it.
        room: of the sponsor.
        programme: their scope.
        told: the rows of the list, and who each of its files is.

    Raises:
        ListFaulty: one was revoked meanwhile.
    """
    if not wanted(programme):
        return
    rows, known = told
    given = {known[f].beneficiary: Given(day) for f, day in checking.signings(rows).items()}
    try:
        await record(services, asker, room, programme, given)
    except MandateUnfit:
        raise ListFaulty(1) from None


async def record(
    services: Services, asker: Asker, room: Room, programme: Programme, given: Mapping[UUID, Given]
) -> None:
    """Mandates are written down, and a line of the log for each that is new.

    Raises:
        MandateUnfit: the programme wants none, or one is of no use.
    """
    if not wanted(programme):
        raise MandateUnfit
    now = services.clock.now()
    new = await room.mandates.record(programme.id, given, asker.by, (now, day_of(now)))
    await room.changed(asker.by, "mandate", now, new)


async def of_desk(
    services: Services,
    asker: Asker,
    room: Room,
    programme: Programme,
    signed: tuple[UUID, date | None],
) -> None:
    """The mandate that who stands at the desk signed, if one was, is written down.

    Raises:
        MandateUnfit: a later one was revoked at this moment.
    """
    whose, day = signed
    if day is not None:
        await record(services, asker, room, programme, {whose: Given(day)})


async def check_desk(
    services: Services, programme: Programme, file: str, signed: date | None
) -> None:
    """Who stands at the desk has a live mandate, or signed one; before anything is made.

    Raises:
        MandateMissing: neither.
        MandateUnfit: what was signed is of no use.
    """
    if not wanted(programme):
        if signed is not None:
            raise MandateUnfit
        return
    async with services.room(programme.sponsor) as room:
        known = (await room.known([file])).get(file)
        found = {} if known is None else await room.mandates.newest(programme.id, [known[0]])
    last = found.get(known.beneficiary) if known else None
    if mandates.fault(signed, last, day_of(services.clock.now())) is not None:
        raise MandateMissing if signed is None else MandateUnfit
