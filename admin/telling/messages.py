"""What holders are told: one durable row a message, claimed by one worker, sent once, retried.

A row holds a template's name and ids. The words are made when it leaves, with a neutral subject
and without a name, a sum or a word of aid: whoever reads over a shoulder learns nothing. The
address is read at that moment too, so that an erased person is written to no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from admin import events, parties
from admin.events import Event, Happened
from admin.roles import Role
from admin.tables import MESSAGE, PARTY, PERSON, ROLE_GRANT, USERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

TRIES_MAX: Final = 12
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=12)
LEASE: Final = timedelta(minutes=10)
"""How long a worker may take to send one; after that another one may claim it."""
CLAIMED_MAX: Final = 50
ADDRESS_LINES_MAX: Final = 6
"""As many as a French envelope has."""

_WAITING: Final = MESSAGE.c.sent_at.is_(None) & MESSAGE.c.given_up_at.is_(None)
_ON_PAPER: Final = (MESSAGE.c.channel == "letter") & _WAITING
_ADDRESS: Final = func.coalesce(MESSAGE.c.former, PERSON.c.postal_address)


class Template(StrEnum):
    """The closed list of messages."""

    ACCOUNT_OPENED = "account_opened"
    CARD_BLOCKED = "card_blocked"
    PHONE_BLOCKED = "phone_blocked"
    CARD_REPLACED = "card_replaced"
    PIN_SET = "pin_set"
    ACCESS_RENEWED = "access_renewed"
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    CONTACT_ADDED = "contact_added"
    DETAILS_CHANGED = "details_changed"
    MEMBERSHIP_ENDS = "membership_ends"
    MONEY_WAITS = "money_waits"
    REDEMPTION_DECIDED = "redemption_decided"
    STANDING_CHANGED = "standing_changed"
    BANK_ACCOUNT_CHANGED = "bank_account_changed"
    MONEY_ARRIVED = "money_arrived"
    APPLICATION_DECIDED = "application_decided"
    BALANCE_ENDS = "balance_ends"
    APPROVAL_ENDS = "approval_ends"


SUBJECTS: Final = {"fr": "Votre compte", "en": "Your account"}
"""The same for every message."""
_ENDS: Final = {
    "fr": "\n\nSi ce n’est pas vous, présentez-vous à un comptoir ou à l’association.\n",
    "en": "\n\nIf this was not you, come to a comptoir or to the association.\n",
}
WORDS: Final[dict[Template, dict[str, str]]] = {
    Template.ACCOUNT_OPENED: {
        "fr": "Votre compte est ouvert.",
        "en": "Your account is open.",
    },
    Template.CARD_BLOCKED: {
        "fr": "Une carte de votre compte a été bloquée. Elle ne sert plus ; le compte reste.",
        "en": "A card of your account was blocked. It works no more; the account stays.",
    },
    Template.PHONE_BLOCKED: {
        "fr": "Le téléphone de votre compte a été bloqué. Il ne paie plus ; le compte reste.",
        "en": "The phone of your account was blocked. It pays no more; the account stays.",
    },
    Template.CARD_REPLACED: {
        "fr": "Une nouvelle carte a été remise pour votre compte ; l’ancienne ne sert plus.",
        "en": "A new card was handed out for your account; the old one works no more.",
    },
    Template.PIN_SET: {
        "fr": "Un nouveau code secret a été choisi pour votre compte.",
        "en": "A new PIN was chosen for your account.",
    },
    Template.ACCESS_RENEWED: {
        "fr": "Les moyens de connexion à votre compte ont été remplacés au guichet.",
        "en": "The means of signing in to your account were replaced at a counter.",
    },
    Template.SIGNED_IN_ELSEWHERE: {
        "fr": "Quelqu’un s’est connecté à votre compte depuis un nouvel appareil.",
        "en": "Somebody signed in to your account on a new device.",
    },
    Template.CONTACT_ADDED: {
        "fr": "Un moyen de vous joindre a été ajouté à votre compte.",
        "en": "A way to reach you was added to your account.",
    },
    Template.DETAILS_CHANGED: {
        "fr": "Ce que votre compte sait de vous, ou comment vous joindre, a été modifié.",
        "en": "What your account knows of you, or how to reach you, was changed.",
    },
    Template.MEMBERSHIP_ENDS: {
        "fr": "Votre adhésion arrive à son terme. Ce que contient le compte reste à vous.",
        "en": "Your membership comes to its end. What the account holds stays yours.",
    },
    Template.MONEY_WAITS: {
        "fr": "Un versement attend sur votre compte. Connectez-vous pour en savoir plus.",
        "en": "A payment to your account waits. Sign in to learn more.",
    },
    Template.REDEMPTION_DECIDED: {
        "fr": "Une demande de votre compte a reçu sa réponse. Connectez-vous pour la lire.",
        "en": "A request of your account was answered. Sign in to read it.",
    },
    Template.STANDING_CHANGED: {
        "fr": "Une décision a été prise au sujet de votre compte. Connectez-vous pour la lire.",
        "en": "A decision was taken about your account. Sign in to read it.",
    },
    Template.BANK_ACCOUNT_CHANGED: {
        "fr": "Les coordonnées bancaires de votre compte ont été modifiées.",
        "en": "The bank account that belongs to your account was changed.",
    },
    Template.MONEY_ARRIVED: {
        "fr": "Un versement est arrivé sur votre compte. Connectez-vous pour en savoir plus.",
        "en": "A payment has arrived on your account. Sign in to learn more.",
    },
    Template.APPLICATION_DECIDED: {
        "fr": "Votre demande a reçu sa réponse. Contactez l’association pour la connaître.",
        "en": "Your application was answered. Contact the association to learn more.",
    },
    Template.BALANCE_ENDS: {
        "fr": "Une partie de ce que contient le compte a une date limite. Regardez votre compte.",
        "en": "Part of what the account holds has a last day. Look at your account.",
    },
    Template.APPROVAL_ENDS: {
        "fr": "Votre agrément arrive bientôt à son terme. Contactez l’association pour la suite.",
        "en": "Your approval comes to its end soon. Contact the association for what follows.",
    },
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it leaves; the same id every time it is tried."""

    id: UUID
    to: str
    subject: str
    text: str


