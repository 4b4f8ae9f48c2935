"""The closed list of kinds of journal entries, and the template each one must keep.

A template is the set of (debited class, credited class) pairs a kind may write: the cheapest
protection against a wrong flow. The database holds the same table and refuses whatever is not
in it; a test keeps the two equal. Source: domain model, 5.2 and 5.3 (flows F-01 to F-37).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final

from ledger.chart import AccountClass as A


class Rounding(Enum):
    """How a declared remainder is bounded, in 1/21 of a euro-cent (domain model, 3.1)."""

    NONE = "none"
    """No conversion: 0."""
    ISSUE = "issue"
    """Linear issue: 0 to 19 for each line issued."""
    BATCH = "batch"
    """A batch of awards: 0 to 19 for each award it gathers, whatever its own lines."""
    REDEEM = "redeem"
    """Redemption or expiry: 0 to 20 for each line destroyed."""
    COMPTOIR = "comptoir"
    """Sale at a comptoir: linear or by tranche, as the policy of the entry says."""
    LOSS = "loss"
    """Cover of a lost note: the euros are rounded up, 0 to 20."""
    SWEEP = "sweep"
    """The surplus leaves: minus 21 for each cent swept, never below what reversals may claim."""
    MIRROR = "mirror"
    """A reversal: minus the remainder of the entry it reverses."""
    FREE = "free"
    """Opening balances: any remainder that is not negative."""


class Kind(IntEnum):
    """Every kind of journal entry. Numbers are part of the published chain format: append only."""

    PAYMENT = 1
    B2B = 2
    P2P = 3
    REFUND = 4
    ISSUE_TRANSFER = 5
    SUSPENSE_IN = 6
    SUSPENSE_MATCH = 7
    SUSPENSE_RETURN = 8
    NOTE_MOVE = 9
    ISSUE_CASH_PAPER = 10
    ISSUE_CASH_WALLET = 11
    CASH_REMIT = 12
    CASH_BANKED = 13
    CASH_SHORTAGE = 14
    SWAP_IN = 15
    SWAP_OUT = 16
    PROGRAMME_FUND = 17
    PROGRAMME_RETURN = 18
    AID_BATCH = 19
    AID_AWARD = 20
    AID_EXPIRE = 21
    AID_RELEASE = 22
    CSE_DISBURSE = 23
    REDEEM_HOLD = 24
    REDEEM_APPROVE = 25
    REDEEM_PAID = 26
    REDEEM_REJECTED = 27
    FEE_EUR = 28
    FEE_BSL = 29
    DONATION = 30
    ISSUER_GIFT = 31
    PLACEMENT = 32
    INTEREST = 33
    REVERSAL = 34
    NOTE_LOSS = 35
    NOTE_FOUND = 36
    SDD_RETURN = 37
    SWEEP = 38
    CLOSURE = 39
    PUBLIC_SETTLEMENT = 40
    ESTATE_TRANSFER = 41
    REACTIVATION = 42
    BONUS_FUND = 43
    OPERATING = 44
    BANK_CHARGE = 45
    OPENING = 46
    MELTING = 47
    HOLD = 48
    HOLD_CAPTURE = 49
    HOLD_RELEASE = 50


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What a kind demands and may touch.

    Attributes:
        pairs: the (debited, credited) classes it may write.
        documented: it must name its source document (domain model, 6, invariant 25).
        rounding: how its remainder is bounded.
        capped: the payee's ceiling holds (purchase and person-to-person only).
        spends: money leaves for goods: the rule and the expiry of an earmarked lot hold.
        lapses: it takes a lot back, which must have expired.
        restores: it gives back what an earlier entry took, never more (F-09, F-16).
        reverses: it is the exact mirror of an earlier entry, once (F-24).
        thaws: it may move the money of a frozen account (estate, expiry, correction).
        reversible: an entry of this kind may be reversed.
        refundable: an entry of this kind may be refunded.
    """

    pairs: frozenset[tuple[A, A]]
    documented: bool = False
    rounding: Rounding = Rounding.NONE
    capped: bool = False
    spends: bool = False
    lapses: bool = False
    restores: bool = False
    reverses: bool = False
    thaws: bool = False
    reversible: bool = True
    refundable: bool = False


