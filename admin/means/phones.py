"""What a holder pays with by phone: the ledger knows it as a card, under the limits of one.

It is the party's, not one telephone's: whoever has a session pays with it. When a phone is lost the
ledger stops it before anything else, another id takes its place in the rows that end the sessions,
and only then does the ledger let that one pay. An id that was stopped never stays a holder's.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from admin.ledger_door import ledger_connection
from admin.roles import PartyClass, Role
from admin.tables import CARD_ID, PARTY, ROLE_GRANT
from ledger import store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


async def draw(connection: AsyncConnection, party: int) -> int:
    """A first or another id for what a party pays with by phone; it pays once the ledger knows."""
    means = int(await connection.scalar(CARD_ID.next_value()))
    drawn = update(PARTY).where(PARTY.c.id == party).values(phone_means=means)
    await connection.execute(drawn)
    return means


async def means_of(connection: AsyncConnection, party: int) -> int | None:
    """The ledger's card a party pays with by phone; None when it has none."""
    found: int | None = await connection.scalar(
        select(PARTY.c.phone_means).where(PARTY.c.id == party)
    )
    return found


async def party_of(connection: AsyncConnection, user: UUID) -> int | None:
    """The soliste's account a user pays from; None when the login has none."""
    query = (
        select(ROLE_GRANT.c.party)
        .join(PARTY, PARTY.c.id == ROLE_GRANT.c.party)
        .where(
            ROLE_GRANT.c.user_id == user,
            ROLE_GRANT.c.role == Role.SOLISTE,
            PARTY.c["class"] == PartyClass.SOLISTE,
        )
        .order_by(ROLE_GRANT.c.valid_from.desc())
        .limit(1)
    )
    found: int | None = await connection.scalar(query)
    return found


async def give(engine: AsyncEngine, party: int) -> None:
    """Let the ledger take the party's phone of today; again is no act."""
    async with engine.connect() as connection:
        means = await means_of(connection, party)
    if means is not None:
        await _put(engine, means, party, blocked=False)


async def stop(engine: AsyncEngine, party: int) -> int:
    """Let the ledger take a party's phone no more, nor one drawn later; the id that was stopped.

    A party that never paid by phone is drawn an id for it, so that no sign-in draws one that pays.
    """
    async with engine.begin() as connection:
        mine = select(PARTY.c.phone_means).where(PARTY.c.id == party).with_for_update()
        means = await connection.scalar(mine) or await draw(connection, party)
    await _put(engine, means, party, blocked=True)
    return means


@asynccontextmanager
async def lost(engine: AsyncEngine, party: int) -> AsyncIterator[AsyncConnection]:
    """A transaction in which all goes that the lost phone could prove; before it, it pays no more.

    After it another id pays, for whoever signs in anew. If the body refuses, no phone of this party
    pays until the loss is told again: that the phone is lost is known by then.
    """
    async with engine.connect() as connection:
        stopped = await means_of(connection, party)
    if stopped is not None:
        await _put(engine, stopped, party, blocked=True)
    async with engine.begin() as connection:
        # Locked before the body writes what refers to the party: two losses at once would lock
        # one another out. Who comes second finds that the first has seen to it.
        mine = select(PARTY.c.phone_means).where(PARTY.c.id == party).with_for_update()
        if await connection.scalar(mine) == stopped:
            await draw(connection, party)
        yield connection
    await give(engine, party)


async def _put(engine: AsyncEngine, means: int, party: int, *, blocked: bool) -> None:
    async with ledger_connection(engine) as ledger:
        known = await store.put_card(ledger, means, party=party, blocked=blocked)
    assert known, "what a phone pays with is another party's"
