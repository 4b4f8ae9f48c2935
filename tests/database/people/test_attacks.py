"""What the tables refuse whoever asks, what the ccas role sees; no secret lies in clear."""

import re
from uuid import uuid4

import asyncpg
import pytest

from admin.columns import METADATA
from admin.logins import credentials, keys, sessions, totp
from admin.logins.sessions import SignedIn
from admin.people import invitations
from admin.roles import Role
from tests.database.people.test_sessions import merchant
from tests.database.people.town import NOW, counter_of

DENIED, HISTORY = asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError
TABLES = sorted(METADATA.tables)


@pytest.fixture(scope="module")
async def opened(engine, pepper):
    desk = await counter_of(engine, pepper, 3)
    return await desk.account()


async def attack(url, refusal, *statements):
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            with pytest.raises(refusal):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_application_changes_no_event(fresh_database, opened):
    await attack(
        fresh_database.app_url,
        DENIED,
        "update admin.event set actor = null",
        "delete from admin.event",
        "truncate admin.event",
        "alter table admin.event disable trigger append_only",
    )


async def test_the_owner_changes_no_event_by_mistake(fresh_database, opened):
    await attack(
        fresh_database.owner_url,
        HISTORY,
        "update admin.event set actor = null",
        "delete from admin.event",
        "truncate admin.event",
    )


async def test_the_application_rewrites_nobody(fresh_database, opened):
    await attack(
        fresh_database.app_url,
        DENIED,
        "delete from admin.party",
        "update admin.party set id = 1",
        "update admin.role_grant set role = 'TRE'",
        "update admin.role_grant set party = 1",
        "delete from admin.card",
        "update admin.card set token_hash = 'x'",
        "update admin.session set user_id = gen_random_uuid()",
        "update admin.session set expires_at = 'infinity'",
        "update admin.api_key set scopes = '{payments:write}'",
        "update admin.invitation set role = 'TRE'",
        "update admin.membership set fee_cents = 0",
        "update admin.message set party = 1",
        "create table admin.mine (n int)",
    )


async def test_a_card_never_goes_back_nor_over_to_another_holder(fresh_database, opened):
    _, account = opened
    mine = f"where id = {account.card}"
    await attack(
        fresh_database.app_url,
        HISTORY,
        f"update admin.card set status = 'stock', handed_at = null {mine}",
        f"update admin.card set party = 1 {mine}",
    )


async def test_a_pin_has_no_sixth_try_and_a_password_no_other_hash(fresh_database, opened):
    await attack(
        fresh_database.app_url,
        asyncpg.CheckViolationError,
        "update admin.pin set tries = 6",
        "update admin.pin set hash = '\\x00'",
        f"insert into admin.password values ('{opened[0].user}', 'in clear', now())",
    )


@pytest.mark.parametrize("table", TABLES)
async def test_the_ccas_sees_nothing_of_the_people(fresh_database, table):
    await attack(fresh_database.ccas_url, DENIED, f"select * from {table}")


@pytest.fixture
async def secrets(engine, pepper, passwords):
    """One secret of each sort, as its owner knows it."""
    desk = await counter_of(engine, pepper, 3)
    await desk.account(pin="835017")
    async with engine.begin() as connection:
        owner = await merchant(connection)
        login = owner.user
        phrase = "digue sous le cerf volant"
        await credentials.set_password(connection, passwords, user=login, password=phrase, at=NOW)
        offered = invitations.Invitation(uuid4(), owner.party, Role.CASHIER, owner)
        making = {"party": owner.party, "actor": login, "at": NOW, "label": "till"}
        return [
            "835017",
            phrase,
            await totp.begin(connection, pepper, login),
            await sessions.issue(connection, SignedIn(login, frozenset(), "phone"), NOW),
            await sessions.know_device(connection, user=login, label="phone", at=NOW),
            await invitations.invite(connection, offered, NOW),
            await keys.make(connection, key=uuid4(), scopes=frozenset(), **making),
            *(card.token for card in desk.stock),
        ]


async def everything(url):
    """What every table holds, as text."""
    connection = await asyncpg.connect(url)
    lines = []
    for table in TABLES:
        rows = await connection.fetch(f"select t::text as row from {table} t")
        lines += [f"{table} {row['row']}" for row in rows]
    await connection.close()
    return "\n".join(lines)


def lies_in(text, secret):
    """Whether a secret stands there by itself, as text or as the bytes of that text."""
    written = rf"(?<!\w){re.escape(secret)}(?!\w)|{secret.encode().hex()}"
    return re.search(written, text) is not None


async def test_no_secret_lies_in_clear_in_any_table(fresh_database, opened, secrets):
    text = await everything(fresh_database.superuser_url)
    assert [secret for secret in secrets if lies_in(text, secret)] == []
    assert lies_in(text, opened[0].card_number), "the scan would find what lies there"
    assert lies_in(text, opened[0].person.name), "and a name where names stand"


def test_the_rest_of_a_key_is_not_its_beginning():
    assert len(keys.PREFIX) + 8 > keys.SHOWN_CHARACTERS