class Carrier(Protocol):
    """What brings a letter on its way; it raises OSError when it could not."""

    async def carry(self, letter: Letter) -> None:
        """Bring it on its way. Asked again with the same id, it may notice."""


_NEWS: Final = {
    "fr": "Il y a du nouveau sur votre compte. Regardez-le : avec votre carte et son code, "
    "ou en vous connectant.",
    "en": "There is news of your account. Look at it: with your card and its code, "
    "or by signing in.",
}
_SECRET: Final = frozenset({Template.MONEY_ARRIVED, Template.BALANCE_ENDS})
"""Only aid and gifts end: who prints a letter, or tells it at a counter, does not learn of them."""


def _told_by_others(template: Template, language: str) -> str:
    """What a message says when somebody else reads it first."""
    return (_NEWS if template in _SECRET else WORDS[template])[language]


def text_of(template: Template, language: str) -> str:
    """What a message says."""
    return WORDS[template][language] + _ENDS[language]


def wait_after(tries: int) -> timedelta:
    """How long the next try waits: a minute, four, sixteen … twelve hours."""
    return min(FIRST_WAIT * int(4 ** (tries - 1)), LONGEST_WAIT)


async def queue(  # noqa: PLR0913  why: whom, what, when, and once
    connection: AsyncConnection,
    *,
    party: int,
    template: Template,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    message: UUID | None = None,
    before: parties.Person | None = None,
) -> None:
    """Tell a party something once the caller's transaction stands: by e-mail, or by letter.

    Two with the same `message`, an id made by the caller, are one. It goes to where the holder was
    reached `before`, if that was anywhere: the row keeps the address until it has left.
    """
    person = await parties.person_of(connection, party)
    row = {"id": message or uuid4(), "party": party, "facts": dict(facts or {})}
    former = before and (before.email or before.postal_address)
    if former and person and former not in {person.email, person.postal_address}:
        row["former"] = former
    await _put(connection, row, before if former else person, template=template, at=at)


