"""A small town for the state machine: its accounts, its model, and what has happened there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

from ledger.chart import AccountClass as A
from ledger.chart import Commodity, single_account
from ledger.flows import Act, Terms
from tests.property.model import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.journal import JournalEntry

EXPENSE = single_account(A.EXPENSE)
FAR, PAST = datetime(2099, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
TWENTY, ONE = Commodity.NOTE20, Commodity.NOTE01
T = TypeVar("T")


class Chooser(Protocol):
    def pick(self, among: Sequence[T]) -> T: ...
    def number(self, low: int, high: int) -> int: ...


@dataclass
class World:
    """The town, its model, and what has happened there."""

    model: Model = field(default_factory=Model)
    opened: list[dict[str, Any]] = field(default_factory=list)
    entries: list[JournalEntry] = field(default_factory=list)
    ids: int = 0
    holds: list[int] = field(default_factory=list)
    lots: list[int] = field(default_factory=list)
    batches: list[tuple[int, list[int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wallets = [self.open(A.WALLET, party=n) for n in (1, 2)]
        self.wallets.append(self.open(A.WALLET, party=3, ceiling=30_00))
        self.merchants = [self.open(A.MERCHANT, party=n) for n in (11, 12, 13)]
        self.public = self.open(A.PUBLIC, party=21)
        self.payables = [self.open(A.PAYABLE, label=n) for n in ("m1", "m2")]
        self.programmes = [self.open(A.PROG, label=n) for n in ("P1", "P2")]
        self.bonus = self.open(A.BONUS, label="cab")
        self.cash, self.receivable = self.open(A.CASH, label="C1"), self.open(A.RECV, label="C1")
        notes = (TWENTY, ONE)
        self.stock = {n: self.open(A.NOTE_STOCK, note=n, label="C1") for n in notes}
        self.returns = {n: self.open(A.NOTE_RETURNS, note=n, label="C1") for n in notes}
        self.rules = (7, 8)
        self.acceptance = {(7, self.merchants[0]), (7, self.public), (8, self.merchants[1])}
        self.model.acceptance |= self.acceptance

    def open(self, account_class: A, *, note: Commodity | None = None, **facts: Any) -> int:
        known = {k: v for k, v in facts.items() if k in {"ceiling", "rule", "expires"}}
        account = self.model.open(account_class, note, **known)
        self.opened.append(
            {"account_class": account_class, "account": account, "commodity": note, **facts}
        )
        return account

    def terms(self, **facts: Any) -> Terms:
        """The scheme's, with the sponsor's fund when there is one."""
        scheme = self.model.scheme
        facts.setdefault("mode", self.model.policies[-1].wallets)
        return Terms(scheme=scheme, bonus=self.bonus if scheme.sponsored else None, **facts)

    def uid(self) -> UUID:
        self.ids += 1
        return UUID(int=self.ids)

    def act(self, party: int = 1, *, document: bool = True, **facts: Any) -> Act:
        facts.setdefault("document", self.uid() if document else None)
        return Act(id=self.uid(), party=party, key=self.uid(), request=b"request-0123456!", **facts)

    def balance(self, account: int) -> int:
        return self.model.accounts[account].balance
