"""Memberships over the years, confirmations used once, a schema that grows over its first."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from admin import parties
from admin.logins import step_up
from admin.logins.step_up import Confirmed
from admin.people import memberships
from admin.people.memberships import Standing, a_year_after, grace_of
from admin.refusals import ConfirmationInvalid, ConfirmationSpent, MembershipOpen
from admin.roles import PartyClass
from tests.database.people.town import LIMITS, NOW

GRACE = grace_of(LIMITS)


async def asked(connection, party=None):
    party = party or await parties.add_party(connection, PartyClass.SOLISTE, NOW)
    year = uuid4()
    await memberships.ask(connection, party=party, membership=year, fee_cents=3_00, at=NOW)
    return party, year


async def standings(connection, party, at):
    return [year.standing(at, GRACE) for year in await memberships.of(connection, party)]


async def test_a_year_begins_when_its_fee_is_paid_and_follows_on_the_last(connection):
    party, year = await asked(connection)
    assert await standings(connection, party, NOW) == [Standing.PENDING]
    paying: dict[str, Any] = {"actor": uuid4(), "at": NOW}
    until = await memberships.pay(connection, membership=year, entry=uuid4(), **paying)
    assert until == a_year_after(NOW)
    assert await memberships.pay(connection, membership=year, entry=uuid4(), **paying) is None
    _, following = await asked(connection, party)
    until = await memberships.pay(connection, membership=following, entry=uuid4(), **paying)
    assert until == a_year_after(a_year_after(NOW))
    late = await standings(connection, party, a_year_after(NOW) + GRACE)
    assert late == [Standing.LAPSED, Standing.ACTIVE]


async def test_one_year_at_a_time_is_asked_for(connection):
    party, _ = await asked(connection)
    with pytest.raises(MembershipOpen):
        await asked(connection, party)


async def test_a_member_who_leaves_is_none_and_may_come_back(connection):
    party, year = await asked(connection)
    await memberships.pay(connection, membership=year, entry=uuid4(), actor=uuid4(), at=NOW)
    for _ in range(2):
        await memberships.leave(connection, party=party, actor=None, at=NOW)
    assert await standings(connection, party, NOW) == [Standing.LEFT]
    await asked(connection, party)
    assert await standings(connection, party, NOW) == [Standing.LEFT, Standing.PENDING]


async def test_a_confirmation_is_used_once_even_by_twenty_at_once(engine, pepper):
    what = Confirmed(uuid4(), 101, 1001, 45_00, uuid4())
    token = step_up.confirm(pepper, what, NOW)

    async def spend():
        async with engine.begin() as connection:
            await step_up.spend(connection, pepper, token, what, NOW)

    answers = await asyncio.gather(*(spend() for _ in range(20)), return_exceptions=True)
    assert [type(answer) for answer in answers].count(ConfirmationSpent) == 19
    later = NOW + timedelta(minutes=5)
    async with engine.begin() as connection:
        with pytest.raises(ConfirmationInvalid):
            await step_up.spend(connection, pepper, token, what, later)
        other = step_up.confirm(pepper, what, NOW + timedelta(hours=1))
        await step_up.spend(connection, pepper, other, what, NOW + timedelta(hours=1))
        with pytest.raises(ConfirmationSpent):
            await step_up.spend(connection, pepper, other, what, NOW + timedelta(hours=1))
