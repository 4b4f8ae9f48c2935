"""More is written down of a holder at a counter: what was known goes on purpose only, and is told.

The message goes where the holder was reached before: whoever turns somebody's mail to themselves
does not read of it alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from admin import events, parties
from admin.events import Event, Happened
from admin.refusals import FactKnown, UnknownParty
from admin.tables import PARTY, PERSON
from admin.telling import messages
from admin.telling.words import Template

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.parties import Person


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt of a holder; None: nothing."""

    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None
    postal_address: str | None = None


async def complete(
    connection: AsyncConnection,
    *,
    party: int,
    learnt: Learnt,
    replace: bool,
    actor: UUID,
    at: datetime,
) -> None:
    """Write down more of a holder, who is told; what is not given stays as it is. Again is no act.

    Args:
        connection: in a transaction, in which the message is written too.
        party: the holder's.
        learnt: what was given.
        replace: whether it takes the place of what was known.
        actor: who wrote it down.
        at: now.

    Raises:
        UnknownParty: no person stands behind this number.
        FactKnown: something else is known, and is not to be replaced.
    """
    before = await _locked(connection, party)
    known = {name: getattr(before, name) for name in asdict(learnt)}
    new = {n: fact for n, fact in asdict(learnt).items() if fact not in {None, known[n]}}
    replaced = sorted(name for name in new if known[name] is not None)
    if replaced and not replace:
        raise FactKnown(", ".join(replaced))
    if new:
        await connection.execute(update(PERSON).where(PERSON.c.id == before.id).values(**new))
        facts = {"what": sorted(new)} | ({"replaced": replaced} if replaced else {})
        event = Event(Happened.PERSON_COMPLETED, actor, party, facts=facts)
        await events.write(connection, event, at)
    if replaced or new.keys() - {"birth_date"}:
        template = Template.DETAILS_CHANGED if replaced else Template.CONTACT_ADDED
        await messages.queue(connection, party=party, template=template, at=at, before=before)


async def _locked(connection: AsyncConnection, party: int) -> Person:
    """Who a party is, as long as nobody else changes it."""
    holder = select(PARTY.c.person).where(PARTY.c.id == party, PARTY.c.closed_at.is_(None))
    number = await connection.scalar(holder)
    locking = select(PERSON.c.id).where(PERSON.c.id == number).with_for_update()
    if number is None or await connection.scalar(locking) is None:
        raise UnknownParty
    found = await parties.person(connection, number)
    assert found is not None, "the row is locked"
    return found
