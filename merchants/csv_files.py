"""Tables for a spreadsheet: what it opens in French without a question, and computes nothing of.

Semicolons, UTF-8 with its mark, decimal commas from whole cents, and no cell that begins a formula.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_WIDE: Final = (
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH COMMERCIAL AT}",
)
_NUL: Final = "\0"


def csv_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before = + - @ and controls."""
    kept = text.lstrip(" \N{NO-BREAK SPACE}")
    quoted = f"'{text}" if kept.startswith(_FORMULA + _WIDE) else text
    return quoted.replace(_NUL, "")


def cents(amount_cents: int) -> str:
    """1234_50 is "1234,50": a number to a French spreadsheet, so without spaces."""
    units, rest = divmod(abs(amount_cents), 100)
    return f"{'-' if amount_cents < 0 else ''}{units},{rest:02}"


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """A whole file: texts are made inert, integers are cents and get their comma.

    A number that is no sum of money is given as text.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([csv_cell(head) for head in heads])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig", errors="replace")


def _cell(value: str | int) -> str:
    return cents(value) if isinstance(value, int) else csv_cell(value)
