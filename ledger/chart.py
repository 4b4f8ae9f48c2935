"""The chart of accounts: each class, its side, what it weighs in the law, its statutory number.

A class is what the posting function and the audit know about an account; an account is one
place of that class (a wallet, a cash box, a lot). Source: docs/concepts.md; French plan
comptable numbers are proposals the association's accountant confirms (domain model, 5.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Side(IntEnum):
    """The side on which an account grows."""

    DEBIT = 1
    CREDIT = -1


class Commodity(IntEnum):
    """What can be counted: euros and Bou'Sols in hundredths, notes one by one."""

    EUR = 1
    BSL = 2
    NOTE01 = 3
    NOTE02 = 4
    NOTE05 = 5
    NOTE10 = 6
    NOTE20 = 7


NOTE_FACES: Final = {
    Commodity.NOTE01: 1,
    Commodity.NOTE02: 2,
    Commodity.NOTE05: 5,
    Commodity.NOTE10: 10,
    Commodity.NOTE20: 20,
}
"""Face value of each note, in whole Bou'Sols."""


class AccountClass(IntEnum):
    """Every class of account. Holders' own classes come first: they weigh nothing in the law.

    The order is part of the published chain format: append, never renumber.
    """

    WALLET = 1
    MERCHANT = 2
    LOT = 3
    AWARDS = 4
    HOLD = 5
    PUBLIC = 6
    PAPER = 7
    ISSUED = 8
    GUAR = 9
    PLACE = 10
    OPER = 11
    CASH = 12
    TRANSIT = 13
    RECV = 14
    CIRC = 15
    PAYABLE = 16
    PROG = 17
    BONUS = 18
    SUSPENSE = 19
    OWN = 20
    FEES = 21
    DON = 22
    SUBSIDY = 23
    COMM = 24
    INTEREST = 25
    SURPLUS = 26
    GIFT = 27
    LOSS = 28
    DISCOUNT = 29
    EXPENSE = 30
    CHARGES = 31
    NOTE_PRINTED = 32
    NOTE_VAULT = 33
    NOTE_TRANSIT = 34
    NOTE_STOCK = 35
    NOTE_OUT = 36
    NOTE_RETURNS = 37
    NOTE_DESTROYED = 38


