"""The issuer's own accounts by name; accounts there are many of are passed to the flows."""

from __future__ import annotations

from typing import Final

from ledger.chart import NOTE_FACES, Commodity, note_account, single_account
from ledger.chart import AccountClass as A

PAPER: Final = single_account(A.PAPER)
ISSUED: Final = single_account(A.ISSUED)
GUAR: Final = single_account(A.GUAR)
PLACE: Final = single_account(A.PLACE)
OPER: Final = single_account(A.OPER)
TRANSIT: Final = single_account(A.TRANSIT)
CIRC: Final = single_account(A.CIRC)
SUSPENSE: Final = single_account(A.SUSPENSE)
FEES: Final = single_account(A.FEES)
DON: Final = single_account(A.DON)
COMM: Final = single_account(A.COMM)
INTEREST: Final = single_account(A.INTEREST)
SURPLUS: Final = single_account(A.SURPLUS)
GIFT: Final = single_account(A.GIFT)
SUBSIDY: Final = single_account(A.SUBSIDY)
LOSS: Final = single_account(A.LOSS)
DISCOUNT: Final = single_account(A.DISCOUNT)
EXPENSE: Final = single_account(A.EXPENSE)
CHARGES: Final = single_account(A.CHARGES)


def note_place(account_class: A) -> dict[Commodity, int]:
    """The accounts of a place of notes of which there is one: the vault, transit, circulation."""
    return {note: note_account(account_class, note) for note in NOTE_FACES}


NOTES_PRINTED: Final = note_place(A.NOTE_PRINTED)
NOTES_VAULT: Final = note_place(A.NOTE_VAULT)
NOTES_TRANSIT: Final = note_place(A.NOTE_TRANSIT)
NOTES_OUT: Final = note_place(A.NOTE_OUT)
NOTES_DESTROYED: Final = note_place(A.NOTE_DESTROYED)
