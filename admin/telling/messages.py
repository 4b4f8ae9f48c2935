"""What holders are told: one durable row a message, claimed by one worker, sent once, retried.

A row holds a template's name and ids. The words are made when it leaves, with a neutral subject
and without a name, a sum or a word of aid: whoever reads over a shoulder learns nothing. The
address is read at that moment too, so that an erased person is written to no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from admin import events, parties
from admin.events import Event, Happened
from admin.roles import Role
from admin.tables import MESSAGE, PARTY, PERSON, ROLE_GRANT, USERS
from admin.telling.words import SUBJECTS, Template, text_of, told_by_others, written_by_others

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
        Waiting(row.id, row.queued_at, told_by_others(Template(row.template), row.language))
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
    text = written_by_others(Template(row.template), row.language)
    return Posted(row.id, row.queued_at, address, SUBJECTS[row.language], text, row.language)
