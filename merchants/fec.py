"""A month's proposed entries in the form of a file of accounting entries (FEC), to be imported.

The eighteen columns, their order and their spelling are those of article A47 A-1 of the Livre des
procédures fiscales: tabs between, days as AAAAMMJJ, decimal commas. The entries are proposals, so
the day of their validation stays empty: the accountant's own software gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from merchants.csv_files import cents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

HEADS: Final = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip


class FecLine(NamedTuple):
    """One line of an entry.

    Attributes:
        number: of the entry, in the order in which entries stand; the same for its lines.
        piece: what proves it.
    """

    journal: tuple[str, str]
    number: str
    day: date
    account: str
    name: str
    piece: str
    label: str
    debit_cents: int
    credit_cents: int


def write_fec(lines: Iterable[FecLine]) -> bytes:
    """The whole file, in UTF-8."""
    rows = [HEADS, *(_row(line) for line in lines)]
    return "".join("\t".join(row) + "\r\n" for row in rows).encode()


def _row(line: FecLine) -> tuple[str, ...]:
    day = f"{line.day:%Y%m%d}"
    journal = tuple(_cell(text) for text in line.journal)
    account = (line.account, _cell(line.name), "", "")
    sums = (cents(line.debit_cents), cents(line.credit_cents))
    return (*journal, line.number, day, *account, line.piece, day, _cell(line.label), *sums,
            "", "", "", "", "")  # fmt: skip


def _cell(text: str) -> str:
    """A text that ends no column."""
    return " ".join(text.split())
