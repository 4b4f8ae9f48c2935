"""Objects of whoever gives roles and keys."""

from __future__ import annotations

from uuid import uuid4

from admin.logins import passkeys, sessions
from admin.logins.keys import Scope
from admin.logins.sessions import SignedIn
from admin.people import granting, invitations
from admin.people.invitations import Invitation
from admin.roles import Role
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


async def offered(town, who, works_as):
    number = uuid4()
    async with town.services.rows() as rows:
        by = await granting.grant_of(rows, who.grant)
        await invitations.invite(rows, Invitation(number, who.party, works_as, by), town.now)
    return number
