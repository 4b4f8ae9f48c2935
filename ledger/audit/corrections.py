"""Refunds and reversals against the entries they name, read again from the journal."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ledger.audit.report import Proved
from ledger.journal import Transfer
from ledger.kinds import KINDS
from ledger.store import statement

if TYPE_CHECKING:
    from ledger.audit.report import AuditReport, Proof
    from ledger.audit.wire import Entry
    from ledger.kinds import KindFacts
    from ledger.store import Connection


class _Stored(NamedTuple):
    """An entry as far as a correction knows it."""

    seq: int
    origin: int | None
    facts: KindFacts
    remainder: int
    transfers: tuple[Transfer, ...]


async def keep_corrections(
    connection: Connection, entries: list[Entry], report: AuditReport
) -> None:
    """Compare each entry that corrects another with that one and all that correct it too."""
    proof = report[Proved.CORRECTIONS]
    proof.check(rows=len(entries))
    origins = sorted({e.origin for e in entries if e.origin is not None})
    stored = await _read(connection, origins) if origins else {}
    corrections: dict[int, list[_Stored]] = defaultdict(list)
    for entry in stored.values():
        if entry.origin is not None:
            corrections[entry.origin].append(entry)
    for origin in origins:
        _compare(origin, stored.get(origin), corrections[origin], proof)
    _keep_presence(entries, proof)


async def _read(connection: Connection, origins: list[int]) -> dict[int, _Stored]:
    """The entries with these numbers and all that correct them, whole, by number."""
    found: dict[int, _Stored] = {}
    for row in await connection.fetch(statement("audit/corrections"), origins):
        seq, origin, kind, remainder, *transfer, _ = row
        facts = _FACTS.get(kind)
        if facts is None:
            continue  # `templates` names it.
        before = found[seq].transfers if seq in found else ()
        found[seq] = _Stored(seq, origin, facts, remainder, (*before, Transfer(*transfer)))
    return found


_FACTS = {int(kind): facts for kind, facts in KINDS.items()}


def _keep_presence(entries: list[Entry], proof: Proof) -> None:
    """Only corrections name an origin, and all of them do, an earlier one."""
    for entry in entries:
        facts = _FACTS.get(entry.kind)
        corrects = facts is not None and (facts.reverses or facts.restores)
        if corrects != (entry.origin is not None):
            expected = "an earlier entry" if corrects else None
            _fail(proof, entry.seq, "origin", stored=entry.origin, expected=expected)


def _compare(seq: int, origin: _Stored | None, corrections: list[_Stored], proof: Proof) -> None:
    """What corrects one entry, in order: one reversal, or refunds within what was paid."""
    restored: Counter[int] = Counter()
    for number, correction in enumerate(corrections):
        if origin is None or origin.seq >= correction.seq:
            _fail(proof, correction.seq, "origin", stored=seq, expected="an earlier entry")
        elif correction.facts.reverses:
            _keep_mirror(origin, correction, first=number == 0, proof=proof)
        elif any(c.facts.reverses for c in corrections[:number]):
            _fail(proof, correction.seq, "origin", stored=seq, expected="not reversed before")
        else:
            _keep_refund(origin, correction, restored, proof)


def _keep_mirror(origin: _Stored, reversal: _Stored, *, first: bool, proof: Proof) -> None:
    mirror = tuple(Transfer(t.credit, t.debit, t.amount) for t in reversed(origin.transfers))
    if not first:
        _fail(proof, reversal.seq, "origin", stored=origin.seq, expected="not corrected before")
    if not origin.facts.reversible:
        _fail(proof, reversal.seq, "origin", stored=origin.seq, expected="reversible")
    if reversal.transfers != mirror:
        _fail(
            proof,
            reversal.seq,
            "transfers",
            stored=_told(reversal.transfers),
            expected=_told(mirror),
        )
    if reversal.remainder != -origin.remainder:
        _fail(
            proof,
            reversal.seq,
            "remainder",
            stored=reversal.remainder,
            expected=-origin.remainder,
        )


def _keep_refund(origin: _Stored, refund: _Stored, restored: Counter[int], proof: Proof) -> None:
    paid: Counter[int] = Counter()
    for transfer in origin.transfers:
        paid[transfer.debit] += transfer.amount
    if not origin.facts.refundable:
        _fail(proof, refund.seq, "origin", stored=origin.seq, expected="refundable")
    payees = {transfer.credit for transfer in origin.transfers}
    for debit, credit, amount in refund.transfers:
        restored[credit] += amount
        if debit not in payees:
            _fail(proof, refund.seq, "debit", stored=debit, expected=f"in {sorted(payees)}")
        if restored[credit] > paid[credit]:
            _fail(
                proof,
                refund.seq,
                f"given back to account {credit}",
                stored=restored[credit],
                expected=f"<= {paid[credit]}",
            )


def _told(transfers: tuple[Transfer, ...]) -> str:
    return ", ".join(f"{t.debit} <- {t.credit} {t.amount}" for t in transfers)


def _fail(proof: Proof, seq: int, fact: str, *, stored: object, expected: object) -> None:
    proof.fail("journal", f"seq {seq}", fact, stored=stored, expected=expected)
