"""Lots and cards: what paid was allowed to, as far as the tables of today can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.audit.facts import SPENDING
from ledger.audit.report import Proved
from ledger.chart import AccountClass
from ledger.store import statement

if TYPE_CHECKING:
    from ledger.audit.books import Account
    from ledger.audit.report import AuditReport
    from ledger.audit.wire import Entry, Leg
    from ledger.store import Connection


def spendings(
    entry: Entry, legs: list[Leg], accounts: dict[int, Account]
) -> list[tuple[int, int, int, int]]:
    """(seq, lot, acceptor, posted_at) of each transfer by which a lot pays for something."""
    if entry.kind not in SPENDING:
        return []
    return [
        (entry.seq, leg.debit, leg.credit, entry.posted_at)
        for leg in legs
        if leg.debit in accounts and accounts[leg.debit].kind == AccountClass.LOT
    ]


async def keep_lots(
    connection: Connection, spent: list[tuple[int, int, int, int]], report: AuditReport
) -> None:
    """Each spending was before the lot's end and at an acceptor its rule allows."""
    proof = report[Proved.LOTS]
    proof.check(rows=len(spent))
    if not spent or proof.finding:
        return
    bad = await connection.fetchrow(
        statement("audit/lot_faults"), *map(list, zip(*spent, strict=True))
    )
    if bad is None:
        return
    row = f"seq {bad['seq']}"
    if bad["late"]:
        stored, expected = bad["posted_at"].isoformat(), f"<= {bad['expires'].isoformat()}"
        proof.fail(
            "journal", row, f"posted_at, paid by lot {bad['lot']}", stored=stored, expected=expected
        )
    else:
        proof.fail(
            "journal",
            row,
            f"acceptor paid by lot {bad['lot']}",
            stored=bad["acceptor"],
            expected=f"accepted by rule {bad['rule']}",
        )


async def keep_cards(connection: Connection, paid: list[Entry], report: AuditReport) -> None:
    """Each card that paid belongs to the party that paid."""
    proof = report[Proved.CARDS]
    proof.check(rows=len(paid))
    if not paid or proof.finding:
        return
    columns = [e.seq for e in paid], [e.card for e in paid], [e.party for e in paid]
    bad = await connection.fetchrow(statement("audit/card_faults"), *columns)
    if bad is not None:
        expected = f"a card of party {bad['party']}"
        proof.fail("journal", f"seq {bad['seq']}", "card", stored=bad["card"], expected=expected)
