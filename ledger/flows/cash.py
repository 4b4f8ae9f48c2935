"""Euros in the cash boxes of comptoirs, on their way to the bank, and missing on arrival (F-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.flows.accounts import GUAR, LOSS, OPER, TRANSIT
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind

if TYPE_CHECKING:
    from uuid import UUID

    from ledger.flows.act import Act


def cash_remit(act: Act, *, euros_cents: int, cash: int) -> JournalEntry:
    """50.00 EUR leave the box of a comptoir; they are in transit until the bank has them (F-06)."""
    return act.entry(Kind.CASH_REMIT, Transfer(TRANSIT, cash, euros_cents))


def cash_banked(
    act: Act, *, bank_line: UUID, reserve_cents: int, own_cents: int = 0
) -> JournalEntry:
    """50.00 EUR in transit are on the statement of the guarantee account (F-06).

    Args:
        act: its document is the bank statement.
        bank_line: consumed by this entry.
        reserve_cents: euros that cover Bou'Sols, to GUAR.
        own_cents: fees a box took, which are the association's own, to OPER.
    """
    return act.entry(
        Kind.CASH_BANKED,
        Transfer(GUAR, TRANSIT, reserve_cents),
        Transfer(OPER, TRANSIT, own_cents),
        once=bank_line,
    )


def cash_shortage(
    act: Act, *, euros_cents: int, missing_from: int, receivable: int
) -> JournalEntry:
    """5.00 EUR short: a claim on the comptoir, and own funds fill the reserve the same day (F-06).

    Args:
        act: its document is the bank's counting slip.
        euros_cents: what is missing.
        missing_from: TRANSIT, or the cash box when it was counted short.
        receivable: account of the claim on who must answer for it.
    """
    return act.entry(
        Kind.CASH_SHORTAGE,
        Transfer(receivable, missing_from, euros_cents),
        Transfer(GUAR, OPER, euros_cents),
    )


def shortage_recovered(act: Act, *, euros_cents: int, receivable: int) -> JournalEntry:
    """The comptoir pays the 5.00 EUR it was short to own funds, which had filled the gap (F-06)."""
    return act.entry(Kind.CASH_SHORTAGE, Transfer(OPER, receivable, euros_cents))


def shortage_written_off(act: Act, *, euros_cents: int, receivable: int) -> JournalEntry:
    """The 5.00 EUR will not come: the claim becomes a loss of the association (F-06)."""
    return act.entry(Kind.CASH_SHORTAGE, Transfer(LOSS, receivable, euros_cents))
