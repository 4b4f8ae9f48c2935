"""Journal entries: transfers that stand or fall together.

The atom is a transfer, which names both its sides, so a one-sided row cannot be written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ledger.kinds import KINDS, Kind

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

AMOUNT_MAX = 10**12
"""Largest amount of one transfer, in minor units: ten billion units."""
TRANSFERS_MAX = 20_000
"""Most transfers one entry may carry (an imported opening has one per wallet)."""


class Transfer(NamedTuple):
    """`amount` minor units of one commodity, from the credited to the debited account."""

    debit: int
    credit: int
    amount: int


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One act of money, written whole or not at all.

    Attributes:
        id: made by the caller (UUIDv7), so that a retry is the same entry.
        party: whose account acts; the scope of `key`.
        key: the client's idempotency key.
        request: keyed hash of the request, 16 bytes: the same key with another is refused.
        kind: which template and rules hold.
        transfers: in order; the first is the payer's in every payment.
        effective: civil day in the books; None means the day of posting (Europe/Paris).
        once: id of the thing that may happen once (order, award, bank line, request, hold).
        document: id of the source document.
        origin: seq of the entry this one refunds or reverses.
        remainder: what the conversion adds to R, in 1/21 of a euro-cent.
        lines: how many conversions the entry gathers (awards of a batch); bounds `remainder`.
        policy: version of the policies used; None means the one in force when posted.
        not_after: refused `too_late` when posted later.
        card: id of the card that pays, if one does.
        pin: the card's PIN was given and right.
        replan: the payer's plan may be made again when it lost a race (answer `replan`).
        expected: (account, version) read when a guard was computed; `replan` when it moved.
    """

    id: UUID
    party: int
    key: UUID
    request: bytes
    kind: Kind
    transfers: tuple[Transfer, ...]
    effective: date | None = None
    once: UUID | None = None
    document: UUID | None = None
    origin: int | None = None
    remainder: int = 0
    lines: int = 1
    policy: int | None = None
    not_after: datetime | None = None
    card: int | None = None
    pin: bool = False
    replan: bool = False
    expected: tuple[int, int] | None = None


class Recorded(NamedTuple):
    """An entry that stands, as far as its reversal must know it."""

    seq: int
    id: UUID
    kind: Kind
    transfers: tuple[Transfer, ...]
    remainder: int = 0


class Posted(NamedTuple):
    """What the ledger answers for an entry that stands; the same for ever for its key.

    Attributes:
        seq: its number, gapless, in commit order.
        posted_at: when, UTC.
        balance: of the first debited account after its transfer, minor units.
        id: of the entry that stands; another than the one sent when the key was answered before.
    """

    seq: int
    posted_at: datetime
    balance: int
    id: UUID


def reversal_transfers(transfers: tuple[Transfer, ...]) -> tuple[Transfer, ...]:
    """The transfers that undo others: same amounts, opposite sides, last one first (F-24).

    Last one first, because what passed through an account must come back before it leaves again.
    """
    return tuple(Transfer(t.credit, t.debit, t.amount) for t in reversed(transfers))


def is_reversible(kind: Kind) -> bool:
    """Whether an entry of this kind may be reversed; never a reversal itself."""
    return KINDS[kind].reversible
