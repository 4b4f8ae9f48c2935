"""The order of an audit: rules first, then the walk, then what must hold at one instant."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ledger.audit.accounts import keep_accounts
from ledger.audit.identities import keep_identities
from ledger.audit.pace import Pace
from ledger.audit.report import AuditReport, Proved
from ledger.audit.tables import keep_chart, keep_columns, keep_protections
from ledger.audit.walk import PAGE_ENTRIES, Walk
from ledger.store import statement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import asyncpg

    from ledger.lane import Connect

    Progress = Callable[[int, int], None]


async def audit(
    connect: Connect,
    *,
    heads: Mapping[int, bytes] | None = None,
    progress: Progress | None = None,
) -> AuditReport:
    """Prove the whole journal by another path than the one that wrote it.

    Every statement is a short one that only reads; while others post, it rests between them.

    Args:
        connect: opens a connection that may read the schema `ledger`.
        heads: hashes published outside, by the number of the last entry they cover.
        progress: told (entries walked, entries there are) after each page.
    """
    begun = time.monotonic()
    connection = await connect()
    try:
        await connection.execute("set default_transaction_read_only = on; set jit = off")
        report = await _audit(connection, heads or {}, progress or (lambda *_: None))
    finally:
        await connection.close()
    report.seconds = time.monotonic() - begun
    return report


async def _audit(
    connection: asyncpg.Connection[asyncpg.Record], heads: Mapping[int, bytes], progress: Progress
) -> AuditReport:
    report, pace = AuditReport(), Pace(connection)
    if not await keep_columns(connection, report):
        return report
    await keep_protections(connection, report)
    await keep_chart(connection, report)
    walk = Walk(connection, report, heads)
    await walk.begin()
    await keep_identities(connection, report, pace)
    while (head := await _head(connection)) - walk.seq > PAGE_ENTRIES:
        await _walk(walk, head, pace, progress)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await _finish(connection, walk, report, progress)
    return report


async def _walk(walk: Walk, head: int, pace: Pace, progress: Progress) -> None:
    while True:
        async with pace.step():
            more = await walk.page(head)
        if not more:
            return
        progress(walk.seq, head)


async def _finish(
    connection: asyncpg.Connection[asyncpg.Record],
    walk: Walk,
    report: AuditReport,
    progress: Progress,
) -> None:
    """The last entries and every account, as one snapshot sees them."""
    head = await _head(connection)
    while await walk.page(head):
        progress(walk.seq, head)
    stray = await connection.fetchrow(statement("audit/stray"), walk.seq)
    if stray is not None:
        where = "" if stray["position"] is None else f", position {stray['position']}"
        row = f"seq {stray['seq']}{where}"
        report[Proved.SEQUENCE].fail(
            stray["of_table"], row, "seq", stored=stray["seq"], expected=f"1 to {walk.seq}"
        )
    await keep_accounts(connection, walk.books, report)
    walk.end()
    report.entries = walk.seq


async def _head(connection: asyncpg.Connection[asyncpg.Record]) -> int:
    head = await connection.fetchval("select max(last_seq) from ledger.chain_link")
    assert head is None or isinstance(head, int)
    return head or 0
