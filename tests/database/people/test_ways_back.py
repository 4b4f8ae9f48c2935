"""Ways back for whoever lost a secret, and how fast others may try to find one."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from admin import parties
from admin.logins import credentials, sessions, throttle
from admin.logins.sessions import SignedIn
from admin.logins.throttle import Tried
from admin.losses import recovery, reissuing
from admin.means import cards
from admin.parties import ISSUER
from admin.refusals import (
    BadCredentials,
    RecoveryUnusable,
    SamePerson,
    SessionEnded,
    TooManyTries,
    UnknownParty,
)
from admin.roles import PartyClass
from tests.database.people.town import LIMITS, NOW, counter_of, happened, user

PHRASE = "cerf volant sous la digue"
IDENTIFIER = "camille@example.org"


@pytest.fixture(scope="module")
async def desk(engine, pepper):
    return await counter_of(engine, pepper, 10)


async def test_a_lost_password_dies_at_the_counter_and_another_is_set_once(engine, passwords, desk):
    signing_in = {"identifier": IDENTIFIER, "password": PHRASE}
    async with engine.begin() as connection:
        login, _ = await user(connection, IDENTIFIER)
        await credentials.set_password(connection, passwords, user=login, password=PHRASE, at=NOW)
        old = await sessions.issue(connection, SignedIn(login, frozenset(), "phone"), NOW)
        with pytest.raises(SamePerson):
            await recovery.offer(connection, user=login, actor=login, at=NOW)
        offering: dict[str, Any] = {"user": login, "actor": desk.actor}
        tokens = [await recovery.offer(connection, at=NOW, **offering) for _ in range(2)]
        with pytest.raises(BadCredentials):
            await credentials.check_sign_in(connection, passwords, **signing_in)
        with pytest.raises(SessionEnded):
            await sessions.touch(connection, old, NOW)
        for token, at in ((tokens[0], NOW), (tokens[1], NOW + recovery.LIFE), ("none", NOW)):
            with pytest.raises(RecoveryUnusable):
                await recovery.redeem(connection, token, at)
        assert await recovery.redeem(connection, tokens[1], NOW) == login
        await credentials.set_password(connection, passwords, user=login, password=PHRASE, at=NOW)
        with pytest.raises(RecoveryUnusable):
            await recovery.redeem(connection, tokens[1], NOW)
        assert await credentials.check_sign_in(connection, passwords, **signing_in) == login
        told = [e.actor for e in await happened(connection, "recovery_offered")]
        assert told == [desk.actor] * 2


async def test_the_holder_of_an_account_is_told_of_a_recovery(engine, desk):
    wanted, opened = await desk.account()
    async with engine.begin() as connection:
        await recovery.offer(connection, user=wanted.user, actor=desk.actor, at=NOW)
        query = f"select template from admin.message where party = {opened.party}"
        told = (await connection.exec_driver_sql(query)).scalars().all()
    assert "access_renewed" in told


async def tries(engine, pepper, count, subject, at=NOW, what=Tried.CODE_OF_A_USER):
    """How many of so many tries at once were in time, and the waits of the others."""
    answers = await asyncio.gather(
        *(throttle.allow(engine, pepper, what, subject, at) for _ in range(count)),
        return_exceptions=True,
    )
    waits = [a.retry_after_seconds for a in answers if isinstance(a, TooManyTries)]
    return count - len(waits), waits


async def test_a_burst_is_in_time_and_then_one_a_minute(engine, pepper):
    subject = str(uuid4())
    assert await tries(engine, pepper, 40, subject) == (5, [60] * 35)
    assert await tries(engine, pepper, 1, subject, NOW + timedelta(seconds=59)) == (0, [1])
    assert await tries(engine, pepper, 3, subject, NOW + timedelta(seconds=60)) == (1, [60] * 2)
    assert await tries(engine, pepper, 9, subject, NOW + timedelta(hours=1)) == (5, [60] * 4)


async def test_one_subject_or_purpose_takes_nothing_from_another(engine, pepper):
    one, two = str(uuid4()), str(uuid4())
    assert (await tries(engine, pepper, 6, one))[0] == 5
    assert (await tries(engine, pepper, 6, two))[0] == 5
    purpose = Tried.PASSWORD_OF_A_LOGIN
    assert (await tries(engine, pepper, 12, one, what=purpose))[0] == 10


async def test_who_has_not_tried_for_long_is_forgotten(engine, pepper):
    later = NOW + timedelta(days=1)
    await tries(engine, pepper, 2, str(uuid4()), later)
    await throttle.sweep(engine, later)
    assert await throttle.sweep(engine, later + timedelta(minutes=1)) == 0
    assert await throttle.sweep(engine, later + timedelta(minutes=2)) == 1


async def test_a_card_blocked_while_it_is_handed_out_pays_nothing(engine, desk):
    card = desk.stock.pop()
    async with engine.begin() as connection:
        party = await parties.add_party(connection, PartyClass.SOLISTE, NOW)
        login, _ = await user(connection)
    async with engine.begin() as connection:
        await cards.hand_out(
            connection,
            number=card.number,
            place=ISSUER,
            party=party,
            user=login,
            actor=desk.actor,
            at=NOW,
        )
        blocking = asyncio.ensure_future(
            reissuing.block(engine, number=card.opposition, actor=None, at=NOW)
        )
        await asyncio.sleep(0.2)
    assert (await blocking).party == party
    async with engine.connect() as connection:
        query = f"select status from ledger.card where id = {card.id}"
        assert (await connection.exec_driver_sql(query)).scalar() == cards.BLOCKED


async def test_a_closed_account_is_raised_to_no_tier(engine, desk):
    _, opened = await desk.account()
    async with engine.begin() as connection:
        closing = f"update admin.party set closed_at = now() where id = {opened.party}"
        await connection.exec_driver_sql(closing)
    with pytest.raises(UnknownParty):
        await parties.raise_tier(
            engine,
            party=opened.party,
            tier=0,
            document_seen=False,
            limits=LIMITS,
            actor=desk.actor,
            at=NOW,
        )
