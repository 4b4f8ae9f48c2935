"""The end-of-programme proof: where every euro of a programme went, to the cent.

In Bou'Sols nothing is rounded: what was issued is what was spent, taken back, released and still
there. In euros the spent ones are what is left of the funded: funded − unused − returned − released
− still backing. All of it is read from the journal's entries by kind, not from the rows that led to
them, a reversal with the kind of what it reverses, and a figure that does not close is refused.
Source: features A15; domain model, 6, 18.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ledger.flows.act import Terms
    from ledger.store import InKind

_ISSUING: Final = frozenset({Kind.AID_BATCH, Kind.CSE_DISBURSE})
_SPENDING: Final = frozenset({Kind.PAYMENT, Kind.PUBLIC_SETTLEMENT, Kind.REFUND})
_FUNDING: Final = frozenset({Kind.PROGRAMME_FUND, Kind.SUSPENSE_MATCH})
"""Euros arrive for a programme, or turn out to be its own after they waited."""
_EURO_KINDS: Final = _ISSUING | _FUNDING | {Kind.PROGRAMME_RETURN, Kind.AID_EXPIRE}
_LOT_KINDS: Final = _SPENDING | {Kind.AID_AWARD, Kind.CSE_DISBURSE, Kind.AID_EXPIRE,
                                 Kind.AID_RELEASE}  # fmt: skip


class ProofBroken(Exception):
    """The journal says what no programme can do: a fault of ours, never shown as a figure."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The figures of a programme up to one entry of the journal; cents.

    Attributes:
        funded: euros received.
        converted: euros that became Bou'Sols.
        reclaimed: euros that lapsed aid gave back to the programme.
        returned: euros sent back to the sponsor.
        unused: euros of the programme that are neither.
        issued: Bou'Sols given out to holders.
        spent: Bou'Sols paid to merchants, refunds deducted.
        expired: Bou'Sols taken back.
        released: Bou'Sols whose earmark was lifted.
        backing: Bou'Sols still in lots.
        released_euros: what backs the released ones.
        backing_euros: what backs those still in lots.
    """

    funded: int
    converted: int
    reclaimed: int
    returned: int
    unused: int
    issued: int
    spent: int
    expired: int
    released: int
    backing: int
    released_euros: int
    backing_euros: int

    @property
    def spent_euros(self) -> int:
        """Euros that were spent: what is left of the funded ones."""
        gone = self.unused + self.returned + self.released_euros + self.backing_euros
        return self.funded - gone

    def check(self) -> None:
        """Nothing is lost and nothing is counted twice.

        Raises:
            ProofBroken: a sum does not close.
        """
        bousols = self.spent + self.expired + self.released + self.backing
        euros = self.converted + self.returned + self.unused
        if self.issued != bousols or self.funded + self.reclaimed != euros:
            raise ProofBroken(self)
        if min(self.unused, self.spent, self.backing, self.spent_euros) < 0:
            raise ProofBroken(self)


def proof_of(
    programme: Iterable[InKind], lots: Sequence[InKind], terms: Terms | Mapping[int, Terms]
) -> Proof:
    """The proof of a programme, checked.

    Args:
        programme: what its euro account was moved by.
        lots: what the accounts of its awards were moved by.
        terms: at which they were issued, and are taken back; of all, or of each account.

    Raises:
        ProofBroken: a sum does not close, or an entry of another kind moved them.
    """
    euros, bousols = _Sums(programme, _EURO_KINDS), _Sums(lots, _LOT_KINDS)
    released, backing = _by_lot(lots, {Kind.AID_RELEASE}), _left(lots)
    if min(backing.values(), default=0) < 0:
        raise ProofBroken(backing)
    made = Proof(
        funded=euros.funded,
        converted=sum(euros.gone(kind) for kind in _ISSUING),
        reclaimed=-euros.gone(Kind.AID_EXPIRE),
        returned=euros.gone(Kind.PROGRAMME_RETURN),
        unused=euros.left,
        issued=-bousols.gone(Kind.AID_AWARD) - bousols.gone(Kind.CSE_DISBURSE),
        spent=sum(bousols.gone(kind) for kind in _SPENDING),
        expired=bousols.gone(Kind.AID_EXPIRE),
        released=bousols.gone(Kind.AID_RELEASE),
        backing=bousols.left,
        released_euros=_euros(released, terms),
        backing_euros=_euros(backing, terms),
    )
    made.check()
    return made


def received(programme: Iterable[InKind]) -> int:
    """Euro-cents that came for a programme, some after they waited, and were not sent back.

    Args:
        programme: what its euro account was moved by.
    """
    euros = _Sums(programme, _EURO_KINDS)
    return euros.funded - euros.gone(Kind.PROGRAMME_RETURN)


def reclaimed(programme: Iterable[InKind]) -> int:
    """Euro-cents that came back to a programme with aid whose time was over."""
    return -_Sums(programme, _EURO_KINDS).gone(Kind.AID_EXPIRE)


class _Sums:
    """Sums of what moved some accounts, by kind."""

    def __init__(self, moved: Iterable[InKind], known: frozenset[Kind]) -> None:
        self._moved = list(moved)
        strange = {one.kind for one in self._moved} - known
        if strange:
            raise ProofBroken(strange)

    def gone(self, kind: Kind) -> int:
        """What entries of a kind took, less what they brought; a reversal is on its other side."""
        return sum(one.debited - one.credited for one in self._moved if one.kind is kind)

    @property
    def funded(self) -> int:
        return -sum(self.gone(kind) for kind in _FUNDING)

    @property
    def left(self) -> int:
        return sum(one.credited - one.debited for one in self._moved)


def _by_lot(lots: Iterable[InKind], kinds: set[Kind]) -> dict[int, int]:
    return {one.account: one.debited - one.credited for one in lots if one.kind in kinds}


def _left(lots: Iterable[InKind]) -> dict[int, int]:
    """What each lot still holds."""
    left: dict[int, int] = {}
    for one in lots:
        left[one.account] = left.get(one.account, 0) + one.credited - one.debited
    return left


def _euros(sums: Mapping[int, int], terms: Terms | Mapping[int, Terms]) -> int:
    """The euros behind Bou'Sols, lot by lot, as an expiry would give them back."""
    known = terms if isinstance(terms, Mapping) else dict.fromkeys(sums, terms)
    return sum(known[lot].take_back(cents).euros_cents for lot, cents in sums.items() if cents)
