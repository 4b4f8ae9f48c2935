"""Every account as the journal leaves it: walked transfer by transfer, from 0."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from ledger.audit.facts import EFFECTS, PLACES, TEMPLATES, Effect
from ledger.audit.report import Proved
from ledger.audit.wire import More

if TYPE_CHECKING:
    from asyncpg import Record

    from ledger.audit.report import AuditReport, Proof
    from ledger.audit.wire import Entry, Leg

UNKNOWN: Final = -1
"""The pair of a transfer that names an account that does not exist."""
_NONE: Final[frozenset[int]] = frozenset()
_NO_EFFECT: Final = Effect(0, 0, 0)


class Account:
    """Where one account stands; its class, side and commodity never change."""

    __slots__ = ("balance", "commodity", "kind", "side", "version")

    def __init__(self, row: Record) -> None:
        self.version = 0
        self.balance = 0
        self.side: int = row["side"]
        self.kind: int = row["class"]
        self.commodity: int = row["commodity"]


def place(leg: Leg) -> tuple[str, str]:
    """The table and the row of a transfer."""
    if isinstance(leg, More):
        return "journal_more", f"seq {leg.seq}, position {leg.position}"
    return "journal", f"seq {leg.seq}"


class Books:
    """The accounts met so far; `move` is the one step of the walk."""

    def __init__(self, report: AuditReport) -> None:
        self.accounts: dict[int, Account] = {}
        self._continuity: Proof = report[Proved.CONTINUITY]
        self._transfers: Proof = report[Proved.TRANSFERS]
        self._floors: Proof = report[Proved.FLOORS]
        self._templates: Proof = report[Proved.TEMPLATES]

    def move(self, leg: Leg) -> int:
        """Both accounts of a transfer move; the pair of their classes, or UNKNOWN."""
        debit = self.accounts.get(leg.debit)
        credit = self.accounts.get(leg.credit)
        if debit is None or credit is None:
            return self._unknown(leg, debit, credit)
        debit.version += 1
        credit.version += 1
        debit.balance += debit.side * leg.amount
        credit.balance -= credit.side * leg.amount
        if (
            debit.balance != leg.debit_balance
            or credit.balance != leg.credit_balance
            or debit.version != leg.debit_version
            or credit.version != leg.credit_version
        ):
            self._broken(leg, debit, credit)
        if leg.debit_balance < 0 or leg.credit_balance < 0:
            self._below(leg)
        if debit.commodity != credit.commodity or leg.amount < 1 or debit is credit:
            self._malformed(leg, debit, credit)
        return debit.kind * PLACES + credit.kind

    def keep_template(self, entry: Entry, leg: Leg, moved: int) -> None:
        """Find a transfer its kind may not write."""
        if moved not in TEMPLATES.get(entry.kind, _NONE):
            debit, credit = divmod(moved, PLACES)
            self._templates.fail(
                *place(leg),
                f"classes of a transfer of kind {entry.kind}",
                stored=f"{debit} to {credit}",
                expected="in the template of the kind",
            )

    def _unknown(self, leg: Leg, debit: Account | None, credit: Account | None) -> int:
        """One side is nobody's account: name it, and believe the other's figures."""
        missing = leg.debit if debit is None else leg.credit
        self._transfers.fail(*place(leg), "account", stored=missing, expected="an account")
        if debit:
            debit.version, debit.balance = leg.debit_version, leg.debit_balance
        if credit:
            credit.version, credit.balance = leg.credit_version, leg.credit_balance
        return UNKNOWN

    def _broken(self, leg: Leg, debit: Account, credit: Account) -> None:
        """Name what does not follow on, then go on from what is stored."""
        told = {
            "debit_version": debit.version,
            "credit_version": credit.version,
            "debit_balance": debit.balance,
            "credit_balance": credit.balance,
        }
        for fact, expected in told.items():
            stored = getattr(leg, fact)
            if stored != expected:
                self._continuity.fail(*place(leg), fact, stored=stored, expected=expected)
        debit.version, debit.balance = leg.debit_version, leg.debit_balance
        credit.version, credit.balance = leg.credit_version, leg.credit_balance

    def _below(self, leg: Leg) -> None:
        for fact in ("debit_balance", "credit_balance"):
            if getattr(leg, fact) < 0:
                self._floors.fail(*place(leg), fact, stored=getattr(leg, fact), expected=">= 0")

    def _malformed(self, leg: Leg, debit: Account, credit: Account) -> None:
        if leg.amount < 1:
            self._transfers.fail(*place(leg), "amount", stored=leg.amount, expected=">= 1")
        if debit is credit:
            self._transfers.fail(
                *place(leg), "credit", stored=leg.credit, expected="another than the debited"
            )
        if debit.commodity != credit.commodity:
            self._transfers.fail(
                *place(leg),
                "commodity of the credited account",
                stored=credit.commodity,
                expected=debit.commodity,
            )


class Moved:
    """What an entry did to L, C, the reserve, and to each pair of classes."""

    __slots__ = ("by_pair", "debt", "issued", "reserve")

    def __init__(self, legs: list[tuple[int, Leg]]) -> None:
        self.debt = self.issued = self.reserve = 0
        self.by_pair: dict[int, list[Leg]] = defaultdict(list)
        for moved, leg in legs:
            effect = EFFECTS.get(moved, _NO_EFFECT)
            self.debt += effect.debt * leg.amount
            self.issued += effect.issued * leg.amount
            self.reserve += effect.reserve * leg.amount
            self.by_pair[moved].append(leg)
