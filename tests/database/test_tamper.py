"""Whatever one row says otherwise than it was written, the audit names the proof and the row.

Each case tampers with one journal as superuser, past all triggers, and is rolled back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from ledger.audit import Proved, audit
from tests.database.chain_verifier import GENESIS, link_hash
from tests.database.journals import write_journal
from tests.database.tampering import CASES

if TYPE_CHECKING:
    from ledger.audit import AuditReport
    from tests.database.journals import Journal


class Inside:
    """A connection in a transaction, for an audit that must see what will be rolled back."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def transaction(self, **_: object) -> Any:
        """What is uncommitted has no other snapshot."""
        return self._connection.transaction()

    async def close(self) -> None:
        """It is not the audit's to close."""


class Ground:
    """A database with one journal in it, on which nothing that is tampered with lasts."""

    def __init__(self, connection: asyncpg.Connection, journal: Journal) -> None:
        self._connection = connection
        self.names = {**journal.seqs, **journal.accounts, "last": max(journal.seqs.values())}

    async def audited(self, *statements: Any, **wanted: Any) -> AuditReport:
        """What the audit says after SQL, or work on a connection, past all triggers."""
        undone = self._connection.transaction()
        await undone.start()
        try:
            await self._connection.execute("set local session_replication_role = replica")
            for statement in statements:
                if isinstance(statement, str):
                    await self._connection.execute(self.filled(statement))
                else:
                    await statement(self._connection)
            await self._connection.execute("set local role bousol_app")
            return await audit(self._inside, **wanted)
        finally:
            await undone.rollback()

    async def _inside(self) -> Any:
        return Inside(self._connection)

    def filled(self, text: str) -> str:
        for name, number in self.names.items():
            text = text.replace(f"{{{name}}}", str(number))
        return text

    def row(self, told: str) -> str:
        """Of "{p2p}" it makes "seq 14", of "link {p2p}" "last_seq 14"; a "+1" is added."""
        row = self.filled(told).replace("link ", "last_seq ")
        row = f"seq {row}" if row[0].isdigit() else row
        head, _, rest = row.partition("+")
        if rest:
            name, number = head.split()
            row = f"{name} {int(number) + int(rest[0])}{rest[1:]}"
        return row


@pytest.fixture(scope="module")
async def ground(fresh_database):
    journal = await write_journal(fresh_database.app_url)
    connection = await asyncpg.connect(fresh_database.superuser_url)
    yield Ground(connection, journal)
    await connection.close()


@pytest.mark.parametrize("name", CASES)
async def test_the_audit_names_the_proof_and_the_row(ground, name):
    case = CASES[name]
    report = await ground.audited(case.sql)
    assert not report.ok
    finding = report[case.proof].finding
    assert finding is not None, {p.name: p.finding for p in report.proofs.values() if p.finding}
    table = "chain_link" if case.row.startswith(("link", "last_seq")) else case.table
    expected = ground.row(case.row)
    assert finding.table == table
    assert finding.row == expected or (expected[-1] == " " and finding.row.startswith(expected))


async def rewrite(connection: asyncpg.Connection) -> None:
    """Another party paid; then every hash is reckoned anew, as the owner of a database can."""
    await connection.execute("update ledger.journal set party = 4 where card is not null")
    head = GENESIS
    for link in await connection.fetch("select * from ledger.chain_link where last_seq > 0"):
        of = "where seq between $1 and $2 order by seq"
        span = link["first_seq"], link["last_seq"]
        entries = await connection.fetch(f"select * from ledger.journal {of}", *span)
        more = await connection.fetch(f"select * from ledger.journal_more {of}, position", *span)
        head = link_hash(head, link, entries, more)
        written = "update ledger.chain_link set hash = $1 where last_seq = $2"
        await connection.execute(written, head, span[1])
    await connection.execute("update ledger.card set party = 4")


async def test_a_chain_rewritten_to_its_end_is_right_unless_a_head_was_published(
    ground, fresh_database
):
    """What docs/reference/chain.md says the chain does not prove."""
    before = await audit(fresh_database.connect)
    assert before.ok
    alone = await ground.audited(rewrite)
    assert alone.ok
    published = {before.head_seq: before.head_hash}
    held_to_it = await ground.audited(rewrite, heads=published)
    finding = held_to_it[Proved.HEADS].finding
    assert finding is not None
    assert finding.row == f"last_seq {before.head_seq}"
    assert finding.expected == before.head_hash.hex()


@pytest.mark.parametrize("beyond", [1, 1_000])
async def test_a_published_head_the_chain_does_not_have_is_named(ground, fresh_database, beyond):
    last = ground.names["last"]
    report = await audit(fresh_database.connect, heads={last + beyond: bytes(32)})
    finding = report[Proved.HEADS].finding
    assert finding is not None
    assert (finding.row, finding.stored) == (f"last_seq {last + beyond}", "null")


async def test_every_published_head_is_compared(fresh_database):
    whole = await audit(fresh_database.connect)
    heads = {0: GENESIS, whole.head_seq: whole.head_hash}
    report = await audit(fresh_database.connect, heads=heads)
    assert report.ok
    assert report[Proved.HEADS].checked == 2
