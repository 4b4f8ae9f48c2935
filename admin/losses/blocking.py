"""What an account pays with, and who is signed in to it: blocked by its holder or on a call.

No secret is taken away and no other phone is drawn: whoever signs in anew with what a stolen phone
remembers sees the account and pays nothing, until the holder is seen at a counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from sqlalchemy import select

from admin import events
from admin.events import Event, Happened
from admin.logins import sessions
from admin.losses import reissuing
from admin.means import cards, phones
from admin.refusals import UnknownCard
from admin.roles import Role
from admin.tables import CARD, ROLE_GRANT
from admin.telling import messages
from admin.telling.words import Template

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_HANDED: Final = CARD.c.status == "handed"
_PHONES: Final = UUID("6e0f1c52-9b0f-4f0e-8a55-3f0d7c3b2d11")
"""What the ids of messages about blocked phones are made of."""


async def block_oneself(engine: AsyncEngine, *, party: int, user: UUID, at: datetime) -> int:
    """Nothing of a party pays any more, and nobody of it is signed in; how many cards it had.

    Only a re-issue at a counter undoes it; balances and lots stay. Again is no act.

    Args:
        engine: the ledger hears of the phone and of each card first.
        party: whose means die.
        user: who blocks, perhaps with nothing but card and PIN.
        at: now.
    """
    await phones.stop(engine, party)
    async with engine.connect() as connection:
        query = select(CARD.c.number, CARD.c.user_id).where(CARD.c.party == party, _HANDED)
        found = (await connection.execute(query)).all()
    for card in found:
        await reissuing.block(engine, number=card.number, actor=user, at=at)
    async with engine.begin() as connection:
        logins = {user, *(card.user_id for card in found)} - {None}
        await _sign_out(connection, logins, actor=user, at=at)
        event = Event(Happened.BLOCKED_ONESELF, user, party, facts={"cards": len(found)})
        await events.write(connection, event, at)
    return len(found)


async def block_phone(engine: AsyncEngine, *, number: str, actor: UUID, at: datetime) -> None:
    """The phone of a card's holder pays no more, and nobody is signed in to the account.

    The holder is told once for each phone. Again is no act.

    Args:
        engine: the ledger hears of it first.
        number: either of the card's, as it was typed.
        actor: the staff who was called.
        at: now.

    Raises:
        UnknownCard: misread, no card's, or nobody's yet.
    """
    async with engine.connect() as connection:
        card = await cards.by_number(connection, number)
    if card.party is None:
        raise UnknownCard
    phone = await phones.stop(engine, card.party)
    async with engine.begin() as connection:
        logins = await _logins(connection, card.party)
        await _sign_out(connection, logins, actor=actor, at=at)
        await events.write(connection, Event(Happened.PHONE_BLOCKED, actor, card.party), at)
        await messages.queue(
            connection,
            party=card.party,
            template=Template.PHONE_BLOCKED,
            at=at,
            message=uuid5(_PHONES, str(phone)),
        )


async def _logins(connection: AsyncConnection, party: int) -> set[UUID]:
    query = select(ROLE_GRANT.c.user_id).where(
        ROLE_GRANT.c.party == party, ROLE_GRANT.c.role == Role.SOLISTE
    )
    return set((await connection.execute(query)).scalars())


async def _sign_out(
    connection: AsyncConnection, logins: set[UUID], *, actor: UUID, at: datetime
) -> None:
    for login in sorted(logins):
        await sessions.revoke_all(connection, user=login, at=at, actor=actor)
