"""Cards at a sponsor's desk: what a holder has, and one of the stock for who has none that pays.

Through SQLAlchemy, beside the rows of cards. The ledger is told by whoever calls, last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import text

from admin import events
from admin.aid import letter_rows
from admin.aid.refusals import HolderHasCard
from admin.events import Event, Happened
from admin.logins import pins, sessions
from admin.losses import recovery
from admin.means import cards
from admin.telling import messages
from admin.telling.words import Template

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.means.cards import Card
    from admin.pepper import Pepper
    from admin.roles import Role


class Held(NamedTuple):
    """A card of a holder that nobody blocked.

    Attributes:
        in_post: it went with a letter and its code has not followed: it pays nothing.
    """

    id: int
    number: str
    in_post: bool


class NewHand(NamedTuple):
    """A card of this stock for the holder of an account, with the PIN they chose."""

    party: int
    number: str
    place: int
    pin: str
    actor: UUID
    by: Role


async def held(connection: AsyncConnection, party: int) -> list[Held]:
    """The cards of a holder that nobody blocked, the last one first."""
    return [Held(*row) for row in await connection.execute(_HELD, {"party": party})]


async def hand_over(
    connection: AsyncConnection, pepper: Pepper, wanted: NewHand, at: datetime
) -> Card:
    """A card of the stock for who has none; the last one, blocked by now, is replaced by it.

    Raises:
        HolderHasCard: one was handed over, or is being sent, meanwhile.
        UnknownCard, CardNotInStock, PinGuessable: not this card, or not this PIN.
        NotAllowed, SamePerson: not this holder's PIN, as `recovery.check_seen` says.
    """
    await letter_rows.lock(connection)  # or a letter would send them another one
    if await held(connection, wanted.party):
        raise HolderHasCard
    user, last = (await connection.execute(_HOLDER, {"party": wanted.party})).one()
    await recovery.check_seen(connection, user=user, actor=wanted.actor, by=wanted.by, at=at)
    new = await cards.hand_out(
        connection,
        number=wanted.number,
        place=wanted.place,
        party=wanted.party,
        user=user,
        actor=wanted.actor,
        at=at,
        replaces=last,
    )
    await pins.set_pin(connection, pepper, user=user, pin=wanted.pin, actor=wanted.actor, at=at)
    await sessions.revoke_all(connection, user=user, at=at, actor=wanted.actor)
    if last is not None:
        event = Event(Happened.CARD_REPLACED, wanted.actor, wanted.party, str(last), {"by": new.id})
        await events.write(connection, event, at)
        await messages.queue(connection, party=wanted.party, template=Template.CARD_REPLACED, at=at)
    return new


_HELD: Final = text("""
    select c.id, c.number,
           exists (select from admin.aid_letter l where l.card = c.id and l.coded_at is null)
      from admin.card c where c.party = :party and c.status = 'handed'
     order by c.handed_at desc, c.id desc""")
_HOLDER: Final = text("""
    select g.user_id,
           (select c.id from admin.card c
             where c.party = g.party
               and not exists (select from admin.card r where r.replaces = c.id)
             order by c.handed_at desc, c.id desc limit 1)
      from admin.role_grant g where g.party = :party and g.role = 'SOL'
     order by g.valid_from, g.id limit 1""")