HOLDERS_LAST: Final = AccountClass.PAPER
"""Classes up to this one move neither L, C nor the reserve: a payment between them needs no law."""


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What is fixed about a class of accounts.

    `debt`, `issued` and `reserve` are its weights in L (owed to holders, euro-cents), in C
    (circulation, cents) and in the reserve (euro-cents): -1, 0 or 1, on the normal side.
    """

    code: str
    side: Side
    debt: int = 0
    issued: int = 0
    reserve: int = 0
    statutory: str | None = None


_D, _C = Side.DEBIT, Side.CREDIT

CHART: Final[dict[AccountClass, ClassFacts]] = {
    AccountClass.WALLET: ClassFacts("BSL.W", _C),
    AccountClass.MERCHANT: ClassFacts("BSL.M", _C),
    AccountClass.LOT: ClassFacts("BSL.LOT", _C),
    AccountClass.AWARDS: ClassFacts("BSL.L.AWARDS", _C),
    AccountClass.HOLD: ClassFacts("BSL.L.HOLD", _C),
    AccountClass.PUBLIC: ClassFacts("BSL.PUBLIC", _C),
    AccountClass.PAPER: ClassFacts("BSL.L.PAPER", _C),
    AccountClass.ISSUED: ClassFacts("BSL.X.ISSUED", _D, issued=1),
    AccountClass.GUAR: ClassFacts("EUR.A.GUAR", _D, reserve=1, statutory="51211"),
    AccountClass.PLACE: ClassFacts("EUR.A.PLACE", _D, reserve=1, statutory="508"),
    AccountClass.OPER: ClassFacts("EUR.A.OPER", _D, statutory="5125"),
    AccountClass.CASH: ClassFacts("EUR.A.CASH", _D, reserve=1, statutory="531"),
    AccountClass.TRANSIT: ClassFacts("EUR.A.TRANSIT", _D, reserve=1, statutory="58"),
    AccountClass.RECV: ClassFacts("EUR.A.RECV", _D, statutory="4671"),
    AccountClass.CIRC: ClassFacts("EUR.L.CIRC", _C, debt=1, statutory="4672"),
    AccountClass.PAYABLE: ClassFacts("EUR.L.PAYABLE", _C, reserve=-1, statutory="4673"),
    AccountClass.PROG: ClassFacts("EUR.L.PROG", _C, reserve=-1, statutory="4674"),
    AccountClass.BONUS: ClassFacts("EUR.L.BONUS", _C, reserve=-1, statutory="4675"),
    AccountClass.SUSPENSE: ClassFacts("EUR.L.SUSPENSE", _C, reserve=-1, statutory="471"),
    AccountClass.OWN: ClassFacts("EUR.L.OWN", _C, statutory="110"),
    AccountClass.FEES: ClassFacts("EUR.P.FEES", _C, statutory="756"),
    AccountClass.DON: ClassFacts("EUR.P.DON", _C, statutory="754"),
    AccountClass.SUBSIDY: ClassFacts("EUR.P.SUBSIDY", _C, statutory="74"),
    AccountClass.COMM: ClassFacts("EUR.P.COMM", _C, statutory="706"),
    AccountClass.INTEREST: ClassFacts("EUR.P.INTEREST", _C, statutory="768"),
    AccountClass.SURPLUS: ClassFacts("EUR.P.SURPLUS", _C, statutory="7581"),
    AccountClass.GIFT: ClassFacts("EUR.C.GIFT", _D, statutory="657"),
    AccountClass.LOSS: ClassFacts("EUR.C.LOSS", _D, statutory="6581"),
    AccountClass.DISCOUNT: ClassFacts("EUR.C.DISCOUNT", _D, statutory="6582"),
    AccountClass.EXPENSE: ClassFacts("EUR.C.EXPENSE", _D, statutory="61"),
    AccountClass.CHARGES: ClassFacts("EUR.C.CHARGES", _D, statutory="627"),
    AccountClass.NOTE_PRINTED: ClassFacts("NOTE.X.PRINTED", _C),
    AccountClass.NOTE_VAULT: ClassFacts("NOTE.VAULT", _D),
    AccountClass.NOTE_TRANSIT: ClassFacts("NOTE.TRANSIT", _D),
    AccountClass.NOTE_STOCK: ClassFacts("NOTE.STOCK", _D),
    AccountClass.NOTE_OUT: ClassFacts("NOTE.OUT", _D),
    AccountClass.NOTE_RETURNS: ClassFacts("NOTE.RETURNS", _D),
    AccountClass.NOTE_DESTROYED: ClassFacts("NOTE.DESTROYED", _D),
}

SINGLE: Final = frozenset(
    {
        AccountClass.PAPER,
        AccountClass.ISSUED,
        AccountClass.GUAR,
        AccountClass.PLACE,
        AccountClass.OPER,
        AccountClass.TRANSIT,
        AccountClass.CIRC,
        AccountClass.SUSPENSE,
        AccountClass.OWN,
        AccountClass.FEES,
        AccountClass.DON,
        AccountClass.SUBSIDY,
        AccountClass.COMM,
        AccountClass.INTEREST,
        AccountClass.SURPLUS,
        AccountClass.GIFT,
        AccountClass.LOSS,
        AccountClass.DISCOUNT,
        AccountClass.EXPENSE,
        AccountClass.CHARGES,
    }
)
"""Classes with exactly one account, whose id is the number of the class."""

SINGLE_PER_NOTE: Final = frozenset(
    {
        AccountClass.NOTE_PRINTED,
        AccountClass.NOTE_VAULT,
        AccountClass.NOTE_TRANSIT,
        AccountClass.NOTE_OUT,
        AccountClass.NOTE_DESTROYED,
    }
)
"""Classes with exactly one account per denomination (see `note_account`)."""

FIRST_OPENED_ACCOUNT: Final = 1_000
"""Accounts opened for parties have ids from here; below stand the issuer's own."""


def single_account(account_class: AccountClass) -> int:
    """The id of the one account of a class that has exactly one: its class number."""
    assert account_class in SINGLE, account_class
    return int(account_class)


def note_account(account_class: AccountClass, note: Commodity) -> int:
    """The id of the one account of a note class for a denomination: 100 x commodity + class."""
    assert account_class in SINGLE_PER_NOTE, account_class
    assert note in NOTE_FACES, note
    return 100 * note + account_class


def commodity_of(account_class: AccountClass) -> Commodity | None:
    """The commodity of a class; None for notes, which have one per denomination."""
    head = CHART[account_class].code.partition(".")[0]
    return None if head == "NOTE" else Commodity[head]
