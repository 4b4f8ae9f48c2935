"""Roles given and taken back. A staff role is granted by one person and confirmed by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from admin import events
from admin.events import Event, Happened
from admin.refusals import LastOwner, NotAllowed, UnknownParty
from admin.roles import (
    MAY,
    OF_THE_CCAS,
    SECOND,
    STAFF,
    Act,
    Grant,
    PartyClass,
    Role,
    check_giver,
    check_grant,
    check_may,
    check_second,
    may_end,
)
from admin.tables import PARTY, PERSON, ROLE_GRANT, USERS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

LISTED_MAX: Final = 100


async def grant(
    connection: AsyncConnection,
    new: Grant,
    *,
    at: datetime,
    by: Grant | None = None,
    confirmed_by: Grant | None = None,
) -> None:
    """Give a role. A staff role needs two persons, both other than the one who gets it.

    Args:
        connection: in the caller's transaction.
        new: what is given; `new.id` is the caller's, so that again is refused by the database.
        at: now.
        by: who gives it; None for what a flow gives by itself (a soliste's own, an approved
            merchant's first) and for the first staff of an installation.
        confirmed_by: the second person.

    Raises:
        NotAllowed, SamePerson: the two do not make a pair, or nobody gave a staff role.
        RoleMisfit, DeputyUndated: as `check_grant` says.
        UnknownParty: no open party has this number.
    """
    deputised = None if new.deputy_for is None else await grant_of(connection, new.deputy_for)
    check_grant(new, await _class_of(connection, new.party), deputised)
    if new.role in STAFF:
        await _check_two(connection, new, by, confirmed_by, at)
    elif by is not None:
        check_giver(new, by, at)
    await connection.execute(insert(ROLE_GRANT).values(**_row(new, by, confirmed_by)))
    facts = {"role": new.role, "user": str(new.user)}
    actor = by.user if by else None
    event = Event(Happened.ROLE_GRANTED, actor, new.party, str(new.id), facts)
    await events.write(connection, event, at)


def _row(new: Grant, by: Grant | None, confirmed_by: Grant | None) -> dict[str, Any]:
    return {
        "id": new.id,
        "user_id": new.user,
        "party": new.party,
        "role": new.role,
        "valid_from": new.since,
        "valid_until": new.until,
        "granted_by": by.user if by else None,
        "confirmed_by": confirmed_by.user if confirmed_by else None,
        "deputy_for": new.deputy_for,
    }


async def _check_two(
    connection: AsyncConnection,
    new: Grant,
    by: Grant | None,
    confirmed_by: Grant | None,
    at: datetime,
) -> None:
    if by is None and confirmed_by is None:
        if await founded(connection, at):
            raise NotAllowed
        return
    if by is None or confirmed_by is None or new.human in (by.human, confirmed_by.human):
        raise NotAllowed
    check_second(by, confirmed_by, await check_first(connection, new, by, at), at)


async def check_first(connection: AsyncConnection, new: Grant, by: Grant, at: datetime) -> Act:
    """The act by which a staff role is given; whoever does its first half may.

    Raises:
        NotAllowed: not in this role, or a CCAS of two or more persons is another party.
    """
    act = Act.GRANT_ROLE
    if new.role is Role.CASH_OFFICER and by.role in MAY[Act.ADMIT_MERCHANT]:
        act = Act.ADMIT_MERCHANT  # the two who approved a public body give its first role
    if new.role in OF_THE_CCAS and await _stands_alone(connection, new.party, at):
        act = Act.GRANT_CCAS_ROLE
        if by.party != new.party:
            raise NotAllowed
    check_may(by, act, at)
    return act


async def check_offer(connection: AsyncConnection, new: Grant, by: Grant, at: datetime) -> None:
    """A role that `by` may offer, alone or as the first of two, whoever takes it up.

    Raises:
        NotAllowed, RoleMisfit, DeputyUndated, UnknownParty: as `grant` says.
    """
    deputised = None if new.deputy_for is None else await grant_of(connection, new.deputy_for)
    check_grant(new, await _class_of(connection, new.party), deputised)
    if new.role in STAFF:
        await check_first(connection, new, by, at)
    else:
        check_giver(new, by, at)


async def founded(connection: AsyncConnection, at: datetime) -> bool:
    """Whether two persons can give roles: until then an installation's operator gives them."""
    query = _grants().where(ROLE_GRANT.c.role.in_(MAY[Act.GRANT_ROLE] | SECOND[Act.GRANT_ROLE]))
    grants = [_grant(row) for row in await connection.execute(query)]
    held = [one for one in grants if one.held_at(at)]
    first = {one.human for one in held if one.role in MAY[Act.GRANT_ROLE]}
    second = {one.human for one in held if one.role in SECOND[Act.GRANT_ROLE]}
    return any(one != other for one in first for other in second)


async def _stands_alone(connection: AsyncConnection, party: int, at: datetime) -> bool:
    """Whether two persons hold roles of a CCAS: then nobody of the association adds a third."""
    return len({one.human for one in await of_the_ccas(connection, party, at)}) > 1


async def of_the_ccas(connection: AsyncConnection, party: int, at: datetime) -> Sequence[Grant]:
    """The roles of a CCAS that are held now; none for another party."""
    query = _grants().where(ROLE_GRANT.c.party == party, ROLE_GRANT.c.role.in_(OF_THE_CCAS))
    grants = [_grant(row) for row in await connection.execute(query)]
    return [one for one in grants if one.held_at(at)]


async def _class_of(connection: AsyncConnection, party: int) -> PartyClass:
    query = select(PARTY.c["class"]).where(PARTY.c.id == party, PARTY.c.closed_at.is_(None))
    found = await connection.scalar(query)
    if found is None:
        raise UnknownParty
    return PartyClass(found)


async def end(
    connection: AsyncConnection, *, grant: UUID, actor: UUID | None, at: datetime
) -> bool:
    """Take a role back from this instant on; the next request in it is refused.

    One that has not begun ends when it begins.
    """
    until = ROLE_GRANT.c.valid_until
    running = (ROLE_GRANT.c.id == grant) & (until.is_(None) | (until > at))
    last = func.greatest(ROLE_GRANT.c.valid_from, at)
    ended = update(ROLE_GRANT).where(running).values(valid_until=last)
    row = (await connection.execute(ended.returning(ROLE_GRANT))).one_or_none()
    if row is None:
        return False
    event = Event(Happened.ROLE_ENDED, actor, row.party, str(grant), {"role": row.role})
    await events.write(connection, event, at)
    await events.forget(connection, "user", row.user_id)
    return True


async def held(connection: AsyncConnection, user: UUID, at: datetime) -> Sequence[Grant]:
    """The roles a user may choose among now, in the order in which they were given."""
    return [one for one in await kept(connection, user, at) if one.held_at(at)]


async def kept(connection: AsyncConnection, user: UUID, at: datetime) -> Sequence[Grant]:
    """The roles of a user that have not ended, those of days to come among them."""
    until = ROLE_GRANT.c.valid_until
    query = _grants().where(ROLE_GRANT.c.user_id == user, until.is_(None) | (until > at))
    rows = await connection.execute(query.order_by(ROLE_GRANT.c.valid_from))
    return [_grant(row) for row in rows]


async def ended(
    connection: AsyncConnection, grants: Collection[UUID], at: datetime
) -> Sequence[UUID]:
    """Which of these roles are held no more."""
    over = select(ROLE_GRANT.c.id).where(
        ROLE_GRANT.c.id.in_(grants), ROLE_GRANT.c.valid_until <= at
    )
    return (await connection.scalars(over)).all()


async def of_party(
    connection: AsyncConnection, party: int, at: datetime
) -> Sequence[tuple[Grant, str | None]]:
    """Who acts for a party now or later, with their names: at most 100, account holders apart."""
    until = ROLE_GRANT.c.valid_until
    query = (
        _grants()
        .add_columns(PERSON.c.name)
        .outerjoin(PERSON, PERSON.c.id == USERS.c.person)
        .where(ROLE_GRANT.c.party == party, ROLE_GRANT.c.role != Role.SOLISTE)
        .where(until.is_(None) | (until > at))
        .order_by(ROLE_GRANT.c.valid_from)
        .limit(LISTED_MAX)
    )
    return [(_grant(row), row.name) for row in await connection.execute(query)]


async def end_of(
    connection: AsyncConnection, grant: UUID, *, by: Grant, at: datetime
) -> Grant | None:
    """Take back a role that `by` may take back; None when there is no such one, or not for them.

    A merchant's owner ends its own people's, a CCAS its own, a technician everybody's else: one
    person is enough to take away, but nobody of the association empties a CCAS of two.

    Raises:
        LastOwner: an owner would leave a merchant that is not closed without anybody.
    """
    row = (await connection.execute(_grants().where(ROLE_GRANT.c.id == grant))).one_or_none()
    if row is None:
        return None
    target = _grant(row)
    alone = target.role in OF_THE_CCAS and await _stands_alone(connection, target.party, at)
    if not may_end(target, by, ccas_alone=alone):
        return None
    if target.role is Role.MERCHANT and by.role is Role.MERCHANT:
        await _check_owned(connection, target, at)
    return target if await end(connection, grant=grant, actor=by.user, at=at) else None


async def _check_owned(connection: AsyncConnection, ended: Grant, at: datetime) -> None:
    """Somebody owns the merchant without `ended`, now and without an end; or it is closed.

    Two owners who end each other's role at once do so one after the other.
    """
    party = select(PARTY.c.closed_at).where(PARTY.c.id == ended.party)
    closed_at = await connection.scalar(party.with_for_update(key_share=True))
    if closed_at is not None or ended.until is not None:
        return
    owners = (ROLE_GRANT.c.party == ended.party) & (ROLE_GRANT.c.role == Role.MERCHANT)
    rows = await connection.execute(_grants().where(owners, ROLE_GRANT.c.valid_until.is_(None)))
    others = [_grant(row) for row in rows if row.id != ended.id]
    if not any(one.held_at(at) for one in others):
        raise LastOwner


async def grant_of(connection: AsyncConnection, grant: UUID) -> Grant:
    """A grant, held or ended.

    Raises:
        NotAllowed: there is none.
    """
    row = (await connection.execute(_grants().where(ROLE_GRANT.c.id == grant))).one_or_none()
    if row is None:
        raise NotAllowed
    return _grant(row)


def _grants() -> Any:
    on = USERS.c.id == ROLE_GRANT.c.user_id
    return select(ROLE_GRANT, USERS.c.person).join(USERS, on).where(USERS.c.closed_at.is_(None))


def _grant(row: Any) -> Grant:
    return Grant(
        id=row.id,
        user=row.user_id,
        person=row.person,
        party=row.party,
        role=Role(row.role),
        since=row.valid_from,
        until=row.valid_until,
        deputy_for=row.deputy_for,
    )
