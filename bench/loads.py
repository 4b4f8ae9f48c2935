"""The three loads: entries a till would send, made before the clock starts."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Final
from uuid import UUID

from bench.world import AIDED, LOTS, MERCHANTS, WALLETS, bousol_cents
from ledger.chart import AccountClass, single_account
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

LOADS: Final = ("uniform", "hot", "mixed")
AMOUNT_CENTS_MAX: Final = 500
CONVERSIONS_SHARE: Final = 0.02
LOTS_SHARE: Final = 0.10
_EVERYBODY: Final = range(WALLETS[0], MERCHANTS[-1] + 1)
_SALT: Final = random.SystemRandom().getrandbits(32)


class Load:
    """Draws entries; two loads of one process never make the same id, key or once.

    Args:
        name: uniform (any of 10,000 accounts to any other, with the kind that fits), hot
            (wallets pay one merchant) or mixed (wallets pay any merchant; 10 % with two lots and
            own money, 2 % conversions).
        once: which share of the payments may happen once only.
    """

    _made = 0

    def __init__(self, name: str, *, once: float = 1.0) -> None:
        self._draw: Callable[[], JournalEntry] = getattr(self, f"_{name}")
        self._once = once
        self._random = random.Random(f"{name} {_SALT}")

    def entries(self, number: int) -> list[JournalEntry]:
        """So many entries more."""
        return [self._draw() for _ in range(number)]

    def _uuid7(self) -> UUID:
        Load._made += 1
        milliseconds = time.time_ns() // 1_000_000
        low = _SALT << 30 | Load._made
        return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | low & (1 << 62) - 1)

    def _cents(self) -> int:
        return self._random.randrange(1, AMOUNT_CENTS_MAX)

    def _entry(
        self, kind: Kind, *transfers: Transfer, document: UUID | None = None
    ) -> JournalEntry:
        return JournalEntry(
            id=self._uuid7(),
            party=transfers[0].debit,
            key=self._uuid7(),
            request=self._random.randbytes(16),
            kind=kind,
            transfers=transfers,
            once=self._uuid7() if self._random.random() < self._once else None,
            document=document,
        )

    def _uniform(self) -> JournalEntry:
        payer, payee = self._random.sample(_EVERYBODY, 2)
        if payer in MERCHANTS and payee in WALLETS:
            payer, payee = payee, payer
        kind = Kind.PAYMENT if payer in WALLETS else Kind.B2B
        if payee in WALLETS:
            kind = Kind.P2P
        return self._entry(kind, Transfer(payer, payee, self._cents()))

    def _hot(self) -> JournalEntry:
        payer = self._random.choice(WALLETS)
        return self._entry(Kind.PAYMENT, Transfer(payer, MERCHANTS[0], self._cents()))

    def _mixed(self) -> JournalEntry:
        what = self._random.random()
        if what < CONVERSIONS_SHARE:
            return self._conversion()
        merchant = self._random.choice(MERCHANTS)
        payers: tuple[int, ...]
        if what < CONVERSIONS_SHARE + LOTS_SHARE:
            payer = self._random.choice(AIDED)
            lot = LOTS[2 * (payer - AIDED[0])]
            payers = (lot, lot + 1, payer)
        else:
            payers = (self._random.choice(WALLETS),)
        transfers = (Transfer(payer, merchant, self._cents()) for payer in payers)
        return self._entry(Kind.PAYMENT, *transfers)

    def _conversion(self) -> JournalEntry:
        guar, circ, issued = (
            single_account(c) for c in (AccountClass.GUAR, AccountClass.CIRC, AccountClass.ISSUED)
        )
        euro_cents = 20 * self._random.randrange(50, 500)
        return self._entry(
            Kind.ISSUE_TRANSFER,
            Transfer(guar, circ, euro_cents),
            Transfer(issued, self._random.choice(WALLETS), bousol_cents(euro_cents)),
            document=self._uuid7(),
        )
