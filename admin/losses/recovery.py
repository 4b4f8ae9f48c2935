"""A lost password, passkey or code has a way back without e-mail: being seen by staff.

What was lost dies at once with every session; a token, printed or shown as a QR code, then lets
the holder set a new secret, once, within a day. Nobody does this for themselves.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, insert, select, update

from admin import events
from admin.events import Event, Happened
from admin.logins import sessions
from admin.logins.tokens import hashed, new_token
from admin.means import phones
from admin.refusals import NotAllowed, RecoveryUnusable, SamePerson
from admin.roles import STAFF, Role
from admin.tables import PASSKEY, PASSWORD, RECOVERY, ROLE_GRANT, TOTP, USERS
from admin.telling import messages
from admin.telling.words import Template

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LIFE: Final = timedelta(days=1)


class FirstHalf(NamedTuple):
    """What makes a recovery wait for a second person: see `admin.people.returning`.

    `grant` is the staff role for which it is given, `by` that of the first person.
    """

    id: UUID
    grant: UUID
    by: UUID
    until: datetime


class Recovering(NamedTuple):
    """A login that may set a new secret; a card alone has no identifier yet."""

    user: UUID
    identifier: str | None


def check_recoverable(held: frozenset[Role], by: Role) -> None:
    """Residents' logins have their way back at any counter, a business's at the association.

    Staff's have theirs by two persons (`admin.people.returning`): nobody at a counter can hand
    themselves the treasurer's login.

    Raises:
        NotAllowed: not this login, or not by this role.
    """
    if held & STAFF or (held - {Role.SOLISTE} and by is not Role.MANAGER):
        raise NotAllowed


async def recover(engine: AsyncEngine, *, user: UUID, actor: UUID, by: Role, at: datetime) -> str:
    """The token of a recovery, as `offer` gives it; what the phone paid with is stopped before.

    Args:
        engine: the ledger hears first that the phone pays no more.
        user: who was seen.
        actor: who saw them.
        by: in which role.
        at: now.

    Raises:
        NotAllowed, SamePerson: as `check_seen` says.
    """
    async with engine.connect() as connection:
        await check_seen(connection, user=user, actor=actor, by=by, at=at)
    async with phone_lost(engine, user) as connection:
        return await offer(connection, user=user, actor=actor, at=at)


@asynccontextmanager
async def phone_lost(engine: AsyncEngine, user: UUID) -> AsyncIterator[AsyncConnection]:
    """A transaction before which the ledger stops what a login's phone pays with, if anything."""
    async with engine.connect() as connection:
        party = await phones.party_of(connection, user)
    async with engine.begin() if party is None else phones.lost(engine, party) as connection:
        yield connection


async def check_seen(
    connection: AsyncConnection, *, user: UUID, actor: UUID, by: Role, at: datetime
) -> None:
    """Whoever has seen the holder of a login, in this role, may give them a new secret.

    Raises:
        NotAllowed: see `check_recoverable`.
        SamePerson: the login is the actor's own, or another one of theirs.
    """
    await check_other_person(connection, user, actor)
    check_recoverable(await _roles(connection, user, at), by)


async def check_other_person(connection: AsyncConnection, user: UUID, actor: UUID) -> None:
    """A login is neither the actor's own nor another one of theirs.

    Raises:
        SamePerson: it is.
    """
    query = select(USERS.c.person).where(USERS.c.id.in_((user, actor)))
    persons = (await connection.execute(query)).scalars().all()
    if user == actor or (persons[0] is not None and len(set(persons)) == 1):
        raise SamePerson


async def _roles(connection: AsyncConnection, user: UUID, at: datetime) -> frozenset[Role]:
    """The roles a user holds now or will hold."""
    until = ROLE_GRANT.c.valid_until
    query = select(ROLE_GRANT.c.role).where(
        ROLE_GRANT.c.user_id == user, until.is_(None) | (until > at)
    )
    return frozenset(map(Role, (await connection.execute(query)).scalars()))


async def take_away(connection: AsyncConnection, user: UUID) -> None:
    """Remove what a user signs in with, apart from card and PIN."""
    for table in (PASSWORD, PASSKEY, TOTP):
        await connection.execute(delete(table).where(table.c.user_id == user))


async def offer(
    connection: AsyncConnection,
    *,
    user: UUID,
    actor: UUID,
    at: datetime,
    first_half: FirstHalf | None = None,
) -> str:
    """The token of a recovery, told here once, for somebody who was seen; the old means are dead.

    With `first_half` sessions end, and the means die when a second person confirms, or one person
    alone could lock everybody out; the token works from then on.

    Raises:
        SamePerson: nobody recovers their own login from behind the counter.
    """
    if user == actor:
        raise SamePerson
    if first_half is None:
        await renew(connection, user=user, actor=actor, at=at)
    else:
        await sessions.revoke_all(connection, user=user, actor=actor, at=at)
        template = Template.ACCESS_CLAIMED
        await messages.queue_to_user(connection, user=user, template=template, at=at)
    earlier = update(RECOVERY).where(RECOVERY.c.user_id == user, RECOVERY.c.used_at.is_(None))
    await connection.execute(earlier.values(used_at=at))
    token = new_token()
    row = {"hash": hashed(token), "user_id": user, "made_by": actor, "expires_at": at + LIFE}
    if first_half is not None:
        number, grant, by, until = first_half
        row |= {"id": number, "for_grant": grant, "offered_by": by, "expires_at": until}
    await connection.execute(insert(RECOVERY).values(**row))
    event = Event(Happened.RECOVERY_OFFERED, actor, object=str(user))
    await events.write(connection, event, at)
    return token


async def renew(connection: AsyncConnection, *, user: UUID, actor: UUID, at: datetime) -> None:
    """End all a login was proved with, and every session; its holder is told."""
    await take_away(connection, user)
    await sessions.revoke_all(connection, user=user, actor=actor, at=at)
    await messages.queue_to_user(connection, user=user, template=Template.ACCESS_RENEWED, at=at)


async def check(connection: AsyncConnection, token: str, at: datetime) -> Recovering:
    """Who a recovery is for; it is not used up.

    Raises:
        RecoveryUnusable: unknown, used, over, or a second person has not confirmed it.
    """
    query = (
        select(USERS.c.id, USERS.c.identifier)
        .join(RECOVERY, RECOVERY.c.user_id == USERS.c.id)
        .where(_usable(token, at), USERS.c.closed_at.is_(None))
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise RecoveryUnusable
    return Recovering(row.id, row.identifier)


async def redeem(connection: AsyncConnection, token: str, at: datetime) -> UUID:
    """The user who may now set a new secret in this transaction; the token is used up.

    Raises:
        RecoveryUnusable: unknown, used, over, or a second person has not confirmed it.
    """
    taken = (
        update(RECOVERY)
        .where(
            _usable(token, at),
            RECOVERY.c.user_id.in_(select(USERS.c.id).where(USERS.c.closed_at.is_(None))),
        )
        .values(used_at=at)
        .returning(RECOVERY.c.user_id)
    )
    user: UUID | None = await connection.scalar(taken)
    if user is None:
        raise RecoveryUnusable
    await events.write(connection, Event(Happened.RECOVERED, user), at)
    return user


def _usable(token: str, at: datetime) -> ColumnElement[bool]:
    mine = (RECOVERY.c.hash == hashed(token)) & RECOVERY.c.used_at.is_(None)
    whole = RECOVERY.c.offered_by.is_(None) | RECOVERY.c.confirmed_by.is_not(None)
    return mine & whole & (RECOVERY.c.expires_at > at)
