"""A holder's account as staff see it: who, since when, with which card; never what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from admin import parties
from admin.means import cards
from admin.refusals import UnknownCard, UnknownParty
from admin.roles import PartyClass
from admin.tables import PARTY, USERS
from admin.telling import messages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.means.cards import Card
    from admin.parties import Person
    from admin.telling.messages import Waiting


@dataclass(frozen=True, slots=True)
class Account:
    """A soliste's account: `person` is None once erased, `card` is the one handed out last.

    `waiting` are the messages that nobody can send: the holder is told them at a counter.
    """

    party: int
    tier: int
    opened_at: datetime
    person: Person | None
    card: Card | None
    waiting: Sequence[Waiting] = ()


async def account(connection: AsyncConnection, party: int) -> Account:
    """The account of a soliste.

    Raises:
        UnknownParty: no open account of a soliste has this number.
    """
    query = select(PARTY.c.tier, PARTY.c.opened_at).where(
        PARTY.c.id == party,
        PARTY.c["class"] == PartyClass.SOLISTE,
        PARTY.c.closed_at.is_(None),
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise UnknownParty
    person = await parties.person_of(connection, party)
    try:
        card = await cards.latest_of(connection, party)
    except UnknownCard:
        card = None
    waiting = await messages.waiting_for(connection, party)
    return Account(party, row.tier, row.opened_at, person, card, waiting)


async def user_of(connection: AsyncConnection, identifier: str) -> UUID:
    """The login with an identifier.

    Raises:
        UnknownParty: nobody's.
    """
    query = select(USERS.c.id).where(
        USERS.c.identifier == parties.identifier_of(identifier), USERS.c.closed_at.is_(None)
    )
    user: UUID | None = await connection.scalar(query)
    if user is None:
        raise UnknownParty
    return user


async def user_of_card(connection: AsyncConnection, number: str) -> UUID:
    """The login of who was handed a card.

    Raises:
        UnknownCard: misread, no card's, or nobody's yet.
    """
    card = await cards.by_number(connection, number)
    if card.user is None:
        raise UnknownCard
    return card.user
