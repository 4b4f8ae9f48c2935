"""Passwords, codes and PINs: what is wrong is refused alike, and never evaluated too often."""

import asyncio
import time
from collections import Counter
from datetime import timedelta
from statistics import median
from uuid import uuid4

import pyotp
import pytest

from admin import parties
from admin.logins import pins, sessions, totp
from admin.logins.credentials import Passwords, check_sign_in, set_password
from admin.means import cards
from admin.refusals import (
    BadCode,
    BadCredentials,
    CodeConfirmed,
    IdentifierTaken,
    PasswordGuessable,
    PinLocked,
    SessionEnded,
    SignInBusy,
    UnknownCard,
    WrongPin,
)
from tests.database.people.town import NOW, PIN, tell, user

PHRASE = "cerf volant sous la digue"


async def test_a_password_is_right_whatever_the_case_of_the_identifier(connection, passwords):
    login, _ = await user(connection, "camille@example.org")
    given = {"identifier": " Camille@Example.org ", "password": PHRASE}
    with pytest.raises(BadCredentials):
        await check_sign_in(connection, passwords, **given)
    with pytest.raises(PasswordGuessable):
        await set_password(
            connection, passwords, user=login, password="Camille@example.org", at=NOW
        )
    for phrase in ("another one for the first time", PHRASE):
        await set_password(connection, passwords, user=login, password=phrase, at=NOW)
    assert await check_sign_in(connection, passwords, **given) == login
    for wrong in ({"password": PHRASE + "s"}, {"identifier": "nobody@example.org"}):
        with pytest.raises(BadCredentials):
            await check_sign_in(connection, passwords, **(given | wrong))
    with pytest.raises(IdentifierTaken):
        await user(connection, "camille@example.org")


async def test_a_closed_login_signs_in_no_more(connection, passwords):
    login, _ = await user(connection, "closed@example.org")
    await set_password(connection, passwords, user=login, password=PHRASE, at=NOW)
    await connection.exec_driver_sql(
        f"update admin.users set closed_at = now() where id = '{login}'"
    )
    with pytest.raises(BadCredentials):
        await check_sign_in(connection, passwords, identifier="closed@example.org", password=PHRASE)


@pytest.mark.clock
async def test_an_unknown_identifier_takes_as_long_as_a_wrong_password(connection):
    real = Passwords()
    login, _ = await user(connection, "slow@example.org")
    await set_password(connection, real, user=login, password=PHRASE, at=NOW)
    spent: dict[str, list[float]] = {"slow@example.org": [], "unknown@example.org": []}
    for _ in range(8):
        for identifier, seconds in spent.items():
            begun = time.thread_time(), time.perf_counter()
            with pytest.raises(BadCredentials):
                await check_sign_in(connection, real, identifier=identifier, password="wrong")
            seconds.append(time.perf_counter() - begun[1])
    known, unknown = (median(seconds[1:]) for seconds in spent.values())
    tell(f"wrong password {known * 1000:.0f} ms, unknown identifier {unknown * 1000:.0f} ms")
    assert 0.5 < unknown / known < 2


async def test_the_hashes_that_run_and_wait_are_bounded():
    few = Passwords(parallel_max=1, waiting_max=1)
    answers = await asyncio.gather(*(few.hash(PHRASE) for _ in range(4)), return_exceptions=True)
    assert [type(a) for a in answers] == [str, str, SignInBusy, SignInBusy]
    assert await few.match(str(answers[0]), PHRASE)
    assert not await few.match("no hash at all", PHRASE)


async def a_pin(engine, pepper, pin=PIN):
    async with engine.begin() as connection:
        login, _ = await user(connection)
        await pins.set_pin(connection, pepper, user=login, pin=pin, actor=uuid4(), at=NOW)
    return login


async def outcome(engine, pepper, login, pin):
    try:
        await pins.try_pin(engine, pepper, user=login, pin=pin)
    except (WrongPin, PinLocked) as refusal:
        return refusal.code
    return "right"


async def test_of_a_hundred_tries_at_once_five_are_evaluated(engine, pepper):
    login = await a_pin(engine, pepper)
    tries = [f"{number:04}" for number in range(100)]
    answers = await asyncio.gather(*(outcome(engine, pepper, login, pin) for pin in tries))
    assert Counter(answers) == {"wrong_pin": 5, "pin_locked": 95}
    assert await outcome(engine, pepper, login, PIN) == "pin_locked"