async def queue_to_person(
    connection: AsyncConnection, *, person: UUID, template: Template, at: datetime
) -> None:
    """Tell somebody whose account is none of a resident something: a candidate, a shop's login."""
    found = await parties.person(connection, person)
    if found is not None:
        row = {"id": uuid4(), "person": person, "facts": {}}
        await _put(connection, row, found, template=template, at=at)


async def _put(
    connection: AsyncConnection,
    known: dict[str, Any],
    person: parties.Person | None,
    *,
    template: Template,
    at: datetime,
) -> None:
    row = {
        **known,
        "template": template,
        "channel": "email" if person and person.email else "letter",
        "queued_at": at,
        "due_at": at,
        "tries": 0,
    }
    added = insert(MESSAGE).values(**row)
    await connection.execute(added.on_conflict_do_nothing(index_elements=["id"]))


async def queue_to_user(
    connection: AsyncConnection, *, user: UUID, template: Template, at: datetime
) -> None:
    """Tell the holder of a login something: by its account, or without one by its person."""
    own = select(ROLE_GRANT.c.party).where(
        ROLE_GRANT.c.user_id == user, ROLE_GRANT.c.role == Role.SOLISTE
    )
    parties_of = (await connection.execute(own)).scalars().all()
    for party in parties_of:
        await queue(connection, party=party, template=template, at=at)
    if not parties_of:
        person = await connection.scalar(select(USERS.c.person).where(USERS.c.id == user))
        if person is not None:
            await queue_to_person(connection, person=person, template=template, at=at)


async def claim(
    connection: AsyncConnection, *, channel: str, at: datetime, count_max: int = CLAIMED_MAX
) -> Sequence[Any]:
    """The oldest messages that are due and nobody else holds; they are this worker's for a while.

    A try is counted when it begins, so that a message that kills its worker is given up too.
    """
    due = (
        select(MESSAGE.c.id)
        .where(_WAITING, MESSAGE.c.channel == channel, MESSAGE.c.due_at <= at)
        .order_by(MESSAGE.c.due_at)
        .limit(count_max)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(MESSAGE)
        .where(MESSAGE.c.id.in_(due.scalar_subquery()))
        .values(due_at=at + LEASE, tries=MESSAGE.c.tries + 1)
        .returning(MESSAGE)
    )
    rows: Sequence[Any] = (await connection.execute(claimed)).all()
    return rows


async def deliver(
    engine: AsyncEngine, carrier: Carrier, at: datetime, *, count_max: int = CLAIMED_MAX
) -> int:
    """Send the e-mails that are due, once each; how many left.

    What a carrier could not take is tried again later, and given up after twelve tries. Whoever
    dies between sending and marking sends again once the lease is over, under the same id.
    """
    async with engine.begin() as connection:
        claimed = await claim(connection, channel="email", at=at, count_max=count_max)
    left = 0
    for row in claimed:
        async with engine.connect() as connection:
            letter = await _letter(connection, row)
        left += await _send(engine, carrier, row, letter, at)
    return left


async def _letter(connection: AsyncConnection, row: Any) -> Letter | None:
    if row.party is not None:
        person = await parties.person_of(connection, row.party)
    else:
        person = row.person and await parties.person(connection, row.person)
    address = person and (row.former or person.email)
    if person is None or not address:
        return None
    text = text_of(Template(row.template), person.language)
    return Letter(row.id, address, SUBJECTS[person.language], text)


async def _send(
    engine: AsyncEngine, carrier: Carrier, row: Any, letter: Letter | None, at: datetime
) -> bool:
    """One try; whether the message left."""
    outcome: dict[str, Any] = {"given_up_at": at}
    if letter is not None and row.tries <= TRIES_MAX:
        try:
            await carrier.carry(letter)
            outcome = {"sent_at": at}
        except (OSError, ValueError):  # An address no header can hold is tried no less politely.
            if row.tries < TRIES_MAX:
                outcome = {"due_at": at + wait_after(row.tries)}
    if "due_at" not in outcome:
        outcome["former"] = None
    async with engine.begin() as connection:
        await connection.execute(update(MESSAGE).where(MESSAGE.c.id == row.id).values(**outcome))
    return "sent_at" in outcome


