"""The association's own books: fees, gifts, placements, the surplus, charges, corrections, opening.

Own money (OPER) and holders' money (GUAR) never pay for each other without an entry that says
why (domain model, 6, invariant 8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.flows.accounts import (
    CHARGES,
    CIRC,
    DISCOUNT,
    DON,
    FEES,
    GUAR,
    INTEREST,
    ISSUED,
    OPER,
    PLACE,
    SURPLUS,
)
from ledger.journal import JournalEntry, Transfer, is_reversible, reversal_transfers
from ledger.kinds import Kind
from ledger.money import euros
from ledger.refusals import NothingToSweep, NotReversible, OpeningAgainstTheLaw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from ledger.conversion import Scheme
    from ledger.flows.act import Act
    from ledger.journal import Recorded
    from ledger.lots import Share


def reversal(act: Act, *, original: Recorded) -> JournalEntry:
    """Alice's 3.00 to Bob go back: the same transfers, on opposite sides, once (F-24).

    Refused later when an account would fall below its floor: then open a claim, never force.

    Args:
        act: its document is the reason, which is mandatory.
        original: what is undone, its remainder too.

    Raises:
        NotReversible: reversals, refunds, holds, sweeps and openings have an opposite act.
    """
    if not is_reversible(original.kind):
        raise NotReversible(act.key)
    return act.entry(
        Kind.REVERSAL,
        *reversal_transfers(original.transfers),
        once=original.id,
        origin=original.seq,
        remainder=-original.remainder,
    )


def fee_eur(act: Act, *, euros_cents: int) -> JournalEntry:
    """A membership fee of 3.00 EUR reaches the operating account (F-21)."""
    return act.entry(Kind.FEE_EUR, Transfer(OPER, FEES, euros_cents))


def fee_bsl(act: Act, *, holder: int, bousol_cents: int, scheme: Scheme) -> JournalEntry:
    """A fee of 3.00 BSL is redeemed by the association for itself: 2.85 EUR, 0.15 given up (F-21).

    Args:
        act: its document is the call for the fee.
        holder: wallet or merchant account debited.
        bousol_cents: the fee, at par: 3.00 BSL pay 3.00 EUR of fee, and R grows by 15.
        scheme: par when sponsored, and nothing is given up.
    """
    gross = scheme.redeem(bousol_cents)
    return act.entry(
        Kind.FEE_BSL,
        Transfer(holder, ISSUED, bousol_cents),
        Transfer(CIRC, FEES, gross.euros_cents),
        Transfer(DISCOUNT, FEES, bousol_cents - gross.euros_cents),
        Transfer(OPER, GUAR, gross.euros_cents),
        remainder=gross.remainder,
    )


def donation_eur(act: Act, *, euros_cents: int) -> JournalEntry:
    """A donation of 10.00 EUR reaches the operating account (F-22)."""
    return operating_receipt(act, euros_cents=euros_cents, income=DON)


def placement(act: Act, *, euros_cents: int) -> JournalEntry:
    """500.00 EUR of the reserve are placed, capital guaranteed; the reserve is as large (F-23)."""
    return act.entry(Kind.PLACEMENT, Transfer(PLACE, GUAR, euros_cents))


def placement_ended(act: Act, *, euros_cents: int) -> JournalEntry:
    """500.00 EUR that were placed are on the guarantee account again (F-23)."""
    return act.entry(Kind.PLACEMENT, Transfer(GUAR, PLACE, euros_cents))


def interest(act: Act, *, euros_cents: int) -> JournalEntry:
    """2.50 EUR of interest are income of the association, never of holders (F-23)."""
    return act.entry(Kind.INTEREST, Transfer(OPER, INTEREST, euros_cents))


def sweep(act: Act, *, remainder: int, claimable: int, scheme: Scheme) -> JournalEntry:
    """R = 1077: 0.51 EUR of surplus leave, R - 1071, 6 stay; yearly, voted (F-27).

    Args:
        act: its document is the vote.
        remainder: R as read, in 1/21 of a euro-cent.
        claimable: what still reversible entries may claim back from it.
        scheme: a sponsored one leaves nothing to sweep.

    Raises:
        NothingToSweep: not a whole cent may leave.
    """
    surplus_cents = scheme.sweepable_cents(remainder, claimable)
    if not surplus_cents:
        raise NothingToSweep
    return act.entry(
        Kind.SWEEP,
        Transfer(CIRC, SURPLUS, surplus_cents),
        Transfer(OPER, GUAR, surplus_cents),
        remainder=scheme.law(-surplus_cents, 0),
    )


def bonus_fund(act: Act, *, euros_cents: int, bonus: int, bank_line: UUID) -> JournalEntry:
    """A sponsor pays 1,000.00 EUR into the fund of his bonus (domain model, 3.2)."""
    return act.entry(Kind.BONUS_FUND, Transfer(GUAR, bonus, euros_cents), once=bank_line)


def bonus_return(act: Act, *, euros_cents: int, bonus: int) -> JournalEntry:
    """What the sponsor's fund did not spend goes back to him."""
    return act.entry(Kind.BONUS_FUND, Transfer(bonus, GUAR, euros_cents))


def operating_receipt(act: Act, *, euros_cents: int, income: int) -> JournalEntry:
    """A subsidy of 100.00 EUR reaches the operating account, never GUAR (F-34).

    Args:
        act: its document is the statement or the decision.
        euros_cents: received.
        income: SUBSIDY, DON or COMM, or the claim (RECV) that is paid.
    """
    return act.entry(Kind.OPERATING, Transfer(OPER, income, euros_cents))


def operating_expense(act: Act, *, euros_cents: int, cost: int) -> JournalEntry:
    """An expense of 30.00 EUR is paid from the operating account, never from GUAR (F-34).

    Args:
        act: its document is the invoice.
        euros_cents: paid.
        cost: EXPENSE or CHARGES.
    """
    return act.entry(Kind.OPERATING, Transfer(cost, OPER, euros_cents))


def bank_charge(act: Act, *, euros_cents: int, bank_line: UUID) -> JournalEntry:
    """The bank takes 4.20 EUR from GUAR; own funds give them back the same day (F-35)."""
    return act.entry(
        Kind.BANK_CHARGE,
        Transfer(CHARGES, GUAR, euros_cents),
        Transfer(GUAR, OPER, euros_cents),
        once=bank_line,
    )


def opening(
    act: Act,
    *,
    accounts: Sequence[Transfer],
    holders: Sequence[Share],
    notes: Sequence[Transfer] = (),
    scheme: Scheme,
) -> JournalEntry:
    """1,000.00 EUR on GUAR stand for wallets of 630.00 and paper of 420.00, R = 0 (F-36).

    Args:
        act: its document is the list.
        accounts: the euros held, each against what they are held for (CIRC, programmes, own).
        holders: the Bou'Sols of each wallet, merchant, lot, and of PAPER.
        notes: where printed notes are: vault, stocks, out.
        scheme: whose law must hold from the first entry on.

    Raises:
        OpeningAgainstTheLaw: R would be negative (bring own funds first) or L not C.
    """
    debt_cents = sum(t.amount for t in accounts if t.credit == CIRC)
    issued_cents = sum(cents for _, cents in holders)
    remainder = scheme.law(debt_cents, issued_cents)
    if remainder < 0 or (scheme.sponsored and remainder):
        raise OpeningAgainstTheLaw(euros(debt_cents), euros(scheme.cover(issued_cents).euros_cents))
    return act.entry(
        Kind.OPENING,
        *accounts,
        *(Transfer(ISSUED, account, cents) for account, cents in holders),
        *notes,
        remainder=remainder,
    )
