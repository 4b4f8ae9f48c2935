"""What an account pays with, and who is signed in to it: its holder may block all of it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from admin import events, reissuing, sessions
from admin.events import Event, Happened
from admin.ledger_door import ledger_connection
from admin.tables import CARD, PARTY
from ledger import store

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncEngine

_HANDED: Final = CARD.c.status == "handed"


async def block_oneself(engine: AsyncEngine, *, party: int, user: UUID, at: datetime) -> int:
    """Nothing of a party pays any more, and nobody of it is signed in; how many cards it had.

    Only a re-issue at a counter undoes it; balances and lots stay. Again is no act.

    Args:
        engine: the ledger hears of each card and of the phone first.
        party: whose means die.
        user: who blocks, perhaps with nothing but card and PIN.
        at: now.
    """
    async with engine.connect() as connection:
        phone = await connection.scalar(select(PARTY.c.phone_means).where(PARTY.c.id == party))
        query = select(CARD.c.number, CARD.c.user_id).where(CARD.c.party == party, _HANDED)
        cards = (await connection.execute(query)).all()
    if phone is not None:
        async with ledger_connection(engine) as ledger:
            await store.put_card(ledger, phone, party=party, blocked=True)
    for card in cards:
        await reissuing.block(engine, number=card.number, actor=user, at=at)
    async with engine.begin() as connection:
        for login in sorted({user, *(card.user_id for card in cards)} - {None}):
            await sessions.revoke_all(connection, user=login, at=at, actor=user)
        event = Event(Happened.BLOCKED_ONESELF, user, party, facts={"cards": len(cards)})
        await events.write(connection, event, at)
    return len(cards)
