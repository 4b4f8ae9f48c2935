"""Accounts that must come out even: public bodies, batches of awards, notes against paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.audit.facts import NOTE_CENTS, PLACES, pair
from ledger.audit.report import Proved
from ledger.chart import AccountClass as A

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ledger.audit.books import Books, Moved
    from ledger.audit.facts import Rules
    from ledger.audit.report import AuditReport
    from ledger.audit.wire import Entry, Leg

_ISSUED_IN_BATCH, _BATCH_UNDONE = pair(A.ISSUED, A.AWARDS), pair(A.AWARDS, A.ISSUED)
_AWARDED, _AWARD_UNDONE = pair(A.AWARDS, A.LOT), pair(A.LOT, A.AWARDS)
_INTO_LOTS = pair(A.ISSUED, A.LOT), pair(A.LOT, A.ISSUED)


class _Batch:
    """One account of awards: what its batch declared, and what was given out."""

    __slots__ = ("euros", "given", "lines", "paid", "seq", "tranche")

    def __init__(self) -> None:
        self.seq = self.given = self.paid = 0
        self.lines: dict[int, int] = {}  # By the number of the entry that issued.
        self.euros: int | None = 0
        self.tranche = False

    @property
    def declared(self) -> int:
        """How many awards are to be given out."""
        return sum(self.lines.values())


class Clearing:
    """What passes through accounts that end at 0, and the worth of notes out against paper."""

    def __init__(self, report: AuditReport, books: Books) -> None:
        self._public = report[Proved.PUBLIC]
        self._notes = report[Proved.NOTES]
        self._awards = report[Proved.AWARDS]
        self._books = books
        self._batches: dict[int, _Batch] = {}

    def entry(self, entry: Entry, moved: Moved, rules: Rules) -> None:
        """An entry beyond the holders' own accounts: what it leaves in each of these."""
        touched = {side for p in moved.by_pair for side in divmod(p, PLACES)}
        if A.PUBLIC in touched:
            self._keep_public(entry, moved)
        if A.PAPER in touched or A.NOTE_OUT in touched:
            self._keep_notes(entry, moved)
        if A.AWARDS in touched:
            self._keep_batches(entry, moved, rules)

    def end(self, rules: Rules) -> None:
        """Each batch whose account is at 0 gave out what it declared; none gave out more."""
        for account, batch in self._batches.items():
            self._awards.check()
            even = self._books.accounts[account].balance == 0
            row, source = f"seq {batch.seq}", "journal"
            if batch.given != batch.declared if even else batch.given > batch.declared:
                self._awards.fail(
                    source, row, "lines", stored=batch.declared, expected=f"{batch.given} awards"
                )
            known = batch.euros is not None and not rules.sponsored
            if even and known and batch.paid != batch.euros:
                self._awards.fail(
                    source,
                    row,
                    "euro-cents of the awards",
                    stored=batch.euros,
                    expected=batch.paid,
                )

    def _keep_public(self, entry: Entry, moved: Moved) -> None:
        for leg in _all(moved):
            for number in (leg.debit, leg.credit):
                account = self._books.accounts[number]
                if account.kind == A.PUBLIC:
                    self._public.check()
                    if account.balance:
                        self._public.fail(
                            "journal",
                            f"seq {entry.seq}",
                            f"balance of account {number}",
                            stored=account.balance,
                            expected=0,
                        )

    def _keep_notes(self, entry: Entry, moved: Moved) -> None:
        paper = out = 0
        for p, legs in moved.by_pair.items():
            debit, credit = divmod(p, PLACES)
            paper += ((credit == A.PAPER) - (debit == A.PAPER)) * sum(leg.amount for leg in legs)
            out += ((debit == A.NOTE_OUT) - (credit == A.NOTE_OUT)) * self._worth(legs)
        self._notes.check()
        if paper != out:
            self._notes.fail(
                "journal", f"seq {entry.seq}", "cents of notes out", stored=out, expected=paper
            )

    def _worth(self, notes: Iterable[Leg]) -> int:
        """Cents on the face of the notes moved; 0 when what was moved is no note."""
        accounts = self._books.accounts
        return sum(n.amount * NOTE_CENTS.get(accounts[n.debit].commodity, 0) for n in notes)

    def _keep_batches(self, entry: Entry, moved: Moved, rules: Rules) -> None:
        lots = sum(len(moved.by_pair[p]) for p in _INTO_LOTS if p in moved.by_pair)
        for leg in moved.by_pair.get(_ISSUED_IN_BATCH, ()):
            batch = self._batches.setdefault(leg.credit, _Batch())
            batch.seq = entry.seq
            batch.lines[entry.seq] = (entry.lines or 1) - lots
            alone = len(moved.by_pair[_ISSUED_IN_BATCH]) == 1 and not lots
            batch.euros = batch.euros + moved.debt if alone and batch.euros is not None else None
            batch.tranche = rules.tranche_wallets.get(entry.policy, False)
        for leg in moved.by_pair.get(_BATCH_UNDONE, ()):
            batch = self._batches.setdefault(leg.debit, _Batch())
            batch.lines.pop(entry.origin or 0, None)
            batch.euros = None if batch.euros is None else batch.euros + moved.debt
        for leg in moved.by_pair.get(_AWARDED, ()):
            self._given(leg, self._batches.setdefault(leg.debit, _Batch()), 1, rules)
        for leg in moved.by_pair.get(_AWARD_UNDONE, ()):
            self._given(leg, self._batches.setdefault(leg.credit, _Batch()), -1, rules)

    def _given(self, leg: Leg, batch: _Batch, sign: int, rules: Rules) -> None:
        batch.given += sign
        batch.paid += sign * rules.cost(leg.amount, tranche=batch.tranche)
        batch.seq = batch.seq or leg.seq


def _all(moved: Moved) -> Iterator[Leg]:
    return (leg for legs in moved.by_pair.values() for leg in legs)
