"""What stands once stands once: an id, a key, an act; none is posted and refused or closed.

Walked in pages along the unique indexes, which `protections` proves to be there; each page is a
statement of a few milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.audit.report import Proved
from ledger.refusals import POSTING_REFUSALS
from ledger.store import statement

if TYPE_CHECKING:
    from ledger.audit.pace import Pace
    from ledger.audit.report import AuditReport, Proof
    from ledger.store import Connection

PAGE_ROWS: Final = 20_000
_FIRST: Final = UUID(int=0)
_PARTY_MIN: Final = -(2**63)


async def keep_identities(connection: Connection, report: AuditReport, pace: Pace) -> None:
    """Walk the ids, the acts that may happen once, the keys, the refusals, the acts closed."""
    proof = report[Proved.IDENTITIES]
    for column in ("id", "once"):
        await _keep_single(connection, column, proof, pace)
    await _keep_keys(connection, proof, pace)
    await _keep_refusals(connection, proof, pace)
    await _keep_closed(connection, proof, pace)


async def _keep_single(connection: Connection, column: str, proof: Proof, pace: Pace) -> None:
    page = statement(f"audit/duplicate_{column}s")
    first = _FIRST
    while True:
        async with pace.step():
            found = await connection.fetchrow(page, first, PAGE_ROWS)
        assert found is not None
        proof.check(rows=found["rows"])
        if found["twice"]:
            proof.fail("journal", f"{column} {found['twice']}", "rows", stored=2, expected=1)
        if found["rows"] < PAGE_ROWS or found["last"] == first:
            return
        first = found["last"]


async def _keep_keys(connection: Connection, proof: Proof, pace: Pace) -> None:
    first = _FIRST, _PARTY_MIN
    while True:
        async with pace.step():
            found = await connection.fetchrow(statement("audit/duplicate_keys"), *first, PAGE_ROWS)
        assert found is not None
        proof.check(rows=found["rows"])
        if found["twice"]:
            proof.fail("journal", f"key {found['twice']}", "rows", stored=2, expected=1)
        last = found["last"], found["last_party"]
        if found["rows"] < PAGE_ROWS or last == first:
            return
        first = last


async def _keep_refusals(connection: Connection, proof: Proof, pace: Pace) -> None:
    after = _FIRST, _PARTY_MIN
    while True:
        async with pace.step():
            found = await connection.fetch(statement("audit/refusals"), *after, PAGE_ROWS)
        proof.check(rows=len(found))
        for key, party, code, seq in found:
            row = f"key {key} of party {party}"
            if seq is not None:
                proof.fail("refusal", row, "code", stored=code, expected=f"none: entry {seq}")
            if code not in POSTING_REFUSALS:
                proof.fail("refusal", row, "code", stored=code, expected="a published code")
        if len(found) < PAGE_ROWS:
            return
        after = found[-1]["key"], found[-1]["party"]


async def _keep_closed(connection: Connection, proof: Proof, pace: Pace) -> None:
    """No act was closed and has happened all the same."""
    after = _FIRST
    while True:
        async with pace.step():
            found = await connection.fetch(statement("audit/closed_onces"), after, PAGE_ROWS)
        proof.check(rows=len(found))
        for once, seq in found:
            if seq is not None:
                proof.fail(
                    "closed_once", f"once {once}", "entry", stored=f"seq {seq}", expected=None
                )
        if len(found) < PAGE_ROWS:
            return
        after = found[-1]["once"]
