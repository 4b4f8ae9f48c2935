"""Parties, the persons behind some of them, and the tiers of what is known of a holder.

A party is a number that holds accounts. What is known of a human being stands in one row that may
be erased: the party, its balances and its history then go on without a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from admin import events
from admin.events import Event, Happened
from admin.ledger_door import ledger_connection
from admin.refusals import IdentifierTaken, IdentityIncomplete, UnknownParty
from admin.roles import PartyClass
from admin.tables import MESSAGE, PARTY, PARTY_NUMBER, PASSKEY, PASSWORD, PERSON, TOTP, USERS
from ledger import store

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ledger.policies import Limits

ISSUER: Final = 1
"""The association itself."""
TIER_CONTACT: Final = 1
TIER_DOCUMENT: Final = 2

_KEEP_CARDS: Final = (
    PartyClass.ISSUER,
    PartyClass.MERCHANT,
    PartyClass.ASSOCIATION,
    PartyClass.CCAS,
)


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a human being: for tier 0 a name of their choice is enough."""

    id: UUID
    name: str
    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None
    postal_address: str | None = None
    language: str = "fr"

    @property
    def reachable(self) -> bool:
        """Whether there is a way to write or to call."""
        return any((self.email, self.phone, self.postal_address))


def check_tier(tier: int, person: Person, *, document_seen: bool) -> None:
    """T0 takes a name, T1 a birth date and a way to reach the holder, T2 a document that was seen.

    Raises:
        IdentityIncomplete: with what this tier lacks.
    """
    if tier >= TIER_CONTACT and person.birth_date is None:
        raise IdentityIncomplete("birth_date")
    if tier >= TIER_CONTACT and not person.reachable:
        raise IdentityIncomplete("contact")
    if tier >= TIER_DOCUMENT and not document_seen:
        raise IdentityIncomplete("document")


def balance_cap_cents(tier: int, limits: Limits) -> int:
    """How far purchases and persons may fill a wallet: 150.00, 1,000.00 or 3,000.00 BSL."""
    caps_cents = (
        limits.balance_tier0_max_cents,
        limits.balance_tier1_max_cents,
        limits.balance_tier2_max_cents,
    )
    return caps_cents[tier]


def identifier_of(text: str) -> str:
    """An identifier as it is stored and looked for: small letters, nothing that does not print."""
    return "".join(filter(str.isprintable, text)).strip().casefold()


async def add_person(connection: AsyncConnection, person: Person) -> None:
    """Write down what is known of somebody."""
    await connection.execute(
        insert(PERSON).values(
            id=person.id,
            name=person.name,
            birth_date=person.birth_date,
            email=person.email,
            phone=person.phone,
            postal_address=person.postal_address,
            language=person.language,
        )
    )


async def person_of(connection: AsyncConnection, party: int) -> Person | None:
    """Who a party is; None when it is no human being, or one that was erased."""
    query = select(PERSON).join(PARTY, PARTY.c.person == PERSON.c.id).where(PARTY.c.id == party)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Person(**row._mapping)  # noqa: SLF001  why: a public name of Row


async def add_party(
    connection: AsyncConnection,
    party_class: PartyClass,
    at: datetime,
    *,
    person: UUID | None = None,
    tier: int = 0,
    wallet: int | None = None,
) -> int:
    """A new party; its number."""
    number = int(await connection.scalar(PARTY_NUMBER.next_value()))
    row = {"id": number, "class": party_class, "person": person, "tier": tier, "wallet": wallet}
    await connection.execute(insert(PARTY).values(**row, opened_at=at))
    return number


async def check_keeps_cards(connection: AsyncConnection, party: int) -> None:
    """Cards lie with the association, a comptoir or a CCAS.

    Raises:
        UnknownParty: this number is none of theirs.
    """
    query = select(PARTY.c.id).where(
        PARTY.c.id == party, PARTY.c["class"].in_(_KEEP_CARDS), PARTY.c.closed_at.is_(None)
    )
    if await connection.scalar(query) is None:
        raise UnknownParty


async def add_user(
    connection: AsyncConnection,
    *,
    user: UUID,
    person: UUID | None,
    identifier: str | None,
    at: datetime,
) -> None:
    """A new login; without an identifier it has a card alone.

    Raises:
        IdentifierTaken: another login has it.
    """
    name = None if identifier is None else identifier_of(identifier)
    row = {"id": user, "person": person, "identifier": name, "opened_at": at}
    made = upsert(USERS).values(**row).on_conflict_do_nothing(index_elements=["identifier"])
    if (await connection.execute(made)).rowcount == 0:
        raise IdentifierTaken


async def raise_tier(  # noqa: PLR0913  why: who saw what of whom
    engine: AsyncEngine,
    *,
    party: int,
    tier: int,
    document_seen: bool,
    limits: Limits,
    actor: UUID,
    at: datetime,
) -> None:
    """More is known of a holder, so the wallet may hold more, and never less; again is no act.

    Raises:
        UnknownParty: nobody open has this number, or their person was erased.
        IdentityIncomplete: this tier lacks something.
    """
    async with engine.begin() as connection:
        person = await person_of(connection, party)
        if person is None:
            raise UnknownParty
        check_tier(tier, person, document_seen=document_seen)
        raised = (
            update(PARTY)
            .where(PARTY.c.id == party, PARTY.c.closed_at.is_(None))
            .values(tier=func.greatest(PARTY.c.tier, tier))
            .returning(PARTY.c.wallet, PARTY.c.tier)
        )
        row = (await connection.execute(raised)).one_or_none()
        if row is None or row.wallet is None:
            raise UnknownParty
        event = Event(Happened.TIER_RAISED, actor, party, facts={"tier": row.tier})
        await events.write(connection, event, at)
    async with ledger_connection(engine) as ledger:
        await store.set_ceiling(ledger, row.wallet, balance_cap_cents(row.tier, limits))


async def erase(
    connection: AsyncConnection, *, person: UUID, actor: UUID | None, at: datetime
) -> None:
    """Forget a human being: name, contact, logins and their secrets. Acts and balances stay."""
    logins = select(USERS.c.id).where(USERS.c.person == person).scalar_subquery()
    for table in (PASSWORD, PASSKEY, TOTP):
        await connection.execute(delete(table).where(table.c.user_id.in_(logins)))
    nameless = update(USERS).where(USERS.c.person == person).values(identifier=None)
    await connection.execute(nameless)
    theirs = select(PARTY.c.id).where(PARTY.c.person == person).scalar_subquery()
    forgotten = update(MESSAGE).where(MESSAGE.c.party.in_(theirs)).values(former=None)
    await connection.execute(forgotten.where(MESSAGE.c.former.is_not(None)))
    await connection.execute(delete(PERSON).where(PERSON.c.id == person))
    await events.write(connection, Event(Happened.PERSON_ERASED, actor), at)


async def close(connection: AsyncConnection, party: int, at: datetime) -> None:
    """A party gets no more roles; its acts and its history stay."""
    closed = update(PARTY).where(PARTY.c.id == party, PARTY.c.closed_at.is_(None))
    await connection.execute(closed.values(closed_at=at))


async def person(connection: AsyncConnection, number: UUID) -> Person | None:
    """What is known of a human being by the id of the row; None when it was erased."""
    row = (await connection.execute(select(PERSON).where(PERSON.c.id == number))).one_or_none()
    return None if row is None else Person(**row._mapping)  # noqa: SLF001  why: as above
