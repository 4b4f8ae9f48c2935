"""What the audit knows before it reads the journal: the chart of the code, not of the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.chart import CHART, NOTE_FACES, AccountClass
from ledger.kinds import KINDS, Rounding

if TYPE_CHECKING:
    from asyncpg import Record

PLACES: Final = 40
"""A pair of classes is one number: debited class x 40 + credited class."""


def pair(debit: int, credit: int) -> int:
    """A (debited, credited) pair of classes as one number."""
    return debit * PLACES + credit


class Effect(NamedTuple):
    """What one minor unit of a transfer does to L, to C and to the reserve."""

    debt: int
    issued: int
    reserve: int


def _effect(debit: AccountClass, credit: AccountClass) -> Effect:
    d, c = CHART[debit], CHART[credit]
    return Effect(
        d.side * d.debt - c.side * c.debt,
        d.side * d.issued - c.side * c.issued,
        d.side * d.reserve - c.side * c.reserve,
    )


EFFECTS: Final = {pair(d, c): _effect(d, c) for d in CHART for c in CHART}
_HOLDERS: Final = (AccountClass.WALLET, AccountClass.MERCHANT, AccountClass.HOLD)
PLAIN: Final = frozenset(pair(d, c) for d in _HOLDERS for c in _HOLDERS)
"""Own money between holders: neither the law, a lot, a note nor an award is touched."""

TEMPLATES: Final[dict[int, frozenset[int]]] = {
    kind: frozenset(pair(*p) for p in facts.pairs) for kind, facts in KINDS.items()
}
MIRRORS: Final = frozenset(kind for kind, facts in KINDS.items() if facts.reverses)
CORRECTING: Final = frozenset(k for k, facts in KINDS.items() if facts.reverses or facts.restores)
DOCUMENTED: Final = frozenset(kind for kind, facts in KINDS.items() if facts.documented)
SPENDING: Final = frozenset(kind for kind, facts in KINDS.items() if facts.spends)
ROUNDINGS: Final[dict[int, Rounding]] = {kind: facts.rounding for kind, facts in KINDS.items()}
NOTE_CENTS: Final[dict[int, int]] = {note: 100 * face for note, face in NOTE_FACES.items()}


@dataclass(frozen=True, slots=True)
class Rules:
    """The scheme and the policies, read once: they only ever grow."""

    rate_issued: int
    rate_paid: int
    tranche_cents: int
    sponsored: bool
    tranche_wallets: dict[int, bool]
    tranche_comptoirs: dict[int, bool]

    @classmethod
    def read(cls, scheme: Record, policies: list[Record]) -> Rules:
        """From the row of `ledger.scheme` and those of `ledger.policy`."""
        return cls(
            scheme["rate_issued"],
            scheme["rate_paid"],
            scheme["tranche"],
            scheme["redemption"] == "sponsored",
            {p["version"]: p["wallet_mode"] == "tranche" for p in policies},
            {p["version"]: p["comptoir_mode"] == "tranche" for p in policies},
        )

    def remainder(self, debt_cents: int, issued_cents: int) -> int:
        """What moving L and C leaves: `21 x debt - 20 x issued`, or `debt - issued` sponsored."""
        if self.sponsored:
            return debt_cents - issued_cents
        return self.rate_issued * debt_cents - self.rate_paid * issued_cents

    def bought(self, euros_cents: int, *, tranche: bool) -> int:
        """Bou'Sol cents that euros buy."""
        whole = euros_cents - euros_cents % self.tranche_cents if tranche else euros_cents
        return euros_cents + whole * (self.rate_issued - self.rate_paid) // self.rate_paid

    def cost(self, bousol_cents: int, *, tranche: bool) -> int:
        """Euro-cents that bought these Bou'Sol cents; meaningless when no amount buys them."""
        if not tranche:
            return -(-bousol_cents * self.rate_paid // self.rate_issued)
        tranches, rest = divmod(bousol_cents, self.bought(self.tranche_cents, tranche=True))
        return tranches * self.tranche_cents + rest

    def redeemed(self, bousol_cents: int) -> int:
        """Euro-cents that Bou'Sol cents are worth to who leaves."""
        return bousol_cents * self.rate_paid // self.rate_issued
