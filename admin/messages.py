"""What holders are told: one durable row a message, claimed by one worker, sent once, retried.

A row holds a template's name and ids. The words are made when it leaves, with a neutral subject
and without a name, a sum or a word of aid: whoever reads over a shoulder learns nothing. The
address is read at that moment too, so that an erased person is written to no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from admin import parties
from admin.tables import MESSAGE

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


class Template(StrEnum):
    """The closed list of messages."""

    ACCOUNT_OPENED = "account_opened"
    CARD_BLOCKED = "card_blocked"
    CARD_REPLACED = "card_replaced"
    PIN_SET = "pin_set"
    ACCESS_RENEWED = "access_renewed"
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    MEMBERSHIP_ENDS = "membership_ends"
    MONEY_WAITS = "money_waits"
    MONEY_ARRIVED = "money_arrived"


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
    Template.MEMBERSHIP_ENDS: {
        "fr": "Votre adhésion arrive à son terme. Ce que contient le compte reste à vous.",
        "en": "Your membership comes to its end. What the account holds stays yours.",
    },
    Template.MONEY_WAITS: {
        "fr": "Un versement attend sur votre compte. Connectez-vous pour en savoir plus.",
        "en": "A payment to your account waits. Sign in to learn more.",
    },
    Template.MONEY_ARRIVED: {
        "fr": "Un versement est arrivé sur votre compte. Connectez-vous pour en savoir plus.",
        "en": "A payment has arrived on your account. Sign in to learn more.",
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


def text_of(template: Template, language: str) -> str:
    """What a message says."""
    return WORDS[template][language] + _ENDS[language]


def wait_after(tries: int) -> timedelta:
    """How long the next try waits: a minute, four, sixteen … twelve hours."""
    return min(FIRST_WAIT * int(4 ** (tries - 1)), LONGEST_WAIT)


async def queue(
    connection: AsyncConnection,
    *,
    party: int,
    template: Template,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Tell a party something once the caller's transaction stands: by e-mail, or by letter."""
    person = await parties.person_of(connection, party)
    row = {
        "id": uuid4(),
        "party": party,
        "template": template,
        "facts": dict(facts or {}),
        "channel": "email" if person and person.email else "letter",
        "queued_at": at,
        "due_at": at,
        "tries": 0,
    }
    await connection.execute(insert(MESSAGE).values(**row))


async def claim(
    connection: AsyncConnection, *, channel: str, at: datetime, count_max: int = CLAIMED_MAX
) -> Sequence[Any]:
    """The oldest messages that are due and nobody else holds; they are this worker's for a while.

    A try is counted when it begins, so that a message that kills its worker is given up too.
    """
    waiting = MESSAGE.c.sent_at.is_(None) & MESSAGE.c.given_up_at.is_(None)
    due = (
        select(MESSAGE.c.id)
        .where(waiting, MESSAGE.c.channel == channel, MESSAGE.c.due_at <= at)
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


async def deliver(engine: AsyncEngine, carrier: Carrier, at: datetime) -> int:
    """Send the e-mails that are due, once each; how many left.

    What a carrier could not take is tried again later, and given up after twelve tries.
    """
    async with engine.begin() as connection:
        claimed = await claim(connection, channel="email", at=at)
    left = 0
    for row in claimed:
        async with engine.connect() as connection:
            letter = await _letter(connection, row)
        left += await _send(engine, carrier, row, letter, at)
    return left


async def _letter(connection: AsyncConnection, row: Any) -> Letter | None:
    person = await parties.person_of(connection, row.party)
    if person is None or person.email is None:
        return None
    text = text_of(Template(row.template), person.language)
    return Letter(row.id, person.email, SUBJECTS[person.language], text)


async def _send(
    engine: AsyncEngine, carrier: Carrier, row: Any, letter: Letter | None, at: datetime
) -> bool:
    """One try; whether the message left."""
    outcome: dict[str, Any] = {"given_up_at": at}
    if letter is not None:
        try:
            await carrier.carry(letter)
            outcome = {"sent_at": at}
        except OSError:
            if row.tries < TRIES_MAX:
                outcome = {"due_at": at + wait_after(row.tries)}
    async with engine.begin() as connection:
        await connection.execute(update(MESSAGE).where(MESSAGE.c.id == row.id).values(**outcome))
    return "sent_at" in outcome
