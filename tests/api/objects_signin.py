"""Objects of whoever gives roles and keys."""

from __future__ import annotations

from uuid import uuid4

from admin.logins import passkeys, sessions
from admin.logins.keys import Scope
from admin.logins.sessions import SignedIn
from admin.people import granting, invitations, returning
from admin.people.invitations import Invitation
from admin.roles import OF_THE_CCAS, Role
from tests.api.objects import kind
from tests.api.signin.people import authenticator_of


@kind("session")
async def session(town, who):
    """Another one than they ask with."""
    async with town.services.rows() as rows:
        signed = SignedIn(who.user, frozenset({"password"}), "elsewhere")
        await sessions.issue(rows, signed, town.now)
        listed = await sessions.listed(rows, who.user, town.now)
    return next(one.id for one in listed if one.label == signed.label)


@kind("passkey")
async def passkey(town, who):
    await authenticator_of(town, who)
    async with town.services.rows() as rows:
        return (await passkeys.listed(rows, who.user))[-1].id


@kind("till_key")
async def till_key(town, who):
    return (await town.key(who, Scope.READ_DAY)).grant


@kind("invitation")
async def invitation(town, who):
    return await offered(town, who, Role.CASHIER)


@kind("staff_invitation")
async def staff_invitation(town, who):
    """Of a colleague, for who asks to confirm."""
    colleague = await town.somebody(Role.CCAS_VALIDATOR, party=who.party)
    return await offered(town, colleague, Role.CASEWORKER)


@kind("role")
async def role(town, who):
    """Of somebody who works for the asker's party."""
    works_as = Role.CASHIER if who.role is Role.MERCHANT else Role.CASEWORKER
    return (await town.somebody(works_as, party=who.party)).grant


@kind("staff_role")
async def staff_role(town, who):
    """Of somebody whose login the asker gives back as the first of two."""
    gives = {Role.TECHNICIAN: Role.TREASURER}
    if who.role in OF_THE_CCAS:
        return (await town.somebody(Role.CASEWORKER, party=who.party)).grant
    return (await town.somebody(gives.get(who.role, Role.TECHNICIAN))).grant


@kind("staff_recovery")
async def staff_recovery(town, who):
    """For who asks to confirm; no case worker does, unless they are the last."""
    number = uuid4()
    if who.role is Role.CASEWORKER:
        return number
    of_ccas = who.role in OF_THE_CCAS
    roles = [Role.CASEWORKER] * 2 if of_ccas else [Role.TECHNICIAN, Role.AUDITOR]
    first, holder = [
        await town.somebody(role, party=who.party if of_ccas else None) for role in roles
    ]
    async with town.services.rows() as rows:
        by = await granting.grant_of(rows, first.grant)
    await returning.offer(
        town.services.engine, number=number, role=holder.grant, by=by, at=town.now
    )
    return number


async def offered(town, who, works_as):
    number = uuid4()
    async with town.services.rows() as rows:
        by = await granting.grant_of(rows, who.grant)
        await invitations.invite(rows, Invitation(number, who.party, works_as, by), town.now)
    return number
