import asyncio

import asyncpg
import pytest

from api.installation.databases import ROLES, Urls, drop, provision, sqlalchemy_url, urls


@pytest.fixture
def admin_url(server):
    return server.url(database="postgres", user="postgres")


@pytest.fixture
async def dropped(admin_url):
    """Names of databases that the test makes itself."""
    names = ["test_1_provisioned", "test_1_copy"]
    for name in names:
        await drop(admin_url, name)
    yield names
    for name in names:
        await drop(admin_url, name)


async def ask(url, query):
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_each_role_enters_and_none_is_a_superuser(admin_url, dropped):
    made = await provision(admin_url, dropped[0])
    for url, role in zip((made.owner, made.application, made.ccas), ROLES, strict=True):
        assert await ask(url, "select current_user") == role
        powers = """select rolsuper or rolcreatedb or rolcreaterole or rolreplication
            or rolbypassrls from pg_roles where rolname = current_user"""
        assert await ask(url, powers) is False


async def test_the_owner_alone_makes_things_and_strangers_stay_outside(admin_url, dropped):
    made = await provision(admin_url, dropped[0])
    assert await ask(made.owner, "create table owned (n int)") is None
    for url in (made.application, made.ccas):
        for statement in ("create table t (n int)", "create schema s", "create temp table t ()"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ask(url, statement)
    await ask(admin_url, "drop role if exists stranger")
    await ask(admin_url, "create role stranger login")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
            await ask(made.owner.replace("bousol_owner", "stranger"), "select 1")
    finally:
        await ask(admin_url, "drop role stranger")


async def test_provisioning_again_changes_nothing(admin_url, dropped):
    made = await provision(admin_url, dropped[0])
    await ask(made.owner, "create table kept as select 21 as n")
    assert await provision(admin_url, dropped[0]) == made
    assert await ask(made.owner, "select n from kept") == 21


async def test_many_may_provision_one_database_at_once(admin_url, dropped):
    made = await asyncio.gather(*(provision(admin_url, dropped[0]) for _ in range(8)))
    assert set(made) == {urls(admin_url, dropped[0])}
    owner = f"select datdba::regrole::text from pg_database where datname = '{dropped[0]}'"
    assert await ask(admin_url, owner) == "bousol_owner"


async def test_a_role_that_had_become_powerful_is_plain_again(admin_url, dropped):
    await provision(admin_url, dropped[0])
    await ask(admin_url, "alter role bousol_ccas createdb")
    await provision(admin_url, dropped[0])
    query = "select rolcreatedb from pg_roles where rolname = 'bousol_ccas'"
    assert await ask(admin_url, query) is False


async def test_text_is_ordered_alike_on_every_server(admin_url, dropped):
    made = await provision(admin_url, dropped[0])
    query = "select string_agg(word, '' order by word) from unnest(array['é', 'Z', 'a', 'A']) word"
    assert await ask(made.application, query) == "AZaé"
    assert await ask(made.application, "show server_encoding") == "UTF8"


async def test_a_copy_is_closed_like_its_template(admin_url, dropped):
    made = await provision(admin_url, dropped[0])
    await ask(made.owner, "create table kept as select 21 as n")
    copy = await provision(admin_url, dropped[1], template=dropped[0])
    assert await ask(copy.owner, "select n from kept") == 21
    public = f"""select has_database_privilege('public', '{dropped[1]}', 'connect')
        or has_schema_privilege('public', 'public', 'create')"""
    assert await ask(copy.owner, public) is False


def test_the_addresses_of_the_roles_keep_the_place_and_drop_who_asked():
    assert urls("postgresql://admin:secret@db.example:6543/postgres?sslmode=require") == Urls(
        application="postgresql://bousol_app@db.example:6543/bousol?sslmode=require",
        owner="postgresql://bousol_owner@db.example:6543/bousol?sslmode=require",
        ccas="postgresql://bousol_ccas@db.example:6543/bousol?sslmode=require",
    )
    assert urls("postgres:///postgres?host=/run/x", "a/b").ccas == (
        "postgres://bousol_ccas@/a%2Fb?host=/run/x"
    )


def test_sqlalchemy_is_told_the_driver():
    assert sqlalchemy_url("postgresql://u@/d?host=/s") == "postgresql+asyncpg://u@/d?host=/s"
    assert sqlalchemy_url("postgres://u@h/d") == "postgresql+asyncpg://u@h/d"


# The fixtures of tests/databases.py --------------------------------------------------------------


async def test_a_test_has_a_database_of_its_own(urls, fresh_database, database_factory):
    found = [urls.application, fresh_database.app_url, database_factory(), database_factory()]
    assert len({await ask(url, "select current_database()") for url in found}) == 4
    assert await ask(fresh_database.superuser_url, "select current_user") == "postgres"
    assert await (await fresh_database.connect()).close() is None
