"""The ledger's clock: the server's own, unless the ledger is a demo whose owner moved it.

The application role cannot move it, and a ledger that holds anybody's money never becomes a demo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from ledger.store import Connection


async def ahead(connection: Connection) -> timedelta:
    """How far the ledger's clock is ahead of the server's; below 0 when it is behind."""
    found: timedelta = await connection.fetchval("select clock_ahead from ledger.scheme")
    return found


async def mark_demo(owner: Connection, ahead: timedelta) -> None:
    """An empty ledger becomes a demo for good, so far ahead of the server, or behind it.

    Raises:
        asyncpg.RestrictViolationError: the ledger has entries.
        asyncpg.InsufficientPrivilegeError: the connection is not its owner's.
    """
    await owner.execute("select ledger.mark_demo($1)", ahead)


async def move(owner: Connection, ahead: timedelta) -> None:
    """A demo's clock goes forward, to so far ahead of the server.

    Raises:
        asyncpg.RestrictViolationError: the ledger is no demo, or it would go back.
        asyncpg.InsufficientPrivilegeError: the connection is not its owner's.
    """
    await owner.execute("select ledger.move_clock($1)", ahead)
