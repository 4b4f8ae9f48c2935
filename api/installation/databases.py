"""One ledger database on a server: its roles, its rights, its addresses.

The owner migrates, the application posts and reads, the ccas role alone sees aid files. None of
them is a superuser, so that the database's own protections hold against each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

DATABASE = "bousol"
OWNER = "bousol_owner"
APPLICATION = "bousol_app"
CCAS = "bousol_ccas"
ROLES = (OWNER, APPLICATION, CCAS)

_PROVISIONING_LOCK = 20210919
"""Advisory lock of the administration database: two who provision at once go in turn."""
_DATABASE_EXISTS = "select exists (select from pg_database where datname = $1)"
_ROLE_IS_PLAIN = """
    select rolcanlogin and not (
        rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)
    from pg_roles where rolname = $1"""
_PLAIN_ROLE = "login nosuperuser nocreatedb nocreaterole noreplication nobypassrls"
_LOCALE = "encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8' template template0"
_BUILTIN_LOCALE = f"{_LOCALE} locale_provider builtin builtin_locale 'C.UTF-8'"
_BUILTIN_LOCALE_SINCE = 17


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of one ledger database, one for each role."""

    application: str
    owner: str
    ccas: str


async def provision(
    admin_url: str, database: str = DATABASE, *, template: str | None = None
) -> Urls:
    """Make the roles and an empty database that the owner may migrate; again is no act.

    Safe when two processes do it at once. The roles get no password: the embedded server trusts
    its private socket, and elsewhere whoever runs the server decides how they prove themselves.

    Args:
        admin_url: a superuser's address of any database of the server but `template`.
        database: the name of the new database.
        template: a database without connections to begin with a copy of, in place of an empty one.
    """
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _PROVISIONING_LOCK)
        for role in ROLES:
            await _make_role(connection, role)
        if not await connection.fetchval(_DATABASE_EXISTS, database):
            await _make_database(connection, database, template)
        await _close_to_others(connection, database)
        if template is None:
            await _close_public_schema(_url(admin_url, database=database))
    finally:
        await connection.close()
    return urls(admin_url, database)


def urls(server_url: str, database: str = DATABASE) -> Urls:
    """The addresses of `database` on the server of `server_url`, without its user and password."""
    application, owner, ccas = (
        _url(server_url, database=database, user=role) for role in (APPLICATION, OWNER, CCAS)
    )
    return Urls(application=application, owner=owner, ccas=ccas)


async def drop(admin_url: str, database: str) -> None:
    """Remove a database, and whoever is connected to it."""
    connection = await asyncpg.connect(admin_url)
    try:
        await _run(connection, "drop database if exists %I with (force)", database)
    finally:
        await connection.close()


def sqlalchemy_url(url: str) -> str:
    """The same address for SQLAlchemy, which wants to be told the driver."""
    return f"postgresql+asyncpg:{url.partition(':')[2]}"


async def _make_role(connection: Connection, role: str) -> None:
    """A role that may sign in and has no power of its own, whatever it was before."""
    plain = await connection.fetchval(_ROLE_IS_PLAIN, role)
    if plain is None:
        await _run(connection, f"create role %I {_PLAIN_ROLE}", role)
    elif not plain:
        await _run(connection, f"alter role %I {_PLAIN_ROLE}", role)


async def _make_database(connection: Connection, database: str, template: str | None) -> None:
    if template is not None:
        await _run(connection, "create database %I owner %I template %I", database, OWNER, template)
        return
    version = connection.get_server_version().major
    locale = _BUILTIN_LOCALE if version >= _BUILTIN_LOCALE_SINCE else _LOCALE
    await _run(connection, f"create database %I owner %I {locale}", database, OWNER)


async def _close_to_others(connection: Connection, database: str) -> None:
    await _run(connection, "revoke all on database %I from public", database)
    await _run(connection, "grant connect on database %I to %I, %I, %I", database, *ROLES)


async def _close_public_schema(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("revoke create on schema public from public")
    finally:
        await connection.close()


async def _run(connection: Connection, statement: str, *names: str) -> None:
    """Execute a statement whose %I are names; the server quotes them."""
    quoted = await connection.fetchval("select format($1, variadic $2::text[])", statement, names)
    await connection.execute(quoted)


def _url(server_url: str, *, database: str, user: str | None = None) -> str:
    parts = urlsplit(server_url)
    userinfo, at, place = parts.netloc.rpartition("@")
    if user is not None:
        userinfo, at = quote(user, safe=""), "@"
    path = f"/{quote(database, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{userinfo}{at}{place}", path=path))
