"""Whom a person may send money to: the holder of a card, by the number they read out.

The payer learns an initial and nothing else, and only of a number whose check digit is right and
whose card is in use: any other number is answered as one that no card has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from admin import parties
from admin.means import cards
from admin.means.card_numbers import NUMBER_DIGITS, read
from admin.refusals import PayeeIsPayer, UnknownCard
from admin.tables import PARTY

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Payee(NamedTuple):
    """Who would be paid: the wallet, and what the payer is shown."""

    party: int
    wallet: int
    initial: str


def initial_of(name: str) -> str:
    """The first letter of a name, as a payer is shown it: Camille is "C."."""
    letters = [character for character in name if character.isalpha()]
    return f"{letters[0].upper()}." if letters else "?"


async def of_card(connection: AsyncConnection, number: str, *, payer: int) -> Payee:
    """The holder of a card in use, named by its own number.

    Raises:
        UnknownCard: misread, no card's, in stock, blocked, or of nobody who may be sent money.
        PayeeIsPayer: the card is of the account that pays.
    """
    if len(read(number)) != NUMBER_DIGITS:
        raise UnknownCard
    card = await cards.by_number(connection, number)
    if card.status != "handed" or card.party is None:
        raise UnknownCard
    if card.party == payer:
        raise PayeeIsPayer
    wallet = await connection.scalar(
        select(PARTY.c.wallet).where(PARTY.c.id == card.party, PARTY.c.closed_at.is_(None))
    )
    if wallet is None:
        raise UnknownCard
    person = await parties.person_of(connection, card.party)
    return Payee(card.party, wallet, initial_of(person.name if person else ""))
