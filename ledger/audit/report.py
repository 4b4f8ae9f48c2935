"""What an audit says: a list of proofs, each with how much it looked at and its first bad row."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple


class Proved(Enum):
    """What the audit proves, in the order in which it reports. Names are published."""

    PROTECTIONS = "protections"
    """Columns, unique indexes and triggers are those of this version."""
    CHART = "chart"
    """The database's tables of classes, kinds, templates and commodities are those of the code."""
    CHAIN = "chain"
    """Links follow on without a gap, and each bears the hash of what it covers."""
    SEQUENCE = "sequence"
    """Entries are numbered without a gap, whole, at their link's instant; no row is stray."""
    CONTINUITY = "continuity"
    """Each transfer continues both its accounts: next version, balance moved by its amount."""
    TRANSFERS = "transfers"
    """Both sides exist and are of one commodity; the amount is positive."""
    FLOORS = "floors"
    """No account was ever on the wrong side of 0."""
    TEMPLATES = "templates"
    """Each transfer is one its kind may write."""
    DOCUMENTS = "documents"
    """The entry names its source document where its kind asks for one."""
    POLICIES = "policies"
    """The policy an entry used exists."""
    LAW = "law"
    """21 L - 20 C = R >= 0 (or L = C) and reserve >= L after each entry, and so says each link."""
    REMAINDERS = "remainders"
    """What each conversion left is what its amounts leave."""
    CORRECTIONS = "corrections"
    """Reversals are exact mirrors, once; refunds go back to who paid, never more than was paid."""
    LOTS = "lots"
    """Earmarked money was spent in time and at acceptors its rule allowed."""
    CARDS = "cards"
    """The card that paid is one of the party that paid."""
    PUBLIC = "public"
    """A public body holds nothing after an entry."""
    AWARDS = "awards"
    """What a batch issued was given out in as many awards as it declared."""
    NOTES = "notes"
    """Notes out are worth the paper in circulation."""
    IDENTITIES = "identities"
    """No id, key or act that may happen once stands twice; none is posted and refused or closed."""
    ACCOUNTS = "accounts"
    """Each account stands where the journal leaves it; the closed ones are at 0; sums are 0."""
    HEADS = "heads"
    """The chain passes through every head that was published outside."""


class Finding(NamedTuple):
    """The first row that fails a proof.

    Attributes:
        table: the table of the schema `ledger`.
        row: which row, such as "seq 7, position 2" or "account 1003".
        fact: the column or figure that is wrong.
        stored: what it is.
        expected: what it should be.
    """

    table: str
    row: str
    fact: str
    stored: str
    expected: str


@dataclass(slots=True)
class Proof:
    """One proof: how many rows or figures it compared, and the first that is wrong."""

    name: Proved
    checked: int = 0
    finding: Finding | None = None

    def check(self, *, rows: int = 1) -> None:
        """Count what was compared."""
        self.checked += rows

    def fail(self, table: str, row: str, fact: str, *, stored: object, expected: object) -> None:
        """Keep the first bad row; later ones may only follow from it."""
        if self.finding is None:
            self.finding = Finding(table, row, fact, _told(stored), _told(expected))


@dataclass(slots=True)
class AuditReport:
    """What an audit looked at and found.

    Attributes:
        head_seq: the last entry that was audited.
        head_hash: the hash of the last link, as re-computed.
        entries: how many were walked.
        seconds: how long it took.
    """

    proofs: dict[Proved, Proof] = field(default_factory=lambda: {p: Proof(p) for p in Proved})
    head_seq: int = 0
    head_hash: bytes = b""
    entries: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every proof holds."""
        return all(proof.finding is None for proof in self.proofs.values())

    def __getitem__(self, name: Proved) -> Proof:
        return self.proofs[name]


def _told(value: object) -> str:
    if value is None:
        return "null"
    return value.hex() if isinstance(value, bytes) else str(value)