def _pairs(*groups: tuple[tuple[A, ...], tuple[A, ...]]) -> frozenset[tuple[A, A]]:
    return frozenset((d, c) for debited, credited in groups for d in debited for c in credited)


_HOLDERS = (A.WALLET, A.MERCHANT)
_BONUS, _BONUS_BACK = ((A.BONUS,), (A.CIRC,)), ((A.CIRC,), (A.BONUS,))
_NOTES_SOLD, _NOTES_BACK = ((A.NOTE_OUT,), (A.NOTE_STOCK,)), ((A.NOTE_RETURNS,), (A.NOTE_OUT,))
_INTO_WALLETS = ((A.ISSUED,), _HOLDERS)
_OUT_OF_WALLETS = (_HOLDERS, (A.ISSUED,))
_COVERED_BY_OWN_FUNDS = ((A.GUAR,), (A.OPER,))
_TO_OWN_FUNDS = ((A.OPER,), (A.GUAR,))

KINDS: Final[dict[Kind, KindFacts]] = {
    Kind.PAYMENT: KindFacts(
        _pairs(((A.WALLET, A.LOT), (A.MERCHANT,))), spends=True, refundable=True
    ),
    Kind.B2B: KindFacts(_pairs(((A.MERCHANT,), (A.MERCHANT,))), refundable=True),
    Kind.P2P: KindFacts(_pairs(((A.WALLET,), (A.WALLET,))), capped=True),
    Kind.REFUND: KindFacts(
        _pairs(((A.MERCHANT,), (A.WALLET, A.MERCHANT, A.LOT))), restores=True, reversible=False
    ),
    Kind.ISSUE_TRANSFER: KindFacts(
        _pairs(((A.GUAR,), (A.CIRC,)), _BONUS, _INTO_WALLETS),
        documented=True,
        rounding=Rounding.ISSUE,
    ),
    Kind.SUSPENSE_IN: KindFacts(_pairs(((A.GUAR,), (A.SUSPENSE,))), documented=True),
    Kind.SUSPENSE_MATCH: KindFacts(
        _pairs(((A.SUSPENSE,), (A.CIRC, A.PROG)), _BONUS, _INTO_WALLETS),
        documented=True,
        rounding=Rounding.ISSUE,
    ),
    Kind.SUSPENSE_RETURN: KindFacts(_pairs(((A.SUSPENSE,), (A.GUAR,))), documented=True),
    Kind.NOTE_MOVE: KindFacts(
        _pairs(
            ((A.NOTE_VAULT,), (A.NOTE_PRINTED, A.NOTE_TRANSIT, A.NOTE_STOCK, A.NOTE_RETURNS)),
            ((A.NOTE_TRANSIT,), (A.NOTE_VAULT, A.NOTE_STOCK, A.NOTE_RETURNS)),
            ((A.NOTE_STOCK,), (A.NOTE_VAULT, A.NOTE_TRANSIT)),
            ((A.NOTE_DESTROYED,), (A.NOTE_VAULT,)),
        ),
        documented=True,
    ),
    Kind.ISSUE_CASH_PAPER: KindFacts(
        _pairs(((A.CASH,), (A.CIRC,)), _BONUS, ((A.ISSUED,), (A.PAPER,)), _NOTES_SOLD),
        documented=True,
        rounding=Rounding.COMPTOIR,
    ),
    Kind.ISSUE_CASH_WALLET: KindFacts(
        _pairs(((A.CASH,), (A.CIRC,)), _BONUS, _INTO_WALLETS),
        documented=True,
        rounding=Rounding.ISSUE,
        capped=True,
    ),
    Kind.CASH_REMIT: KindFacts(_pairs(((A.TRANSIT,), (A.CASH,))), documented=True),
    Kind.CASH_BANKED: KindFacts(_pairs(((A.GUAR, A.OPER), (A.TRANSIT,))), documented=True),
    Kind.CASH_SHORTAGE: KindFacts(
        _pairs(
            ((A.RECV,), (A.TRANSIT, A.CASH)),
            ((A.LOSS,), (A.RECV,)),
            ((A.OPER,), (A.RECV,)),
            _COVERED_BY_OWN_FUNDS,
        ),
        documented=True,
    ),
    Kind.SWAP_IN: KindFacts(
        _pairs(((A.PAPER,), _HOLDERS), _NOTES_BACK),
        documented=True,
        capped=True,
    ),
    Kind.SWAP_OUT: KindFacts(_pairs((_HOLDERS, (A.PAPER,)), _NOTES_SOLD), documented=True),
    Kind.PROGRAMME_FUND: KindFacts(_pairs(((A.GUAR,), (A.PROG,))), documented=True),
    Kind.PROGRAMME_RETURN: KindFacts(_pairs(((A.PROG,), (A.GUAR,))), documented=True),
    Kind.AID_BATCH: KindFacts(
        _pairs(((A.PROG,), (A.CIRC,)), _BONUS, ((A.ISSUED,), (A.AWARDS,))),
        documented=True,
        rounding=Rounding.BATCH,
    ),
    Kind.AID_AWARD: KindFacts(_pairs(((A.AWARDS,), (A.LOT,))), documented=True),
    Kind.AID_EXPIRE: KindFacts(
        _pairs(((A.LOT,), (A.ISSUED,)), ((A.CIRC,), (A.PROG, A.BONUS))),
        documented=True,
        rounding=Rounding.REDEEM,
        lapses=True,
        thaws=True,
    ),
    Kind.AID_RELEASE: KindFacts(_pairs(((A.LOT,), (A.WALLET,))), documented=True, lapses=True),
    Kind.CSE_DISBURSE: KindFacts(
        _pairs(((A.GUAR, A.PROG), (A.CIRC,)), _BONUS, ((A.ISSUED,), (A.LOT, A.AWARDS))),
        documented=True,
        rounding=Rounding.BATCH,
    ),
    Kind.REDEEM_HOLD: KindFacts(_pairs(((A.MERCHANT,), (A.HOLD,))), reversible=False),
    Kind.REDEEM_APPROVE: KindFacts(
        _pairs(((A.HOLD, A.MERCHANT), (A.ISSUED,)), ((A.CIRC,), (A.PAYABLE, A.COMM))),
        documented=True,
        rounding=Rounding.REDEEM,
    ),
    Kind.REDEEM_PAID: KindFacts(_pairs(((A.PAYABLE,), (A.GUAR,)), _TO_OWN_FUNDS), documented=True),
    Kind.REDEEM_REJECTED: KindFacts(
        _pairs(((A.HOLD,), (A.MERCHANT,)), ((A.GUAR,), (A.PAYABLE,))),
        documented=True,
        reversible=False,
    ),
    Kind.FEE_EUR: KindFacts(_pairs(((A.OPER,), (A.FEES,))), documented=True),
    Kind.FEE_BSL: KindFacts(
        _pairs(_OUT_OF_WALLETS, ((A.CIRC, A.DISCOUNT), (A.FEES,)), _TO_OWN_FUNDS),
        documented=True,
        rounding=Rounding.REDEEM,
    ),
    Kind.DONATION: KindFacts(_pairs((_HOLDERS, (A.MERCHANT,)))),
    Kind.ISSUER_GIFT: KindFacts(
        _pairs(((A.GIFT,), (A.CIRC,)), _BONUS, _INTO_WALLETS, _COVERED_BY_OWN_FUNDS),
        documented=True,
        rounding=Rounding.ISSUE,
    ),
    Kind.PLACEMENT: KindFacts(
        _pairs(((A.PLACE,), (A.GUAR,)), ((A.GUAR,), (A.PLACE,))), documented=True
    ),
    Kind.INTEREST: KindFacts(_pairs(((A.OPER,), (A.INTEREST,))), documented=True),
    Kind.REVERSAL: KindFacts(
        frozenset(),
        documented=True,
        rounding=Rounding.MIRROR,
        reverses=True,
        thaws=True,
        reversible=False,
    ),
    Kind.NOTE_LOSS: KindFacts(
        _pairs(
            ((A.ISSUED,), (A.PAPER,)),
            ((A.LOSS,), (A.CIRC,)),
            _COVERED_BY_OWN_FUNDS,
            ((A.NOTE_OUT,), (A.NOTE_STOCK, A.NOTE_TRANSIT, A.NOTE_VAULT)),
        ),
        documented=True,
        rounding=Rounding.LOSS,
    ),
    Kind.NOTE_FOUND: KindFacts(
        _pairs(
            ((A.PAPER,), (A.ISSUED,)),
            ((A.CIRC,), (A.LOSS,)),
            _TO_OWN_FUNDS,
            ((A.NOTE_STOCK, A.NOTE_TRANSIT, A.NOTE_VAULT, A.NOTE_RETURNS), (A.NOTE_OUT,)),
        ),
        documented=True,
        rounding=Rounding.REDEEM,
    ),
    Kind.SDD_RETURN: KindFacts(
        _pairs(_OUT_OF_WALLETS, ((A.CIRC, A.RECV), (A.GUAR,)), _BONUS_BACK, _COVERED_BY_OWN_FUNDS),
        documented=True,
        rounding=Rounding.REDEEM,
        thaws=True,
    ),
    Kind.SWEEP: KindFacts(
        _pairs(((A.CIRC,), (A.SURPLUS,)), _TO_OWN_FUNDS),
        documented=True,
        rounding=Rounding.SWEEP,
        reversible=False,
    ),
    Kind.CLOSURE: KindFacts(
        _pairs(((A.MERCHANT,), (A.ISSUED,)), ((A.CIRC,), (A.GUAR, A.PAYABLE))),
        documented=True,
        rounding=Rounding.REDEEM,
    ),
    Kind.PUBLIC_SETTLEMENT: KindFacts(
        _pairs(
            ((A.WALLET, A.LOT, A.MERCHANT), (A.PUBLIC,)),
            ((A.PUBLIC,), (A.ISSUED,)),
            ((A.CIRC, A.DISCOUNT, A.BONUS), (A.PAYABLE,)),
            _COVERED_BY_OWN_FUNDS,
        ),
        documented=True,
        rounding=Rounding.REDEEM,
        spends=True,
    ),
    Kind.ESTATE_TRANSFER: KindFacts(_pairs(((A.WALLET,), _HOLDERS)), documented=True, thaws=True),
    Kind.REACTIVATION: KindFacts(
        _pairs(
            ((A.CASH, A.CIRC), (A.SURPLUS,)),
            ((A.PAPER,), (A.ISSUED,)),
            _NOTES_BACK,
            _NOTES_SOLD,
            _TO_OWN_FUNDS,
        ),
        documented=True,
        rounding=Rounding.REDEEM,
    ),
    Kind.BONUS_FUND: KindFacts(
        _pairs(((A.GUAR,), (A.BONUS,)), ((A.BONUS,), (A.GUAR,))), documented=True
    ),
    Kind.OPERATING: KindFacts(
        _pairs(
            ((A.OPER,), (A.SUBSIDY, A.DON, A.COMM, A.RECV)), ((A.EXPENSE, A.CHARGES), (A.OPER,))
        ),
        documented=True,
    ),
    Kind.BANK_CHARGE: KindFacts(
        _pairs(((A.CHARGES,), (A.GUAR,)), _COVERED_BY_OWN_FUNDS), documented=True
    ),
    Kind.OPENING: KindFacts(
        _pairs(
            ((A.GUAR, A.PLACE, A.CASH), (A.CIRC, A.PROG, A.BONUS, A.SUSPENSE, A.OWN)),
            ((A.OPER,), (A.OWN,)),
            ((A.ISSUED,), (A.WALLET, A.MERCHANT, A.LOT, A.PAPER)),
            ((A.NOTE_VAULT, A.NOTE_STOCK, A.NOTE_OUT), (A.NOTE_PRINTED,)),
        ),
        documented=True,
        rounding=Rounding.FREE,
        reversible=False,
    ),
    Kind.MELTING: KindFacts(
        _pairs(_OUT_OF_WALLETS, ((A.CIRC,), (A.SURPLUS,)), _TO_OWN_FUNDS),
        documented=True,
        rounding=Rounding.REDEEM,
    ),
    Kind.HOLD: KindFacts(_pairs((_HOLDERS, (A.HOLD,))), thaws=True, reversible=False),
    Kind.HOLD_CAPTURE: KindFacts(
        _pairs(((A.HOLD,), _HOLDERS), (_HOLDERS, (A.MERCHANT,))),
        spends=True,
        reversible=False,
        refundable=True,
    ),
    Kind.HOLD_RELEASE: KindFacts(_pairs(((A.HOLD,), _HOLDERS)), thaws=True, reversible=False),
}
