"""Sessions live in one context, rotate, list, and die; keys and invitations too."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from admin import parties
from admin.logins import keys, sessions
from admin.logins.keys import Scope
from admin.logins.sessions import SignedIn
from admin.parties import ISSUER
from admin.people import granting, invitations
from admin.people.invitations import Invitation
from admin.refusals import (
    DeputyUndated,
    InvitationUnusable,
    KeyUnusable,
    NotAllowed,
    RoleMisfit,
    SamePerson,
    SecondFactorNeeded,
    SessionEnded,
    UnknownParty,
)
from admin.roles import Grant, PartyClass, Role
from api.installation.databases import sqlalchemy_url
from tests.database.people.town import NOW, happened, staff, user

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STRONG = frozenset({"password", "totp"})


async def merchant(connection):
    """A shop and its owner."""
    shop = await parties.add_party(connection, PartyClass.MERCHANT, NOW)
    login, person = await user(connection)
    owner = Grant(uuid4(), login, person, shop, Role.MERCHANT, since=NOW)
    await granting.grant(connection, owner, at=NOW)
    return owner


def signed_in(grant, *factors):
    return SignedIn(grant.user, frozenset(factors or {"password"}), "Firefox on Linux")


async def dead(connection, token, at=NOW):
    with pytest.raises(SessionEnded):
        await sessions.touch(connection, token, at)
    return True


async def test_a_session_says_who_in_which_role_for_whom(connection):
    owner = await merchant(connection)
    token = await sessions.issue(connection, signed_in(owner), NOW, grant=owner.id)
    seen = await sessions.touch(connection, token, NOW)
    assert (seen.user, seen.person, seen.role) == (owner.user, owner.person, Role.MERCHANT)
    assert (seen.party, *seen.factors, seen.scope) == (owner.party, "password", "full")
    assert await dead(connection, token + "x")


async def test_a_session_idles_out_and_ends_whatever_happens(connection):
    owner = await merchant(connection)
    token = await sessions.issue(connection, signed_in(owner), NOW, grant=owner.id)
    at = NOW
    for _ in range(60):
        at += 11 * HOUR
        await sessions.touch(connection, token, at)
    assert await dead(connection, token, at + 12 * HOUR)
    while at < NOW + 30 * DAY - 11 * HOUR:
        at += 11 * HOUR
        await sessions.touch(connection, token, at)
    assert await dead(connection, token, NOW + 30 * DAY)


async def test_a_resident_s_phone_that_lay_in_a_drawer_is_signed_in_for_180_days(connection):
    login, person = await user(connection)
    home = await parties.add_party(connection, PartyClass.SOLISTE, NOW, person=person)
    own = Grant(uuid4(), login, person, home, Role.SOLISTE, since=NOW)
    await granting.grant(connection, own, at=NOW)
    token = await sessions.issue(connection, signed_in(own), NOW, grant=own.id)
    for days in (31, 179):
        assert (await sessions.touch(connection, token, NOW + days * DAY)).role is Role.SOLISTE
    assert await dead(connection, token, NOW + 181 * DAY)
    unused = await sessions.issue(connection, signed_in(own), NOW, grant=own.id)
    await sessions.touch(connection, unused, NOW + 180 * DAY - MINUTE)
    assert await dead(connection, unused, NOW + 180 * DAY)


async def test_a_role_taken_back_ends_its_sessions_at_the_next_request(connection):
    owner = await merchant(connection)
    token = await sessions.issue(connection, signed_in(owner), NOW, grant=owner.id)
    bare = await sessions.issue(connection, signed_in(owner), NOW)
    assert await granting.end(connection, grant=owner.id, actor=None, at=NOW + MINUTE)
    assert not await granting.end(connection, grant=owner.id, actor=None, at=NOW + HOUR)
    assert await dead(connection, token, NOW + MINUTE)
    assert (await sessions.touch(connection, bare, NOW + MINUTE)).role is None
    with pytest.raises(SessionEnded):
        await sessions.issue(connection, signed_in(owner), NOW + HOUR, grant=owner.id)


async def test_the_sessions_of_a_closed_login_are_dead(connection):
    owner = await merchant(connection)
    token = await sessions.issue(connection, signed_in(owner), NOW)
    closing = f"update admin.users set closed_at = now() where id = '{owner.user}'"
    await connection.exec_driver_sql(closing)
    assert await dead(connection, token)


async def test_a_new_token_comes_with_a_role_or_a_factor_and_the_old_one_dies(connection):
    treasurer = await staff(connection, Role.TREASURER)
    first = await sessions.issue(connection, signed_in(treasurer), NOW)
    with pytest.raises(SecondFactorNeeded):
        async with connection.begin_nested():
            await sessions.rotate(connection, first, NOW, grant=treasurer.id)
    second = await sessions.rotate(connection, first, NOW, factors=frozenset({"totp"}))
    assert await dead(connection, first)
    third = await sessions.rotate(connection, second, NOW, grant=treasurer.id)
    seen = await sessions.touch(connection, third, NOW)
    assert (seen.role, seen.factors) == (Role.TREASURER, STRONG)
    passkey = signed_in(treasurer, "passkey")
    assert await sessions.issue(connection, passkey, NOW, grant=treasurer.id)


async def test_sessions_are_listed_and_revoked_one_by_one_or_all(connection):
    owner, other = await merchant(connection), await merchant(connection)
    tokens = [await sessions.issue(connection, signed_in(owner), NOW) for _ in range(3)]
    known = await sessions.know_device(connection, user=owner.user, label="phone", at=NOW)
    listed = await sessions.listed(connection, owner.user, NOW)
    first = await sessions.touch(connection, tokens[0], NOW)
    assert len(listed) == 3
    ending: dict[str, Any] = {"session": first.id, "at": NOW}
    assert not await sessions.revoke(connection, user=other.user, **ending)
    assert await sessions.revoke(connection, user=owner.user, **ending)
    assert not await sessions.revoke(connection, user=owner.user, **ending)
    assert await dead(connection, tokens[0])
    device = {"user": owner.user, "token": known}
    assert await sessions.device_known(connection, **device, at=NOW + 179 * DAY)
    assert not await sessions.device_known(connection, **device, at=NOW + 180 * DAY)
    ended = await sessions.revoke_all(connection, user=owner.user, actor=owner.user, at=NOW)
    assert ended == 2
    assert [await dead(connection, token) for token in tokens]
    assert not await sessions.device_known(connection, **device, at=NOW)
    assert await sessions.listed(connection, owner.user, NOW) == []


async def test_other_processes_hear_of_a_session_that_was_revoked(engine, fresh_database):
    heard: asyncio.Queue[object] = asyncio.Queue()
    listener = await fresh_database.connect()
    await listener.add_listener("people", lambda *notice: heard.put_nowait(notice[-1]))
    async with engine.begin() as connection:
        owner = await merchant(connection)
        token = await sessions.issue(connection, signed_in(owner), NOW)
        seen = await sessions.touch(connection, token, NOW)
    async with engine.begin() as connection:
        await sessions.revoke(connection, user=owner.user, session=seen.id, at=NOW)
    assert await asyncio.wait_for(heard.get(), 10) == f"session {seen.id}"
    await listener.close()


async def test_a_key_is_told_once_found_by_its_hash_and_revoked(connection):
    owner = await merchant(connection)
    making = {"party": owner.party, "actor": owner.user, "at": NOW, "label": "till 1"}
    scopes = frozenset({Scope.TAKE_PAYMENTS, Scope.READ_DAY})
    number = uuid4()
    secret = await keys.make(connection, key=number, scopes=scopes, **making)
    for at in (NOW, NOW):
        await keys.find(connection, secret, at)
    found = await keys.find(connection, secret, NOW + HOUR)
    assert found.label == "till 1"
    assert (found.id, found.party, found.scopes) == (number, owner.party, scopes)
    (listed,) = await keys.listed(connection, owner.party)
    assert replace(listed, used_at=found.used_at) == found
    assert secret.startswith(found.shown)
    with pytest.raises(KeyUnusable):
        await keys.find(connection, secret[:-1], NOW)
    ending: dict[str, Any] = {"key": number, "actor": owner.user, "at": NOW}
    assert not await keys.revoke(connection, party=owner.party + 1, **ending)
    assert await keys.revoke(connection, party=owner.party, **ending)
    assert not await keys.revoke(connection, party=owner.party, **ending)
    with pytest.raises(KeyUnusable):
        await keys.find(connection, secret, NOW)


async def test_an_invitation_taken_up_by_twenty_at_once_makes_one_cashier(engine):
    async with engine.begin() as connection:
        owner = await merchant(connection)
        offered = Invitation(uuid4(), owner.party, Role.CASHIER, owner)
        token = await invitations.invite(connection, offered, NOW)

    async def take():
        async with engine.begin() as connection:
            login, _ = await user(connection)
            return await invitations.accept(
                connection, token, user=login, grant=uuid4(), at=NOW + DAY
            )

    answers = await asyncio.gather(*(take() for _ in range(20)), return_exceptions=True)
    taken = [answer for answer in answers if isinstance(answer, Grant)]
    assert {type(answer) for answer in answers} == {Grant, InvitationUnusable}
    async with engine.begin() as connection:
        (held,) = await granting.held(connection, taken[0].user, NOW + DAY)
    assert taken == [held]
    assert (held.party, held.role) == (owner.party, Role.CASHIER)


async def test_an_invitation_runs_out_and_an_unknown_one_looks_the_same(connection):
    owner = await merchant(connection)
    offered = Invitation(uuid4(), owner.party, Role.CASHIER, owner)
    token = await invitations.invite(connection, offered, NOW)
    late = {"user": owner.user, "grant": uuid4(), "at": NOW + invitations.LIFE}
    for tried in (token, token[::-1]):
        with pytest.raises(InvitationUnusable):
            await invitations.accept(connection, tried, **late)


async def test_a_staff_role_is_given_by_one_and_confirmed_by_another(connection):
    technician, manager = [await staff(connection, r) for r in (Role.TECHNICIAN, Role.MANAGER)]
    login, person = await user(connection)
    new = Grant(uuid4(), login, person, ISSUER, Role.TREASURER, since=NOW)
    own = replace(new, user=technician.user, person=technician.person)
    for who, by, confirmed in (
        (new, None, None),
        (new, technician, None),
        (new, manager, technician),
        (own, technician, manager),
    ):
        with pytest.raises((NotAllowed, AssertionError)):
            await granting.grant(connection, who, at=NOW, by=by, confirmed_by=confirmed)
    offered = Invitation(uuid4(), ISSUER, Role.TREASURER, technician, manager)
    token = await invitations.invite(connection, offered, NOW)
    held = await invitations.accept(connection, token, user=login, grant=new.id, at=NOW)
    assert held == new
    (told,) = [e for e in await happened(connection, "role_granted") if e.object == str(new.id)]
    assert (told.actor, told.facts) == (technician.user, {"role": "TRE", "user": str(login)})


async def test_a_ccas_of_two_adds_its_own_people_and_the_association_none(connection):
    technician, manager = [await staff(connection, r) for r in (Role.TECHNICIAN, Role.MANAGER)]
    ccas = await parties.add_party(connection, PartyClass.CCAS, NOW)

    async def new(role):
        login, person = await user(connection)
        return Grant(uuid4(), login, person, ccas, role, since=NOW)

    first = [await new(Role.CCAS_VALIDATOR), await new(Role.CASEWORKER)]
    third = await new(Role.CASEWORKER)
    association = {"by": technician, "confirmed_by": manager}
    for one in first:
        await granting.grant(connection, one, at=NOW, **association)
    elsewhere = await staff(connection, Role.CCAS_VALIDATOR, ccas - 1)
    for by, confirmed_by in ((technician, manager), (elsewhere, first[1]), (first[0], manager)):
        with pytest.raises(NotAllowed):
            await granting.grant(connection, third, at=NOW, by=by, confirmed_by=confirmed_by)
    await granting.grant(connection, third, at=NOW, by=first[0], confirmed_by=first[1])
    assert await granting.held(connection, third.user, NOW) == [third]


async def test_a_deputy_is_somebody_else_between_two_days(connection):
    technician, manager = [await staff(connection, r) for r in (Role.TECHNICIAN, Role.MANAGER)]
    absent = await staff(connection, Role.TREASURER)
    login, person = await user(connection)
    deputy = Grant(uuid4(), login, person, ISSUER, Role.TREASURER, NOW, NOW + 14 * DAY, absent.id)
    given: dict[str, Any] = {"at": NOW, "by": technician, "confirmed_by": manager}
    for wrong, refusal in (
        (replace(deputy, until=None), DeputyUndated),
        (replace(deputy, role=Role.AUDITOR), DeputyUndated),
        (replace(deputy, user=absent.user, person=absent.person), SamePerson),
        (replace(deputy, deputy_for=uuid4()), NotAllowed),
        (replace(deputy, role=Role.CASEWORKER), RoleMisfit),
        (replace(deputy, party=10**9), UnknownParty),
    ):
        with pytest.raises(refusal):
            await granting.grant(connection, wrong, **given)
    await granting.grant(connection, deputy, **given)
    assert await granting.held(connection, login, NOW + 13 * DAY) == [deputy]
    assert await granting.held(connection, login, NOW + 14 * DAY) == []


@pytest.fixture
async def unfounded(urls):
    engine = create_async_engine(sqlalchemy_url(urls.application))
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


async def test_an_operator_gives_roles_until_two_persons_can(unfounded):
    async def given(role, who):
        new = Grant(uuid4(), who[0], who[1], ISSUER, role, since=NOW)
        await granting.grant(unfounded, new, at=NOW)
        return new

    one, two, three = [await user(unfounded) for _ in range(3)]
    await given(Role.TECHNICIAN, one)
    await given(Role.MANAGER, one)
    await given(Role.AUDITOR, two)
    manager = await given(Role.MANAGER, two)
    with pytest.raises(NotAllowed):
        await given(Role.TREASURER, three)
    await granting.end(unfounded, grant=manager.id, actor=None, at=NOW)
    await given(Role.TREASURER, three)
