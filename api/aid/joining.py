"""A resident joins a food fund and says what they pay a month; its sponsor learns who they are.

One account after the other: joining twice at once is joining once. The file stands in the
sponsor's sealed room as every beneficiary's does, with the address that the account has, so that
letters find the member; that it was made is written down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin import parties
from admin.aid import fund, members, programme_rows
from admin.aid.files import NewFile
from admin.aid.members import Member
from admin.aid.programmes import Instrument, last_instant
from admin.aid.refusals import ProgrammeShut
from admin.events import Event, Happened
from admin.telling import alongside
from api.wire.ids import derived_id, new_id
from api.wire.problems import Problem

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from admin.aid.files import Room
    from admin.aid.programmes import Programme
    from admin.parties import Person
    from api.gate.asker import Asker
    from api.process.pools import Connection
    from api.services import Services


async def fund_of(services: Services, number: UUID) -> Programme:
    """A food fund, whoever asks.

    Raises:
        Problem: `not_found`, there is none of this id.
    """
    async with services.rows() as rows:
        found = await programme_rows.find(rows, number, services.clock.now())
    if found is None or found.instrument is not Instrument.FOOD_FUND:
        raise Problem("not_found")
    return found


async def open_funds(services: Services) -> list[Programme]:
    """Food funds that give today, oldest first."""
    now = services.clock.now()
    async with services.rows() as rows:
        found = await programme_rows.of_sponsor(rows, None, now)
    return [one for one in found if one.instrument is Instrument.FOOD_FUND and is_open(one, now)]


def is_open(programme: Programme, now: datetime) -> bool:
    """Whether a programme gives at an instant."""
    try:
        last_instant(programme, now)
    except ProgrammeShut:
        return False
    return True


async def join(services: Services, asker: Asker, programme: Programme, cents: int) -> Member:
    """The asker is a member who pays so much a month from now on; again is no act.

    Raises:
        ContributionUnfit: below 1.00 or above 150.00 EUR.
        ProgrammeShut: the fund does not give today.
    """
    fund.check_contribution(cents)
    now = services.clock.now()
    last_instant(programme, now)
    async with services.connection() as connection, connection.transaction():
        await members.lock(connection, asker.acting)
        known = await members.of_party(connection, programme.id, asker.acting)
        if known is None:
            return await _join(services, asker, connection, programme, cents)
        if known.contribution_cents != cents:
            await members.pay(connection, known.id, cents, now)
        found = await members.of_party(connection, programme.id, asker.acting)
        assert found is not None, "it is locked"
        return found


async def _join(
    services: Services, asker: Asker, connection: Connection, programme: Programme, cents: int
) -> Member:
    now, party = services.clock.now(), asker.acting
    number = await members.next_number(connection)
    whose = await _file(services, asker, programme, number)
    new = Member(new_id(), number, programme.id, party, whose, now, cents, now)
    await members.join(connection, new)
    event = Event(Happened.FUND_JOINED, asker.by, party, str(programme.id))
    await alongside.write(connection, event, now)
    return new


async def _file(services: Services, asker: Asker, programme: Programme, number: int) -> UUID:
    """The pseudonym of the asker at the fund's sponsor; a file is made where there is none."""
    async with services.rows() as rows:
        person = await parties.person_of(rows, asker.acting)
    now = services.clock.now()
    async with services.room(programme.sponsor) as room:
        known = (await room.of_parties([asker.acting])).get(asker.acting)
        if known is None:
            known = derived_id(services.pepper, "member", programme.sponsor, number)
            name = person.name if person else f"Membre {number}"
            facts = {"name": name, "adults": None, "children": 0, **_address(person)}
            file = f"CAISSE-{number}"
            if await room.known([file]):  # the sponsor's own files may be called so
                file += f"-{known.hex[:6]}"
            await room.add([NewFile(known, file, asker.acting, facts)], now)
        elif address := await _missing(room, known, person):
            await room.refresh({known: address})
        await room.looked(asker.by, "join", now, beneficiary=known)
    return known


def _address(person: Person | None) -> dict[str, str]:
    """Where letters reach somebody, on one line as in a list; nothing when nobody knows."""
    lines = ((person and person.postal_address) or "").splitlines()
    address = ", ".join(line.strip() for line in lines if line.strip())
    return {"address": address} if address else {}


async def _missing(room: Room, whose: UUID, person: Person | None) -> dict[str, str]:
    """The address that a file lacks: what its sponsor wrote down stands."""
    known = (await room.read([whose])).get(whose)
    return _address(person) if known and not known.get("address") else {}


async def leave(services: Services, asker: Asker, programme: Programme) -> None:
    """The asker is a member no more; what was given stays. Again is no act."""
    now = services.clock.now()
    async with services.connection() as connection, connection.transaction():
        await members.lock(connection, asker.acting)
        known = await members.of_party(connection, programme.id, asker.acting)
        if known is not None:
            await members.leave(connection, known.id, now)
            event = Event(Happened.FUND_LEFT, asker.by, asker.acting, str(programme.id))
            await alongside.write(connection, event, now)
