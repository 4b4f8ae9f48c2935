"""A card lost: blocked in two taps by either of its numbers, replaced after seeing the person.

The ledger hears of a block before anybody else and of a new card after everybody else, so that
whoever dies in between leaves a holder who cannot pay rather than a thief who can; a phone lost
with the card goes first, whole. Balances and lots stay; each act is an event and a message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from admin import events
from admin.events import Event, Happened
from admin.ledger_door import ledger_connection
from admin.logins import pins, sessions
from admin.losses import recovery
from admin.means import cards, phones
from admin.refusals import CardAlreadyReplaced, UnknownCard
from admin.telling import messages
from admin.telling.words import Template
from ledger import store

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from admin.means.cards import Card
    from admin.pepper import Pepper
    from admin.roles import Role


@dataclass(frozen=True, slots=True)
class Reissue:
    """A new card for the holder of an old card, who stands at the counter.

    `lost` is the old card's number or opposition number; `pin` is chosen by the holder, and None
    keeps the one there is; `by` is the role of the actor; `phone_lost` takes password, passkeys and
    codes away too, and what the phone paid with.
    """

    lost: str
    new_number: str
    place: int
    pin: str | None = field(repr=False)
    actor: UUID
    by: Role
    phone_lost: bool = False


async def block(engine: AsyncEngine, *, number: str, actor: UUID | None, at: datetime) -> Card:
    """Block a card by its number or its opposition number; again is no act.

    Args:
        engine: the ledger hears of it first.
        number: as it was typed.
        actor: the user at the counter; None when the holder has nothing but the number.
        at: now.

    Raises:
        UnknownCard: misread, or no card's.
    """
    async with engine.connect() as connection:
        card = await cards.by_number(connection, number)
    await _stop_paying(engine, card)
    async with engine.begin() as connection:
        marked = await cards.by_number(connection, number, lock=True)
        await _write_block(connection, marked, actor, at)
    if marked.party != card.party:  # It was handed out while it was being blocked.
        await _stop_paying(engine, marked)
    return marked


async def reissue(engine: AsyncEngine, pepper: Pepper, wanted: Reissue, at: datetime) -> Card:
    """Replace a lost card: the old one and every session die, the new one pays at the end.

    Asked again it finishes what was begun; asked with another new card it is refused.

    Raises:
        UnknownCard: no card that anybody held has the lost number; or the new one is misread.
        CardAlreadyReplaced: by another card, perhaps a moment ago at another counter.
        CardNotInStock: the new card does not lie here.
        PinGuessable: the holder chooses another.
        NotAllowed: a secret of this holder is not this actor's to change, as
            `recovery.check_seen` says; a card alone is.
        SamePerson: the card is the actor's own.
    """
    if wanted.pin is not None:
        pins.check_pin(wanted.pin)
    async with engine.connect() as connection:
        lost = await cards.by_number(connection, wanted.lost)
        before = await cards.replaced_by(connection, lost)
        if lost.party is None:
            raise UnknownCard
        assert lost.user is not None, lost
        await _check_seen(connection, wanted, lost.user, at)
    await block(engine, number=wanted.lost, actor=wanted.actor, at=at)
    if wanted.phone_lost and before is None:
        await _lose_phone(engine, lost, wanted.actor, at)
    async with engine.begin() as connection:
        new = await _replace(connection, pepper, wanted, at)
    async with ledger_connection(engine) as ledger:
        assert new.party is not None, new
        await store.put_card(ledger, new.id, party=new.party, blocked=False)
    return new


async def _check_seen(
    connection: AsyncConnection, wanted: Reissue, user: UUID, at: datetime
) -> None:
    """A PIN opens whatever its user may do, in every role: it is a secret as a password is."""
    actor, by = wanted.actor, wanted.by
    if wanted.pin is None and not wanted.phone_lost:
        await recovery.check_other_person(connection, user, actor)
    else:
        await recovery.check_seen(connection, user=user, actor=actor, by=by, at=at)


async def _lose_phone(engine: AsyncEngine, lost: Card, actor: UUID, at: datetime) -> None:
    """Whoever has the phone neither pays nor signs in with it."""
    assert lost.party is not None, lost
    assert lost.user is not None, lost
    async with phones.lost(engine, lost.party) as connection:
        await recovery.take_away(connection, lost.user)
        await sessions.revoke_all(connection, user=lost.user, at=at, actor=actor)


async def _stop_paying(engine: AsyncEngine, card: Card) -> None:
    if card.party is not None:
        async with ledger_connection(engine) as ledger:
            await store.put_card(ledger, card.id, party=card.party, blocked=True)


async def _write_block(
    connection: AsyncConnection, card: Card, actor: UUID | None, at: datetime
) -> None:
    fresh = await cards.mark_blocked(connection, card, actor=actor, at=at)
    if fresh and card.party is not None:
        await messages.queue(connection, party=card.party, template=Template.CARD_BLOCKED, at=at)


async def _replace(
    connection: AsyncConnection, pepper: Pepper, wanted: Reissue, at: datetime
) -> Card:
    # The lost card's row is locked: of two counters at once, one comes second and finds the other.
    lost = await cards.by_number(connection, wanted.lost, lock=True)
    assert lost.party is not None, "a holder's card stays a holder's"
    assert lost.user is not None, lost
    before = await cards.replaced_by(connection, lost)
    if before is not None:
        if before != await cards.by_number(connection, wanted.new_number):
            raise CardAlreadyReplaced
        return before
    new = await cards.hand_out(
        connection,
        number=wanted.new_number,
        place=wanted.place,
        party=lost.party,
        user=lost.user,
        actor=wanted.actor,
        at=at,
        replaces=lost.id,
    )
    await _renew(connection, pepper, wanted, lost.user, at)
    event = Event(Happened.CARD_REPLACED, wanted.actor, lost.party, str(lost.id), {"by": new.id})
    await events.write(connection, event, at)
    await messages.queue(connection, party=lost.party, template=Template.CARD_REPLACED, at=at)
    return new


async def _renew(
    connection: AsyncConnection, pepper: Pepper, wanted: Reissue, user: UUID, at: datetime
) -> None:
    """A new PIN, if one was chosen, and no session."""
    if wanted.pin is not None:
        await pins.set_pin(connection, pepper, user=user, pin=wanted.pin, actor=wanted.actor, at=at)
    await sessions.revoke_all(connection, user=user, at=at, actor=wanted.actor)
