"""A book to try flows on: accounts by the names of the domain model, and what an entry writes.

`lines("D EUR.A.GUAR 20.00; C EUR.L.CIRC 20.00")` reads the domain model's own notation, so that a
test quotes it. Amounts are compared net per account, debits positive.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from ledger.chart import (
    CHART,
    SINGLE,
    SINGLE_PER_NOTE,
    AccountClass,
    Commodity,
    note_account,
    single_account,
)
from ledger.flows import Act
from tests.property.model import Model

NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
LOTS_EXPIRE = NOON + timedelta(days=90)
RULE = 7
MERCHANTS = re.compile(r"(m|a)\d+|regie")
CODES = {facts.code: account_class for account_class, facts in CHART.items()}
_numbers = count(1)


def fresh() -> UUID:
    return UUID(int=next(_numbers))


def act(**facts) -> Act:
    """An act with ids of its own; the document is there, as nearly every kind needs one."""
    return Act(fresh(), 1, fresh(), b"request", **{"document": fresh()} | facts)


def class_named(name: str) -> AccountClass:
    parts = name.split(".")
    if parts[0].startswith("NOTE"):
        return CODES[".".join(["NOTE", *parts[1:3]] if parts[1] == "X" else ["NOTE", parts[1]])]
    if ".aid." in name or ".cse." in name:
        return AccountClass.LOT
    if parts[:2] == ["BSL", "W"]:
        return AccountClass.MERCHANT if MERCHANTS.fullmatch(parts[2]) else AccountClass.WALLET
    return CODES.get(".".join(parts[:3])) or CODES[".".join(parts[:2])]


def minor(text: str) -> int:
    units, _, cents = text.replace(",", "").partition(".")
    return int(units) * 100 + int(cents) if cents else int(units)


def several(name: str) -> list[str]:
    """`e{3..8}` names six accounts."""
    span = re.search(r"\{(\d+)\.\.(\d+)\}", name)
    if not span:
        return [name]
    low, high = span.groups()
    numbers = (str(n).zfill(len(low)) for n in range(int(low), int(high) + 1))
    return [name[: span.start()] + n + name[span.end() :] for n in numbers]


def lines(text: str) -> dict[str, int]:
    """The domain model's lines as net amounts by account, debits positive."""
    net = Counter[str]()
    for line in re.split(r"\s*[;,]\s+", text):
        side, name, amount, *_ = line.split()
        for account in several(name):
            net[account] += minor(amount) if side == "D" else -minor(amount)
    return {name: amount for name, amount in net.items() if amount}


@dataclass
class Book:
    model: Model = field(default_factory=Model)
    known: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        """The account of that name, opened when first named."""
        if name not in self.known:
            self.known[name] = self._opened(name)
            self.names[self.known[name]] = name
        return self.known[name]

    def notes(self, place: str, comptoir: str = "") -> dict[Commodity, int]:
        """The accounts of a place of notes, by denomination: `notes("STOCK", "C1")`."""
        end = f".{comptoir}" if comptoir else ""
        return {n: self[f"{n.name}.{place}{end}"] for n in Commodity if n.name.startswith("NOTE")}

    def net(self, *entries) -> dict[str, int]:
        """What entries write, net per account by name, debits positive."""
        moved = Counter[str]()
        for transfer in (t for entry in entries for t in entry.transfers):
            moved[self._name(transfer.debit)] += transfer.amount
            moved[self._name(transfer.credit)] -= transfer.amount
        return {name: amount for name, amount in moved.items() if amount}

    def post(self, *entries, at: datetime = NOON) -> None:
        """Write entries that must be accepted."""
        for entry in entries:
            answer = self.model.post(entry, at)
            assert answer.code is None, (answer.code, entry)

    def balance(self, name: str) -> int:
        return self.model.accounts[self[name]].balance

    def _opened(self, name: str) -> int:
        account_class, note = class_named(name), None
        if account_class in SINGLE:
            return single_account(account_class)
        if name.startswith("NOTE"):
            note = Commodity[name.partition(".")[0]]
            if account_class in SINGLE_PER_NOTE:
                return note_account(account_class, note)
        if account_class is not AccountClass.LOT:
            return self.model.open(account_class, note)
        return self.model.open(account_class, rule=RULE, expires=LOTS_EXPIRE)

    def _name(self, account: int) -> str:
        if account not in self.names:
            held = self.model.accounts[account]
            code = CHART[held.account_class].code
            commodity = held.commodity
            assert commodity is not None
            self.names[account] = commodity.name + code.removeprefix(commodity.name[:4])
        return self.names[account]