async def test_the_right_pin_among_a_hundred_opens_at_most_once_five_more(engine, pepper):
    login = await a_pin(engine, pepper)
    tries = [f"{number:04}" for number in range(99)] + [PIN]
    answers = await asyncio.gather(*(outcome(engine, pepper, login, pin) for pin in tries))
    assert Counter(answers)["wrong_pin"] <= 10


async def test_staff_unlocks_a_pin_by_setting_another_and_a_right_one_counts_anew(engine, pepper):
    login = await a_pin(engine, pepper)
    for _ in range(3):
        wrong = [await outcome(engine, pepper, login, "0815") for _ in range(4)]
        assert wrong == ["wrong_pin"] * 4
        assert await outcome(engine, pepper, login, PIN) == "right"
    assert [await outcome(engine, pepper, login, "0815") for _ in range(6)][-1] == "pin_locked"
    async with engine.begin() as connection:
        await pins.set_pin(connection, pepper, user=login, pin="9052", actor=uuid4(), at=NOW)
    assert await outcome(engine, pepper, login, "9052") == "right"


async def test_nobody_and_somebody_without_a_pin_have_a_wrong_one(engine, pepper):
    async with engine.begin() as connection:
        login, _ = await user(connection)
    for nobody in (None, login, uuid4()):
        assert await outcome(engine, pepper, nobody, PIN) == "wrong_pin"


async def test_a_code_is_used_once_and_only_after_its_secret_was_confirmed(connection, pepper):
    login, _ = await user(connection)
    with pytest.raises(BadCode):
        await totp.check(connection, pepper, user=login, code="000000", at=NOW)
    await totp.begin(connection, pepper, login)
    secret = await totp.begin(connection, pepper, login)
    code = pyotp.TOTP(secret).at(NOW)
    with pytest.raises(BadCode):
        await totp.check(connection, pepper, user=login, code=code, at=NOW)
    await totp.confirm(connection, pepper, user=login, code=code, at=NOW)
    later = NOW + timedelta(seconds=60)
    next_code = pyotp.TOTP(secret).at(later)
    await totp.check(connection, pepper, user=login, code=next_code, at=later)
    for used in (code, next_code, "123", "abcdef"):
        with pytest.raises(BadCode):
            await totp.check(connection, pepper, user=login, code=used, at=later)
    with pytest.raises(CodeConfirmed):
        await totp.begin(connection, pepper, login)
    last = NOW + timedelta(seconds=120)
    await totp.check(connection, pepper, user=login, code=pyotp.TOTP(secret).at(last), at=last)


async def test_a_code_given_twice_at_once_counts_once(engine, pepper):
    async with engine.begin() as connection:
        login, _ = await user(connection)
        secret = await totp.begin(connection, pepper, login)
        code = pyotp.TOTP(secret).at(NOW)
        await totp.confirm(connection, pepper, user=login, code=code, at=NOW)
    later = NOW + timedelta(minutes=5)
    code = pyotp.TOTP(secret).at(later)

    async def one():
        async with engine.begin() as connection:
            await totp.check(connection, pepper, user=login, code=code, at=later)

    answers = await asyncio.gather(*(one() for _ in range(10)), return_exceptions=True)
    assert [type(a) for a in answers].count(BadCode) == 9


def test_an_identifier_is_looked_for_without_spaces_and_capitals():
    assert parties.identifier_of(" Émile@Example.ORG") == "émile@example.org"


@pytest.mark.parametrize(
    "odd", ["\ud800", "a\x00b", "", "\u202e1234", "x" * 10_000, "\uff11\uff12\uff13\uff14"]
)
async def test_odd_text_is_wrong_like_any_other(engine, pepper, passwords, odd):
    login = await a_pin(engine, pepper)
    async with engine.begin() as connection:
        with pytest.raises(BadCredentials):
            await check_sign_in(connection, passwords, identifier=odd, password=odd)
        await totp.begin(connection, pepper, login)
        with pytest.raises(BadCode):
            await totp.confirm(connection, pepper, user=login, code=odd, at=NOW)
        with pytest.raises(SessionEnded):
            await sessions.touch(connection, odd, NOW)
        with pytest.raises(UnknownCard):
            await cards.by_number(connection, odd)
    assert await outcome(engine, pepper, login, odd) == "wrong_pin"
