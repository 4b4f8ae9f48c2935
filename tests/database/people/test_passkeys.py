"""Passkeys: verified by the library, each challenge answered once, by whom it was made for."""

import json
from datetime import timedelta
from typing import Any

import pytest

from admin.logins import passkeys
from admin.logins.passkeys import RelyingParty
from admin.refusals import BadPasskey
from tests.database.people.authenticator import PRESENT, Authenticator
from tests.database.people.town import NOW, user

SITE = RelyingParty("bousol.example", "https://bousol.example", "Bou'Sol")
LATE = NOW + timedelta(minutes=passkeys.CHALLENGE_MINUTES)


def authenticator(**facts):
    return Authenticator(SITE.host, SITE.origin, **facts)


async def registered(connection, key):
    login, _ = await user(connection)
    options = await passkeys.begin_registration(connection, SITE, user=login, at=NOW)
    answer = key.register(options)
    naming: dict[str, Any] = {"user": login, "label": "phone", "at": NOW}
    assert key.id == await passkeys.finish_registration(connection, SITE, answer=answer, **naming)
    return login, answer


async def sign_in(connection, key, at=NOW, **changed):
    options = await passkeys.begin_sign_in(connection, SITE, NOW)
    answer = key.sign_in(options, **changed)
    return await passkeys.finish_sign_in(connection, SITE, answer=answer, at=at)


async def refused(connection, key, at=NOW, **changed):
    with pytest.raises(BadPasskey):
        await sign_in(connection, key, at, **changed)
    return True


async def test_a_passkey_signs_its_user_in_again_and_again(connection):
    key = authenticator()
    login, _ = await registered(connection, key)
    assert [await sign_in(connection, key) for _ in range(3)] == [login] * 3


async def test_the_options_name_nobody(connection):
    login, _ = await registered(connection, authenticator())
    options = json.loads(await passkeys.begin_registration(connection, SITE, user=login, at=NOW))
    assert options["user"]["name"] == SITE.name
    assert len(options["excludeCredentials"]) == 1


async def test_a_challenge_is_answered_once(connection):
    key = authenticator()
    login, first = await registered(connection, key)
    options = await passkeys.begin_sign_in(connection, SITE, NOW)
    answer = key.sign_in(options)
    assert await passkeys.finish_sign_in(connection, SITE, answer=answer, at=NOW) == login
    with pytest.raises(BadPasskey):
        await passkeys.finish_sign_in(connection, SITE, answer=answer, at=NOW)
    naming: dict[str, Any] = {"user": login, "label": "phone", "at": NOW}
    with pytest.raises(BadPasskey):
        await passkeys.finish_registration(connection, SITE, answer=first, **naming)


async def test_another_site_a_late_answer_and_a_copied_key_are_refused(connection):
    key = authenticator()
    await registered(connection, key)
    assert await refused(connection, key, origin="https://bousol.example.com")
    assert await refused(connection, key, at=LATE)
    assert await refused(connection, key, type="webauthn.create")
    assert await refused(connection, key, challenge="AAAA")
    await sign_in(connection, key)
    key.count -= 1
    assert await refused(connection, key)


async def test_an_unknown_an_unverified_and_a_removed_key_are_refused(connection):
    key = authenticator()
    login, _ = await registered(connection, key)
    assert await refused(connection, authenticator())
    copy = authenticator(id=key.id, count=9)
    assert await refused(connection, copy)
    options = await passkeys.begin_registration(connection, SITE, user=login, at=NOW)
    naming: dict[str, Any] = {"user": login, "label": "copy", "at": NOW}
    with pytest.raises(BadPasskey):
        await passkeys.finish_registration(
            connection, SITE, answer=copy.register(options), **naming
        )
    key.flags = PRESENT
    assert await refused(connection, key)
    key.flags = authenticator().flags
    assert await passkeys.remove(connection, user=login, key=key.id, at=NOW)
    assert not await passkeys.remove(connection, user=login, key=key.id, at=NOW)
    assert await refused(connection, key)


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", '{"response": {"clientDataJSON": 1}}'])
async def test_what_is_no_answer_is_refused(connection, answer):
    login, _ = await user(connection)
    with pytest.raises(BadPasskey):
        await passkeys.finish_sign_in(connection, SITE, answer=answer, at=NOW)
    with pytest.raises(BadPasskey):
        await passkeys.finish_registration(
            connection, SITE, user=login, answer=answer, label="phone", at=NOW
        )


async def test_a_passkey_is_added_by_the_user_who_asked(connection):
    login, _ = await user(connection)
    other, _ = await user(connection)
    options = await passkeys.begin_registration(connection, SITE, user=login, at=NOW)
    answer = authenticator().register(options)
    with pytest.raises(BadPasskey):
        await passkeys.finish_registration(
            connection, SITE, user=other, answer=answer, label="phone", at=NOW
        )
