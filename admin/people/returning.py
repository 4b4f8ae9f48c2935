"""Staff's logins given back: one person has seen the holder, another confirms, then a token works.

Sessions end when the first says so. What was lost dies when the second confirms, so that nobody
locks others out alone. A login is given back whole: the two are a pair for each staff role of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from admin import events
from admin.events import Event, Happened
from admin.losses import recovery
from admin.losses.recovery import LIFE, FirstHalf
from admin.parties import ISSUER
from admin.people import granting
from admin.people.pairs import Pair, pair_for
from admin.refusals import NotAllowed, SamePerson
from admin.roles import STAFF, Grant, Role
from admin.tables import PERSON, RECOVERY, ROLE_GRANT, USERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

WAITS: Final = timedelta(days=7)
"""So long a second person may take; once they confirm, the token lives as any other."""
LISTED_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Waiting:
    """A login that one person gives back and nobody has set a new secret for yet."""

    id: UUID
    grant: UUID
    role: Role
    party: int
    name: str | None
    offered_by: UUID
    confirmed: bool
    expires_at: datetime


async def offer(
    engine: AsyncEngine, *, number: UUID, role: UUID, by: Grant, at: datetime
) -> str | None:
    """The token for who holds a staff role, told here once; it works once somebody confirms it.

    Args:
        engine: the ledger hears first that the holder's phone pays no more.
        number: what the second person names it by.
        role: a grant of the holder, whom `by` has seen.
        by: the first person.
        at: now.

    Returns:
        None when there is no such staff role, or not for `by`.

    Raises:
        SamePerson: the login is the first person's own, or another one of theirs.
        NotAllowed: it holds another staff role whose first half is not theirs.
    """
    async with engine.connect() as connection:
        target = await _target(connection, role, at)
        if target is None or not (await _pair(connection, target, at)).first.fits(by, at):
            return None
        await recovery.check_other_person(connection, target.user, by.user)
        await _check_pairs(connection, target.user, by, at=at)
    half = FirstHalf(number, role, by.id, at + WAITS)
    async with recovery.phone_lost(engine, target.user) as connection:
        return await recovery.offer(
            connection, user=target.user, actor=by.user, at=at, first_half=half
        )


async def confirm(connection: AsyncConnection, number: UUID, *, by: Grant, at: datetime) -> bool:
    """The second person's half; whether there is one that waits, and for `by`.

    Raises:
        SamePerson: the first person confirms, or the holder.
        NotAllowed: the login holds another staff role that `by` does not confirm.
    """
    waiting = _open(at) & RECOVERY.c.confirmed_by.is_(None) & (RECOVERY.c.id == number)
    row = (await connection.execute(select(RECOVERY).where(waiting))).one_or_none()
    if row is None:
        return False
    target = await _target(connection, row.for_grant, at)
    if target is None or not (await _pair(connection, target, at)).second.fits(by, at):
        return False
    first = await granting.grant_of(connection, row.offered_by)
    if by.is_same_person(first):
        raise SamePerson
    await recovery.check_other_person(connection, target.user, by.user)
    await _check_pairs(connection, target.user, first, by, at=at)
    done = update(RECOVERY).where(waiting).values(confirmed_by=by.id, expires_at=at + LIFE)
    if (await connection.execute(done)).rowcount == 0:
        return False
    await recovery.renew(connection, user=target.user, actor=by.user, at=at)
    event = Event(Happened.RECOVERY_CONFIRMED, by.user, target.party, str(target.user))
    await events.write(connection, event, at)
    return True


async def listed(connection: AsyncConnection, party: int, at: datetime) -> Sequence[Waiting]:
    """What is given back to people of a party, and of all for the association; soonest over first.

    At most 100.
    """
    theirs = ROLE_GRANT.c.party == party
    query = (
        select(RECOVERY, ROLE_GRANT.c.role, ROLE_GRANT.c.party, PERSON.c.name)
        .join(ROLE_GRANT, ROLE_GRANT.c.id == RECOVERY.c.for_grant)
        .join(USERS, USERS.c.id == RECOVERY.c.user_id)
        .outerjoin(PERSON, PERSON.c.id == USERS.c.person)
        .where(_open(at), *(() if party == ISSUER else (theirs,)))
        .order_by(RECOVERY.c.expires_at)
        .limit(LISTED_MAX)
    )
    return [_waiting(row) for row in await connection.execute(query)]


def _waiting(row: Any) -> Waiting:
    return Waiting(
        row.id,
        row.for_grant,
        Role(row.role),
        row.party,
        row.name,
        row.offered_by,
        confirmed=row.confirmed_by is not None,
        expires_at=row.expires_at,
    )


async def _target(connection: AsyncConnection, role: UUID, at: datetime) -> Grant | None:
    """A staff role that is held now."""
    try:
        found = await granting.grant_of(connection, role)
    except NotAllowed:
        return None
    return found if found.role in STAFF and found.held_at(at) else None


async def _check_pairs(
    connection: AsyncConnection,
    user: UUID,
    first: Grant,
    second: Grant | None = None,
    *,
    at: datetime,
) -> None:
    """Who does these halves may do them for each staff role of a login, now held or later.

    Raises:
        NotAllowed: not for one of them.
    """
    for role in await granting.kept(connection, user, at):
        if role.role not in STAFF:
            continue
        pair = await _pair(connection, role, at)
        if not pair.first.fits(first, at) or (second and not pair.second.fits(second, at)):
            raise NotAllowed


async def _pair(connection: AsyncConnection, target: Grant, at: datetime) -> Pair:
    colleagues = await granting.of_the_ccas(connection, target.party, at)
    return pair_for(target, [one for one in colleagues if one.human != target.human])


def _open(at: datetime) -> ColumnElement[bool]:
    mine = RECOVERY.c.offered_by.is_not(None) & RECOVERY.c.used_at.is_(None)
    return mine & (RECOVERY.c.expires_at > at)
