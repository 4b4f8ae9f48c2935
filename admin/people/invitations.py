"""Invitations: a token that makes one user act for one party, once, until it runs out.

One to a staff role is offered by one person and confirmed by another before it works.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from admin import events
from admin.events import Event, Happened
from admin.logins.tokens import hashed, new_token
from admin.people import granting
from admin.refusals import InvitationUnusable, ListFull
from admin.roles import STAFF, Grant, Role, check_second
from admin.tables import INVITATION, ROLE_GRANT, USERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

LIFE: Final = timedelta(days=7)
LISTED_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Invitation:
    """A role for a party, offered by one user and, for staff, confirmed by another.

    `by` and `confirmed_by` are the grants in which they did so; a deputy has `since` and `until`.
    """

    id: UUID
    party: int
    role: Role
    by: Grant
    confirmed_by: Grant | None = None
    since: datetime | None = None
    until: datetime | None = None
    deputy_for: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """An invitation that nobody has taken up yet, as those who offered it see it."""

    id: UUID
    party: int
    role: Role
    confirmed: bool
    expires_at: datetime
    since: datetime | None
    until: datetime | None
    deputy_for: UUID | None


async def invite(
    connection: AsyncConnection, offered: Invitation, at: datetime, *, token: str | None = None
) -> str:
    """The token of a new invitation, told here once; a flow that can make it again gives it.

    Raises:
        NotAllowed, RoleMisfit, DeputyUndated, UnknownParty: who offers it may not.
        ListFull: 100 of the same party wait to be taken up.
    """
    if token is None and len(await listed(connection, offered.by.party, at)) >= LISTED_MAX:
        raise ListFull(LISTED_MAX)
    nobody = Grant(
        offered.id,
        offered.id,
        None,
        offered.party,
        offered.role,
        since=offered.since or at,
        until=offered.until,
        deputy_for=offered.deputy_for,
    )
    await granting.check_offer(connection, nobody, offered.by, at)
    token = token or new_token()
    row = {
        "hash": hashed(token),
        "id": offered.id,
        "party": offered.party,
        "role": offered.role,
        "invited_by": offered.by.id,
        "confirmed_by": offered.confirmed_by.id if offered.confirmed_by else None,
        "valid_from": offered.since,
        "valid_until": offered.until,
        "deputy_for": offered.deputy_for,
        "expires_at": at + LIFE,
    }
    await connection.execute(insert(INVITATION).values(**row))
    facts = {"role": offered.role}
    event = Event(Happened.INVITED, offered.by.user, offered.party, str(offered.id), facts)
    await events.write(connection, event, at)
    return token


async def confirm(
    connection: AsyncConnection, invitation: UUID, *, by: Grant, at: datetime
) -> bool:
    """The second person's half of an invitation to a staff role; whether there is such a one.

    Raises:
        NotAllowed, SamePerson: `by` does not make a pair with who offered it.
    """
    mine = (INVITATION.c.id == invitation) & _open(at) & _offered_by(by.party)
    waiting = mine & INVITATION.c.confirmed_by.is_(None) & INVITATION.c.role.in_(STAFF)
    row = (await connection.execute(select(INVITATION).where(waiting))).one_or_none()
    if row is None:
        return False
    first = await granting.grant_of(connection, row.invited_by)
    new = Grant(row.id, row.id, None, row.party, Role(row.role), since=at)
    check_second(first, by, await granting.check_first(connection, new, first, at), at)
    done = update(INVITATION).where(waiting).values(confirmed_by=by.id)
    if (await connection.execute(done)).rowcount == 0:
        return False
    event = Event(Happened.INVITATION_CONFIRMED, by.user, row.party, str(row.id))
    await events.write(connection, event, at)
    return True


async def withdraw(
    connection: AsyncConnection, invitation: UUID, *, by: Grant, at: datetime
) -> bool:
    """End an invitation before anybody takes it up; whether there was one."""
    mine = (INVITATION.c.id == invitation) & _open(at) & _offered_by(by.party)
    ended = update(INVITATION).where(mine).values(used_at=at).returning(INVITATION.c.party)
    party = await connection.scalar(ended)
    if party is None:
        return False
    event = Event(Happened.INVITATION_WITHDRAWN, by.user, party, str(invitation))
    await events.write(connection, event, at)
    return True


async def listed(connection: AsyncConnection, party: int, at: datetime) -> Sequence[Offered]:
    """What persons of a party have offered and nobody has taken up, at most 100, soonest over."""
    query = select(INVITATION).where(_open(at), _offered_by(party))
    rows = await connection.execute(query.order_by(INVITATION.c.expires_at).limit(LISTED_MAX))
    return [
        Offered(
            row.id,
            row.party,
            Role(row.role),
            confirmed=row.confirmed_by is not None or row.role not in STAFF,
            expires_at=row.expires_at,
            since=row.valid_from,
            until=row.valid_until,
            deputy_for=row.deputy_for,
        )
        for row in rows
    ]


async def check(connection: AsyncConnection, token: str, at: datetime) -> None:
    """An invitation that can be taken up; it is not used up.

    Raises:
        InvitationUnusable: unknown, used, over, or a second person has not confirmed it.
    """
    query = select(INVITATION.c.id).where(INVITATION.c.hash == hashed(token), _usable(at))
    if await connection.scalar(query) is None:
        raise InvitationUnusable


async def accept(
    connection: AsyncConnection, token: str, *, user: UUID, grant: UUID, at: datetime
) -> Grant:
    """Take an invitation up: the user acts for the party from now on. Who comes second is refused.

    Args:
        connection: in the caller's transaction.
        token: what the invitation says.
        user: who takes it up, signed in or just made.
        grant: the id of the role's grant, made by the caller.
        at: now.

    Raises:
        InvitationUnusable: unknown, used, over, or a second person has not confirmed it.
        NotAllowed, SamePerson, RoleMisfit, UnknownParty: those who offered it may not.
    """
    taken = update(INVITATION).where(INVITATION.c.hash == hashed(token), _usable(at))
    taken = taken.values(used_at=at, used_by=user)
    row = (await connection.execute(taken.returning(INVITATION))).one_or_none()
    if row is None:
        raise InvitationUnusable
    person = await connection.scalar(select(USERS.c.person).where(USERS.c.id == user))
    by = await granting.grant_of(connection, row.invited_by)
    second = row.confirmed_by and await granting.grant_of(connection, row.confirmed_by)
    new = _grant(row, Grant(grant, user, person, row.party, Role(row.role), since=at))
    await granting.grant(connection, new, at=at, by=by, confirmed_by=second)
    event = Event(Happened.INVITATION_ACCEPTED, user, row.party, str(row.id))
    await events.write(connection, event, at)
    return new


def _grant(row: Any, new: Grant) -> Grant:
    """With the days and the person an invitation names; nothing begins before it is taken up."""
    since = max(new.since, row.valid_from or new.since)
    return replace(new, since=since, until=row.valid_until, deputy_for=row.deputy_for)


def _open(at: datetime) -> ColumnElement[bool]:
    return INVITATION.c.used_at.is_(None) & (INVITATION.c.expires_at > at)


def _usable(at: datetime) -> ColumnElement[bool]:
    alone = INVITATION.c.role.not_in(STAFF)
    return _open(at) & (alone | INVITATION.c.confirmed_by.is_not(None))


def _offered_by(party: int) -> ColumnElement[bool]:
    theirs = select(ROLE_GRANT.c.id).where(ROLE_GRANT.c.party == party)
    return INVITATION.c.invited_by.in_(theirs)
