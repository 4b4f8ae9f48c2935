"""Attacks by raw SQL: who tries, what must happen, and that nothing else did."""

import asyncpg
import pytest

DENIED = asyncpg.InsufficientPrivilegeError
REFUSED = asyncpg.RestrictViolationError
CHECKED = asyncpg.CheckViolationError

TABLES = (  # noqa: SIM905  # why: two lines beat fourteen
    "acceptance account card chain_link class closed_once commodity journal journal_more kind "
    "policy refusal scheme template"
).split()
HISTORY = ("journal", "journal_more", "refusal", "closed_once", "chain_link")


async def attack(books, role, error, statement, *arguments):
    """The statement fails with `error`, and not a row is another than before."""
    await books.connection.execute("set local role postgres")
    before = await books.written()
    with pytest.raises(error) as told:  # noqa: PT012  # why: the statement is one transaction
        async with books.connection.transaction():
            await books.connection.execute(f"set local role {role}")
            await books.connection.fetch(statement, *arguments)
    await books.connection.execute("set local role postgres")
    assert await books.written() == before
    await books.connection.execute("set local role bousol_app")
    return str(told.value)


def writes(table):
    """The four ways to write a table, with columns that exist."""
    return {
        "insert": f"insert into ledger.{table} select * from ledger.{table}",
        "update": f"update ledger.{table} set {FIRST_COLUMN[table]} = {FIRST_COLUMN[table]}",
        "delete": f"delete from ledger.{table}",
        "truncate": f"truncate ledger.{table} cascade",
    }


FIRST_COLUMN = dict.fromkeys(TABLES, "id") | {
    "acceptance": "rule",
    "chain_link": "hash",
    "closed_once": "once",
    "journal": "amount",
    "journal_more": "amount",
    "policy": "settings",
    "refusal": "code",
    "scheme": "stopped",
    "template": "kind",
}
WAYS = ("insert", "update", "delete", "truncate")