class Posted(NamedTuple):
    """A message that leaves on paper, as it is printed."""

    id: UUID
    queued_at: datetime
    address: tuple[str, ...]
    subject: str
    text: str
    language: str


async def letters(
    connection: AsyncConnection, *, at: datetime, count_max: int = CLAIMED_MAX
) -> Sequence[Posted]:
    """The letters to be printed, oldest first; those without an address wait for one."""
    query = (
        select(MESSAGE.c.id, MESSAGE.c.template, MESSAGE.c.queued_at, MESSAGE.c.former, PERSON)
        .outerjoin(PARTY, PARTY.c.id == MESSAGE.c.party)
        .join(PERSON, PERSON.c.id == func.coalesce(MESSAGE.c.person, PARTY.c.person))
        .where(_ON_PAPER, MESSAGE.c.due_at <= at, _ADDRESS.is_not(None))
        .order_by(MESSAGE.c.queued_at, MESSAGE.c.id)
        .limit(count_max)
    )
    return [_posted(row) for row in await connection.execute(query)]


async def mark_posted(connection: AsyncConnection, message: UUID, at: datetime) -> bool:
    """A letter went to the post; whether there is such a letter. Again is no act."""
    mine = (MESSAGE.c.id == message) & (MESSAGE.c.channel == "letter")
    if await connection.scalar(select(MESSAGE.c.id).where(mine)) is None:
        return False
    await connection.execute(update(MESSAGE).where(mine, _WAITING).values(sent_at=at, former=None))
    return True


class Waiting(NamedTuple):
    """A message that nobody can send: to be told to its holder at a counter."""

    id: UUID
    queued_at: datetime
    text: str


async def without_address(connection: AsyncConnection) -> int:
    """How many messages wait for an address, or for their holder to come to a counter."""
    query = (
        select(func.count())
        .select_from(MESSAGE)
        .outerjoin(PARTY, PARTY.c.id == MESSAGE.c.party)
        .join(PERSON, PERSON.c.id == func.coalesce(MESSAGE.c.person, PARTY.c.person))
        .where(_ON_PAPER, _ADDRESS.is_(None))
    )
    return int(await connection.scalar(query) or 0)


async def waiting_for(connection: AsyncConnection, party: int) -> Sequence[Waiting]:
    """What a holder who cannot be written to is told at a counter, oldest first."""
    query = (
        select(MESSAGE.c.id, MESSAGE.c.queued_at, MESSAGE.c.template, PERSON.c.language)
        .join(PARTY, PARTY.c.id == MESSAGE.c.party)
        .join(PERSON, PERSON.c.id == PARTY.c.person)
        .where(_ON_PAPER, _ADDRESS.is_(None), MESSAGE.c.party == party)
        .order_by(MESSAGE.c.queued_at, MESSAGE.c.id)
        .limit(CLAIMED_MAX)
    )
    rows = (await connection.execute(query)).all()
    return [
        Waiting(row.id, row.queued_at, _told_by_others(Template(row.template), row.language))
        for row in rows
    ]


async def mark_told(
    connection: AsyncConnection, *, party: int, message: UUID, actor: UUID, at: datetime
) -> bool:
    """A message was told at a counter; whether the holder has such a letter. Again is no act."""
    mine = (MESSAGE.c.id == message) & (MESSAGE.c.party == party) & (MESSAGE.c.channel == "letter")
    if await connection.scalar(select(MESSAGE.c.id).where(mine)) is None:
        return False
    told = update(MESSAGE).where(mine, _WAITING).values(sent_at=at, former=None)
    if (await connection.execute(told)).rowcount:
        event = Event(Happened.MESSAGE_TOLD, actor, party, str(message))
        await events.write(connection, event, at)
    return True


def _posted(row: Any) -> Posted:
    lines = [row.name, *(row.former or row.postal_address).splitlines()]
    address = tuple(line.strip() for line in lines if line.strip())[:ADDRESS_LINES_MAX]
    text = _told_by_others(Template(row.template), row.language) + _ENDS[row.language]
    return Posted(row.id, row.queued_at, address, SUBJECTS[row.language], text, row.language)
