"""Paper notes: counted one by one, worth nothing in a drawer, money once they are out.

Each movement of notes has two names and a minute, which is the document of its act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.flows.accounts import (
    CIRC,
    GUAR,
    ISSUED,
    LOSS,
    NOTES_DESTROYED,
    NOTES_OUT,
    NOTES_PRINTED,
    NOTES_VAULT,
    OPER,
    PAPER,
    SURPLUS,
)
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind
from ledger.money import bousols, face_cents
from ledger.refusals import InexactAmount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ledger.chart import Commodity
    from ledger.conversion import Scheme
    from ledger.flows.act import Act


def counted(
    notes: Mapping[Commodity, int], *, to: Mapping[Commodity, int], source: Mapping[Commodity, int]
) -> list[Transfer]:
    """The transfers that carry notes from one place to another, one per denomination."""
    return [Transfer(to[note], source[note], count) for note, count in sorted(notes.items())]


def note_print(act: Act, *, notes: Mapping[Commodity, int]) -> JournalEntry:
    """Printing 500 notes of 20 puts 500 in the vault, and no Bou'Sol in circulation (F-04)."""
    return act.entry(Kind.NOTE_MOVE, *counted(notes, to=NOTES_VAULT, source=NOTES_PRINTED))


def note_move(
    act: Act,
    *,
    notes: Mapping[Commodity, int],
    to: Mapping[Commodity, int],
    source: Mapping[Commodity, int],
) -> JournalEntry:
    """10 notes of 20 go from the vault to a comptoir's stock; no money moves (F-04).

    Args:
        act: its document is the minute.
        notes: how many of each.
        to: account per denomination of where they arrive: vault, transit or stock.
        source: account per denomination of where they were: vault, transit, stock or returns.
    """
    return act.entry(Kind.NOTE_MOVE, *counted(notes, to=to, source=source))


def note_destroy(act: Act, *, notes: Mapping[Commodity, int]) -> JournalEntry:
    """Worn notes leave the vault for good; the count of those printed stays whole (F-04)."""
    return act.entry(Kind.NOTE_MOVE, *counted(notes, to=NOTES_DESTROYED, source=NOTES_VAULT))


def swap_in(
    act: Act, *, notes: Mapping[Commodity, int], holder: int, returns: Mapping[Commodity, int]
) -> JournalEntry:
    """A note of 10 handed in becomes 10.00 BSL in a wallet: no euro, no rounding (F-07).

    Args:
        act: its document is the receipt of the comptoir.
        notes: how many of each are handed in.
        holder: wallet or merchant account credited.
        returns: the comptoir's account per denomination of notes that go back for sorting.
    """
    return act.entry(
        Kind.SWAP_IN,
        Transfer(PAPER, holder, face_cents(notes)),
        *counted(notes, to=returns, source=NOTES_OUT),
    )


def swap_out(
    act: Act, *, notes: Mapping[Commodity, int], holder: int, stock: Mapping[Commodity, int]
) -> JournalEntry:
    """5.00 BSL of a wallet become a note of 5: no euro, no rounding (F-07).

    Args:
        act: its document is the receipt of the comptoir.
        notes: how many of each are handed out.
        holder: wallet or merchant account debited.
        stock: the comptoir's account per denomination.
    """
    return act.entry(
        Kind.SWAP_OUT,
        Transfer(holder, PAPER, face_cents(notes)),
        *counted(notes, to=NOTES_OUT, source=stock),
    )


def note_loss(
    act: Act, *, notes: Mapping[Commodity, int], source: Mapping[Commodity, int], scheme: Scheme
) -> JournalEntry:
    """A note of 20 lost from stock is deemed to circulate: own funds pay 19.05 EUR (F-25).

    The euros are rounded up, so that R grows (by 5 here) and a later find never drains it.

    Args:
        act: its document is the minute of the loss.
        notes: how many of each are lost.
        source: account per denomination of where they were: stock, transit or vault.
        scheme: par when sponsored.
    """
    covered = scheme.cover(face_cents(notes))
    return act.entry(
        Kind.NOTE_LOSS,
        Transfer(ISSUED, PAPER, covered.bousol_cents),
        Transfer(LOSS, CIRC, covered.euros_cents),
        Transfer(GUAR, OPER, covered.euros_cents),
        *counted(notes, to=NOTES_OUT, source=source),
        remainder=covered.remainder,
    )


def note_found(
    act: Act, *, notes: Mapping[Commodity, int], to: Mapping[Commodity, int], scheme: Scheme
) -> JournalEntry:
    """Of lost notes, one of 10 is found: 9.52 EUR go back to own funds, 8/21 remain (F-25).

    A loss found again whole is reversed instead.

    Args:
        act: its document is the minute of the find.
        notes: how many of each are found.
        to: account per denomination of where they are now: stock, transit, vault or returns.
        scheme: par when sponsored.
    """
    found = scheme.redeem(face_cents(notes))
    return act.entry(
        Kind.NOTE_FOUND,
        Transfer(PAPER, ISSUED, found.bousol_cents),
        Transfer(CIRC, LOSS, found.euros_cents),
        Transfer(OPER, GUAR, found.euros_cents),
        *counted(notes, to=to, source=NOTES_OUT),
        remainder=found.remainder,
    )


def reactivation_paid(act: Act, *, euros_cents: int, cash: int) -> JournalEntry:
    """A note of 20 is dated anew for 1.00 EUR in cash, 5 %, the association's (F-32)."""
    return act.entry(Kind.REACTIVATION, Transfer(cash, SURPLUS, euros_cents))


def reactivation_withheld(
    act: Act,
    *,
    handed_in: Mapping[Commodity, int],
    handed_out: Mapping[Commodity, int],
    returns: Mapping[Commodity, int],
    stock: Mapping[Commodity, int],
    scheme: Scheme,
) -> JournalEntry:
    """A note of 20 comes back as 19.00 in notes: 1.00 BSL withheld is 0.95 EUR, R + 5 (F-32).

    Paper shrinks by the difference, so that notes out and paper stay equal.

    Raises:
        InexactAmount: more, or as much, is handed out than handed in.
    """
    fee_cents = face_cents(handed_in) - face_cents(handed_out)
    if fee_cents <= 0:
        raise InexactAmount(bousols(face_cents(handed_out)), bousols(face_cents(handed_in)))
    fee = scheme.redeem(fee_cents)
    return act.entry(
        Kind.REACTIVATION,
        Transfer(PAPER, ISSUED, fee.bousol_cents),
        Transfer(CIRC, SURPLUS, fee.euros_cents),
        Transfer(OPER, GUAR, fee.euros_cents),
        *counted(handed_in, to=returns, source=NOTES_OUT),
        *counted(handed_out, to=NOTES_OUT, source=stock),
        remainder=fee.remainder,
    )
