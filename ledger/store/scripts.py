"""The SQL the ledger runs: one statement or function a file, read from ledger/sql."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncpg

    Connection = (
        asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    )

_SQL: Final = Path(__file__).parent.parent / "sql"

FUNCTION_SCRIPTS: Final = (
    "clear",
    "protections",
    "rules",
    "post",
    "keys",
    "accounts",
    "governance",
    "grants",
)
"""The files of ledger/sql/functions, in the order in which they are installed."""


def function_scripts() -> tuple[str, ...]:
    """The text of every script that defines the ledger's functions, in order."""
    return tuple(
        (_SQL / "functions" / f"{name}.sql").read_text(encoding="utf-8")
        for name in FUNCTION_SCRIPTS
    )


@cache
def statement(name: str) -> str:
    """The text of `ledger/sql/<name>.sql`: one statement, its parameters named in its heading."""
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
