"""The first staff of a new installation: three persons whom nobody could have confirmed.

Whoever runs the installation names them, once; their means are set with a recovery's token. While
no two of them can sign in and give roles, the tokens may be made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import insert

from admin import parties
from admin.logins import second_means
from admin.losses import recovery
from admin.parties import ISSUER, Person
from admin.people import granting
from admin.refusals import NotAllowed
from admin.roles import MAY, SECOND, Act, Grant, Role
from admin.tables import USERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

FIRST: Final = (Role.TREASURER, Role.MANAGER, Role.TECHNICIAN)
"""In this order: the technician's comes last, for with it two persons can give roles."""
_ONE_AT_A_TIME: Final = 7_401_957_300_142


async def found(
    connection: AsyncConnection, names: Mapping[Role, str], at: datetime
) -> Mapping[Role, str]:
    """A token for each of the first staff, told here once; who has means already gets none.

    Args:
        connection: in the caller's transaction.
        names: of three persons, by role.
        at: now.

    Raises:
        NotAllowed: two persons who can sign in give roles, or others were named before.
    """
    assert set(names) == set(FIRST), names
    await connection.exec_driver_sql(f"select pg_advisory_xact_lock({_ONE_AT_A_TIME})")
    grants = await _staff(connection, at)
    if grants and (set(grants.values()) != set(names.items()) or await _able(connection, grants)):
        raise NotAllowed
    if not grants:
        grants = {
            await _give(connection, role, names[role], at): (role, names[role]) for role in FIRST
        }
    operator = await _operator(connection, at)
    tokens = {}
    for grant, (role, _) in grants.items():
        if not (await second_means.of(connection, grant.user)).password:
            tokens[role] = await recovery.offer(connection, user=grant.user, actor=operator, at=at)
    return tokens


async def _staff(connection: AsyncConnection, at: datetime) -> dict[Grant, tuple[Role, str | None]]:
    """Who acts for the association now, with their role and name."""
    found = await granting.of_party(connection, ISSUER, at)
    return {grant: (grant.role, name) for grant, name in found if grant.held_at(at)}


async def _able(
    connection: AsyncConnection, grants: Mapping[Grant, tuple[Role, str | None]]
) -> bool:
    """Whether two persons who can sign in give roles."""
    able = []
    for grant in grants:
        means = await second_means.of(connection, grant.user)
        if means.password or means.passkeys:
            able.append(grant)
    first = {one.human for one in able if one.role in MAY[Act.GRANT_ROLE]}
    second = {one.human for one in able if one.role in SECOND[Act.GRANT_ROLE]}
    return any(one != other for one in first for other in second)


async def _give(connection: AsyncConnection, role: Role, name: str, at: datetime) -> Grant:
    person, user = Person(uuid4(), name), uuid4()
    await parties.add_person(connection, person)
    await parties.add_user(connection, user=user, person=person.id, identifier=None, at=at)
    new = Grant(uuid4(), user, person.id, ISSUER, role, since=at)
    await granting.grant(connection, new, at=at)
    return new


async def _operator(connection: AsyncConnection, at: datetime) -> UUID:
    """The login in whose name tokens are made before anybody has one: closed, it never signs in."""
    user = uuid4()
    await connection.execute(insert(USERS).values(id=user, opened_at=at, closed_at=at))
    return user
