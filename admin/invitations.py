"""Invitations: a token that makes one user act for one party, once, until it runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from admin import events, granting
from admin.events import Event, Happened
from admin.refusals import InvitationUnusable
from admin.roles import Grant, Role
from admin.tables import INVITATION, USERS
from admin.tokens import hashed, new_token

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

LIFE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A role for a party, offered by one user and, for staff, confirmed by another.

    `by` and `confirmed_by` are the grants in which they did so.
    """

    id: UUID
    party: int
    role: Role
    by: Grant
    confirmed_by: Grant | None = None


async def invite(
    connection: AsyncConnection, offered: Invitation, at: datetime, *, token: str | None = None
) -> str:
    """The token of a new invitation, told here once; a caller that can make it again gives it."""
    token = token or new_token()
    row = {
        "hash": hashed(token),
        "id": offered.id,
        "party": offered.party,
        "role": offered.role,
        "invited_by": offered.by.id,
        "confirmed_by": offered.confirmed_by.id if offered.confirmed_by else None,
        "expires_at": at + LIFE,
    }
    await connection.execute(insert(INVITATION).values(**row))
    facts = {"role": offered.role}
    event = Event(Happened.INVITED, offered.by.user, offered.party, str(offered.id), facts)
    await events.write(connection, event, at)
    return token


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
        InvitationUnusable: unknown, used or over.
        NotAllowed, SamePerson, RoleMisfit, UnknownParty: those who offered it may not.
    """
    taken = (
        update(INVITATION)
        .where(
            INVITATION.c.hash == hashed(token),
            INVITATION.c.used_at.is_(None),
            INVITATION.c.expires_at > at,
        )
        .values(used_at=at, used_by=user)
        .returning(INVITATION)
    )
    row = (await connection.execute(taken)).one_or_none()
    if row is None:
        raise InvitationUnusable
    person = await connection.scalar(select(USERS.c.person).where(USERS.c.id == user))
    by = await granting.grant_of(connection, row.invited_by)
    second = row.confirmed_by and await granting.grant_of(connection, row.confirmed_by)
    new = Grant(grant, user, person, row.party, Role(row.role), since=at)
    await granting.grant(connection, new, at=at, by=by, confirmed_by=second)
    event = Event(Happened.INVITATION_ACCEPTED, user, row.party, str(row.id))
    await events.write(connection, event, at)
    return new
