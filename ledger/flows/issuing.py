"""Euros become Bou'Sols: by bank transfer, through suspense, in cash at a comptoir, as a gift.

One bank line is consumed once. When the entry that consumed it is reversed, its money is free
again, and the id of the reversal names it from then on (domain model, 6, invariant 13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.flows.accounts import GIFT, GUAR, NOTES_OUT, OPER, PAPER, SUSPENSE
from ledger.flows.act import issued
from ledger.flows.notes import counted
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind
from ledger.money import bousols, face_cents
from ledger.refusals import InexactAmount

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from ledger.chart import Commodity
    from ledger.flows.act import Act, Terms


def issue_transfer(
    act: Act, *, euros_cents: int, holder: int, bank_line: UUID, terms: Terms
) -> JournalEntry:
    """20.00 EUR booked on GUAR become 21.00 BSL; 7.35 become 7.71 and leave 15/21 (F-01, F-02).

    Args:
        act: its document is the bank statement.
        euros_cents: booked by the bank, not announced.
        holder: wallet or merchant account credited.
        bank_line: consumed by this entry.
        terms: a sponsored bonus is paid by their fund, or there is none.
    """
    bought = terms.issue(euros_cents)
    moved = issued(bought, terms, source=GUAR, holder=holder)
    return act.entry(Kind.ISSUE_TRANSFER, *moved, once=bank_line, remainder=bought.remainder)


def suspense_in(act: Act, *, euros_cents: int, bank_line: UUID) -> JournalEntry:
    """50.00 EUR without a usable reference wait in suspense (F-03, first step)."""
    return act.entry(Kind.SUSPENSE_IN, Transfer(GUAR, SUSPENSE, euros_cents), once=bank_line)


def suspense_match(
    act: Act, *, euros_cents: int, holder: int, receipt: UUID, terms: Terms
) -> JournalEntry:
    """The 50.00 EUR in suspense were Chloe's: she gets 52.50 BSL (F-03, second step).

    Args:
        act: its document is what identified the payer.
        euros_cents: the whole receipt.
        holder: wallet or merchant account credited.
        receipt: id of the `suspense_in` entry, which is matched or returned, once.
        terms: as for a purchase by transfer.
    """
    bought = terms.issue(euros_cents)
    moved = issued(bought, terms, source=SUSPENSE, holder=holder)
    return act.entry(Kind.SUSPENSE_MATCH, *moved, once=receipt, remainder=bought.remainder)


def suspense_match_programme(
    act: Act, *, euros_cents: int, programme: int, receipt: UUID
) -> JournalEntry:
    """The 400.00 EUR in suspense were a CCAS's: they fund its programme (F-03 and F-12)."""
    return act.entry(Kind.SUSPENSE_MATCH, Transfer(SUSPENSE, programme, euros_cents), once=receipt)


def suspense_return(act: Act, *, euros_cents: int, receipt: UUID) -> JournalEntry:
    """After 30 days unmatched, 50.00 EUR go back to who sent them (F-03, last resort)."""
    return act.entry(Kind.SUSPENSE_RETURN, Transfer(SUSPENSE, GUAR, euros_cents), once=receipt)


def issue_cash_paper(
    act: Act,
    *,
    euros_cents: int,
    notes: Mapping[Commodity, int],
    cash: int,
    stock: Mapping[Commodity, int],
    terms: Terms,
) -> JournalEntry:
    """50.00 EUR in cash at a comptoir give 52.00 in notes, and R grows by 1000 (F-05).

    Args:
        act: its document is the receipt of the comptoir.
        euros_cents: received in cash.
        notes: how many of each are handed out.
        cash: cash box of the comptoir.
        stock: its account per denomination.
        terms: by tranche unless the policy says otherwise.

    Raises:
        InexactAmount: the notes are not worth exactly what the euros buy.
    """
    bought = terms.issue(euros_cents)
    if face_cents(notes) != bought.bousol_cents:
        raise InexactAmount(bousols(face_cents(notes)), bousols(bought.bousol_cents))
    return act.entry(
        Kind.ISSUE_CASH_PAPER,
        *issued(bought, terms, source=cash, holder=PAPER),
        *counted(notes, to=NOTES_OUT, source=stock),
        remainder=bought.remainder,
    )


def issue_cash_wallet(
    act: Act, *, euros_cents: int, holder: int, cash: int, terms: Terms
) -> JournalEntry:
    """20.00 EUR in cash at a comptoir give 21.00 BSL in a wallet, linear (F-05).

    Args:
        act: its document is the receipt of the comptoir.
        euros_cents: received in cash.
        holder: wallet or merchant account credited.
        cash: cash box of the comptoir.
        terms: linear, whatever the comptoir's mode for notes.
    """
    bought = terms.issue(euros_cents)
    moved = issued(bought, terms, source=cash, holder=holder)
    return act.entry(Kind.ISSUE_CASH_WALLET, *moved, remainder=bought.remainder)


def issuer_gift(act: Act, *, euros_cents: int, holder: int, terms: Terms) -> JournalEntry:
    """The association gives 0.60 EUR of its own funds as 0.63 BSL (F-22).

    Args:
        act: its document is the decision to give.
        euros_cents: such as `part(20_00, 30_000)`, 3 % of 20.00 exchanged.
        holder: account of the association or member it is given to.
        terms: without a fund, for the bonus is for individuals, unless it is one.
    """
    given = terms.issue(euros_cents)
    return act.entry(
        Kind.ISSUER_GIFT,
        *issued(given, terms, source=GIFT, holder=holder),
        Transfer(GUAR, OPER, euros_cents),
        remainder=given.remainder,
    )
