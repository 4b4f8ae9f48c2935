"""An account opened at a counter in three minutes, with neither e-mail nor phone.

It may be asked again until it is whole: the ids are the caller's, and what one try has done the
next one finds. The ledger is told last, so that no card pays before its holder is written down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from admin import events, parties
from admin.events import Event, Happened
from admin.ledger_door import ledger_connection
from admin.logins import pins
from admin.means import card_numbers, cards, phones
from admin.people import granting, memberships
from admin.roles import Grant, PartyClass, Role
from admin.tables import CARD, EVENT, PARTY, PERSON, ROLE_GRANT, USERS
from admin.telling import messages
from admin.telling.words import Template
from ledger import store
from ledger.chart import AccountClass

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from admin.parties import Person
    from admin.pepper import Pepper
    from ledger.policies import Limits


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to be opened: who for, in which tier, with which card of which stock.

    `user`, `grant` and `membership` are ids made by the caller, once for all tries.
    """

    person: Person
    user: UUID
    grant: UUID
    membership: UUID
    place: int
    card_number: str
    pin: str = field(repr=False)
    actor: UUID
    tier: int = 0
    document_seen: bool = False


class Opened(NamedTuple):
    """A soliste's account: the party, its wallet in the ledger, its card, its means by phone.

    `again` when an earlier try had opened it.
    """

    party: int
    wallet: int
    card: int
    phone: int
    again: bool = False


class AnotherOpening(Exception):
    """These ids opened an account for somebody else, or with another card."""


async def open_account(
    engine: AsyncEngine, pepper: Pepper, wanted: Opening, limits: Limits, at: datetime
) -> Opened:
    """Open a soliste's account; again finishes what was begun.

    Raises:
        IdentityIncomplete: the tier needs more.
        PinGuessable: the holder chooses another.
        UnknownCard, CardNotInStock: not this card.
        AnotherOpening: begun before for another name, birth date, tier or card.
    """
    parties.check_tier(wanted.tier, wanted.person, document_seen=wanted.document_seen)
    async with ledger_connection(engine) as ledger:
        wallet = await store.next_account_id(ledger)
    async with engine.begin() as connection:
        first = await _first(connection, wanted.user, at)
        if first:
            party = await _add_holder(connection, wanted, wallet, at)
            await _equip(connection, pepper, wanted, party, at)
            await _tell(connection, wanted, party, limits, at)
        else:
            await _check_same(connection, wanted)
        opened = await _opened(connection, wanted)
    await _tell_ledger(engine, opened, parties.balance_cap_cents(wanted.tier, limits))
    return opened._replace(again=not first)


async def _first(connection: AsyncConnection, user: UUID, at: datetime) -> bool:
    """Whether this is the first try; one that comes while another runs waits for it here."""
    row = insert(USERS).values(id=user, opened_at=at)
    made = await connection.execute(row.on_conflict_do_nothing(index_elements=["id"]))
    return made.rowcount == 1


async def _add_holder(
    connection: AsyncConnection, wanted: Opening, wallet: int, at: datetime
) -> int:
    person = wanted.person
    await parties.add_person(connection, person)
    await connection.execute(
        update(USERS).where(USERS.c.id == wanted.user).values(person=person.id)
    )
    party = await parties.add_party(
        connection, PartyClass.SOLISTE, at, person=person.id, tier=wanted.tier, wallet=wallet
    )
    await phones.draw(connection, party)
    own = Grant(wanted.grant, wanted.user, person.id, party, Role.SOLISTE, since=at)
    await granting.grant(connection, own, at=at)
    return party


async def _equip(
    connection: AsyncConnection, pepper: Pepper, wanted: Opening, party: int, at: datetime
) -> None:
    await cards.hand_out(
        connection,
        number=wanted.card_number,
        place=wanted.place,
        party=party,
        user=wanted.user,
        actor=wanted.actor,
        at=at,
    )
    await pins.set_pin(
        connection, pepper, user=wanted.user, pin=wanted.pin, actor=wanted.actor, at=at
    )


async def _tell(
    connection: AsyncConnection, wanted: Opening, party: int, limits: Limits, at: datetime
) -> None:
    fee_cents = memberships.fee_of(limits, business=False)
    await memberships.ask(
        connection, party=party, membership=wanted.membership, fee_cents=fee_cents, at=at
    )
    event = Event(Happened.ACCOUNT_OPENED, wanted.actor, party, facts={"tier": wanted.tier})
    await events.write(connection, event, at)
    await messages.queue(connection, party=party, template=Template.ACCOUNT_OPENED, at=at)


async def _check_same(connection: AsyncConnection, wanted: Opening) -> None:
    """The opening that was begun is this one; what was learnt of the holder since is no matter."""
    query = (
        select(PERSON.c.name, PERSON.c.birth_date, CARD.c.number, EVENT.c.facts["tier"])
        .join(USERS, USERS.c.person == PERSON.c.id)
        .join(CARD, CARD.c.user_id == USERS.c.id)
        .join(EVENT, EVENT.c.party == CARD.c.party)
        .where(USERS.c.id == wanted.user, CARD.c.replaces.is_(None))
        .where(EVENT.c.act == Happened.ACCOUNT_OPENED)
    )
    begun = (await connection.execute(query)).one_or_none()
    person = wanted.person
    asked = (person.name, person.birth_date, card_numbers.read(wanted.card_number), wanted.tier)
    if begun is None or tuple(begun) != asked:
        raise AnotherOpening


async def _opened(connection: AsyncConnection, wanted: Opening) -> Opened:
    """What stands of this opening, for whichever try asks."""
    query = (
        select(PARTY.c.id, PARTY.c.wallet, CARD.c.id.label("card"), PARTY.c.phone_means)
        .join(ROLE_GRANT, ROLE_GRANT.c.party == PARTY.c.id)
        .join(CARD, CARD.c.user_id == ROLE_GRANT.c.user_id)
        .where(ROLE_GRANT.c.id == wanted.grant, CARD.c.replaces.is_(None))
    )
    return Opened(*(await connection.execute(query)).one())


async def _tell_ledger(engine: AsyncEngine, opened: Opened, ceiling_cents: int) -> None:
    async with ledger_connection(engine) as ledger:
        await store.open_account(
            ledger,
            AccountClass.WALLET,
            account=opened.wallet,
            party=opened.party,
            ceiling=ceiling_cents,
        )
        for card in (opened.card, opened.phone):
            known = await store.put_card(ledger, card, party=opened.party, blocked=False)
            assert known, "a card's number is another party's"
