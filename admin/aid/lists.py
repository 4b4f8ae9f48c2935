"""A list of awards as a CCAS sends it: CSV text into rows, each with what is wrong with it.

Semicolons or commas, UTF-8 with or without its mark or the Windows code page, French decimals and
heads. Nothing is guessed: what is not understood is a fault of its row, as a code with its facts.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from admin.aid.refusals import ListUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from admin.aid.programmes import Formula

ROWS_MAX: Final = 10_000
CELL_CHARACTERS_MAX: Final = 120
HOUSEHOLD_MAX: Final = 30
CONTRIBUTION_CENTS_MIN: Final = 1_00
CONTRIBUTION_CENTS_MAX: Final = 150_00
"""What a member of a food fund pays a month, by means (domain model, 9)."""
_HEADS: Final[Mapping[str, str]] = {
    "dossier": "file",
    "ndossier": "file",
    "nodossier": "file",
    "numerodedossier": "file",
    "nom": "name",
    "beneficiaire": "name",
    "adultes": "adults",
    "enfants": "children",
    "montant": "amount",
    "montanteuros": "amount",
    "montanteur": "amount",
    "periode": "period",
    "carte": "card",
    "numerodecarte": "card",
    "adresse": "address",
    "adressepostale": "address",
    "cotisation": "contribution",
    "cotisationeuros": "contribution",
    "mandat": "mandate",
    "datedumandat": "mandate",
}
"""What a head means, without accents, spaces, signs and capitals."""
_AMOUNT: Final = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")
_PERIOD: Final = re.compile(r"2[0-9]{3}-(?:0[1-9]|1[0-2])")
_FRENCH_PERIOD: Final = re.compile(r"(0[1-9]|1[0-2])/(2[0-9]{3})")
_DAY: Final = re.compile(r"(2[0-9]{3})-([0-9]{2})-([0-9]{2})")
_FRENCH_DAY: Final = re.compile(r"([0-9]{2})/([0-9]{2})/(2[0-9]{3})")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f\u2009]")
_UNBROKEN: Final = re.compile("[\u00a0\u202f\u2009]")
"""Spaces that do not break: French spreadsheets write them in sums and in names."""


class Finding(NamedTuple):
    """A fault or a remark of a row: a code, and the figures its words name."""

    code: str
    facts: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One award of a list as read.

    Attributes:
        line: of the file; the heads are line 1.
        file: the sponsor's own number of the person's file.
        cents: euro-cents; None when the row names none and no formula gives it.
        address: lines apart by commas, for letters.
        contribution_cents: what a member of a food fund pays for this month.
        mandate: the day the person signed a civil mandate for this programme.
        faults: what keeps the row from being submitted.
        remarks: what somebody should look at.
    """

    line: int
    file: str
    name: str = ""
    adults: int | None = None
    children: int = 0
    cents: int | None = None
    period: str = ""
    card: str | None = None
    address: str = ""
    contribution_cents: int | None = None
    mandate: date | None = None
    faults: tuple[Finding, ...] = ()
    remarks: tuple[Finding, ...] = field(default=())


def read(
    content: bytes,
    *,
    period: str,
    formula: Formula,
    fund: bool = False,
    mandated: bool = False,
) -> list[Row]:
    """The rows of a file, in its order.

    Args:
        content: of the file as it was sent.
        period: of rows that name none.
        formula: euros by household, for rows that name no amount.
        fund: of a food fund: each member pays a contribution and gets the same.
        mandated: under civil mandates: a row says the day one was signed. Others' are not read.

    Raises:
        ListUnreadable: it is no table with a column `dossier`, is empty, or has over 10,000 rows.
    """
    lines = _table(_text(content))
    columns = _columns(lines[0]) if lines else {}
    rows = [(n, cells) for n, cells in enumerate(lines[1:], 2) if any(c.strip() for c in cells)]
    if "file" not in columns.values() or not 0 < len(rows) <= ROWS_MAX:
        raise ListUnreadable
    reader = _Reader(columns, len(lines[0]), period, formula, fund, mandated)
    return [reader.row(n, cells) for n, cells in rows]


def cents_of(text: str) -> int | None:
    """Euro-cents of a text such as 1 234,50 €; None when it is no sum of euros to the cent."""
    bare = _SPACES.sub("", text).removesuffix("€").removesuffix("EUR")
    found = _AMOUNT.fullmatch(bare)
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def file_number(typed: str) -> str:
    """The number of a file as it is kept: `d 104` and `D 104` are one, with any space between."""
    return "".join(sign for sign in _plain(typed) if sign.isprintable()).strip().upper()


def _plain(cell: str) -> str:
    """A cell with ordinary spaces, and none at its ends."""
    return _UNBROKEN.sub(" ", cell).strip()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _table(text: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    try:
        file = io.StringIO(text, newline="")
        return list(csv.reader(file, delimiter=delimiter, strict=True))
    except csv.Error:
        raise ListUnreadable from None


def _columns(heads: Sequence[str]) -> dict[int, str]:
    """What each column means.

    Raises:
        ListUnreadable: two columns mean the same.
    """
    known = {n: _HEADS[bare] for n, head in enumerate(heads) if (bare := _bare(head)) in _HEADS}
    if len(set(known.values())) != len(known):
        raise ListUnreadable
    return known


def _bare(head: str) -> str:
    letters = unicodedata.normalize("NFKD", head.casefold())
    return "".join(c for c in letters if c.isascii() and c.isalpha())


@dataclass(frozen=True, slots=True)
class _Reader:
    """What holds for every row of a file."""

    columns: Mapping[int, str]
    width: int
    period: str
    formula: Formula
    fund: bool
    mandated: bool

    def row(self, line: int, cells: Sequence[str]) -> Row:
        """One row, with its faults."""
        told = {name: _plain(cells[n]) for n, name in self.columns.items() if n < len(cells)}
        faults = self._of_cells(cells, told)
        adults = _count(told, "adults", faults, least=1)
        children = _count(told, "children", faults, least=0) or 0
        asked = told.get("period") or ""
        chosen = _period(asked) if asked else self.period
        if chosen is None:
            faults.append(Finding("period_malformed"))
        contribution = _contribution(told.get("contribution", ""), faults) if self.fund else None
        mandate = _day(told.get("mandate", ""), faults) if self.mandated else None
        household = (1, 0) if self.fund else (adults, children)
        cents, remarks = _amount(told.get("amount", ""), *household, self.formula, faults)
        return Row(
            line=line,
            file=file_number(told.get("file", "")),
            name=told.get("name", ""),
            adults=adults,
            children=children,
            cents=cents,
            period=chosen or self.period,
            card=told.get("card") or None,
            address=told.get("address", ""),
            contribution_cents=contribution,
            mandate=mandate,
            faults=tuple(faults),
            remarks=tuple(remarks),
        )

    def _of_cells(self, cells: Sequence[str], told: Mapping[str, str]) -> list[Finding]:
        faults = []
        if len(cells) != self.width:
            faults.append(Finding("row_width", {"found": len(cells), "expected": self.width}))
        if any(len(v) > CELL_CHARACTERS_MAX or not v.isprintable() for v in told.values()):
            faults.append(Finding("cell_unusable"))
        if not told.get("file"):
            faults.append(Finding("file_missing"))
        return faults


def _contribution(text: str, faults: list[Finding]) -> int | None:
    """What a member of a food fund pays: between 1.00 and 150.00 EUR."""
    cents = cents_of(text)
    if cents is None or not CONTRIBUTION_CENTS_MIN <= cents <= CONTRIBUTION_CENTS_MAX:
        bounds = {"least": CONTRIBUTION_CENTS_MIN, "most": CONTRIBUTION_CENTS_MAX}
        faults.append(Finding("contribution_out_of_bounds", bounds))
    return cents


def _count(told: Mapping[str, str], name: str, faults: list[Finding], *, least: int) -> int | None:
    text = told.get(name, "")
    if not text:
        return None
    bare = text.lstrip("0")[:4] or "0"
    if not (text.isascii() and text.isdigit()) or not least <= int(bare) <= HOUSEHOLD_MAX:
        faults.append(Finding("household_malformed", {"most": HOUSEHOLD_MAX}))
        return None
    return int(bare)


def _period(text: str) -> str | None:
    if _PERIOD.fullmatch(text):
        return text
    found = _FRENCH_PERIOD.fullmatch(text)
    return f"{found[2]}-{found[1]}" if found else None


def _day(text: str, faults: list[Finding]) -> date | None:
    """The day a mandate was signed, as 2027-03-09 or 09/03/2027."""
    found, french = _DAY.fullmatch(text), _FRENCH_DAY.fullmatch(text)
    parts = found.groups() if found else french.groups()[::-1] if french else None
    if not text:
        return None
    try:
        return date(*map(int, parts or ()))
    except (TypeError, ValueError):
        faults.append(Finding("mandate_malformed"))
        return None


def _amount(
    text: str, adults: int | None, children: int, formula: Formula, faults: list[Finding]
) -> tuple[int | None, list[Finding]]:
    """The euros of a row: as it says, else by the formula; one that differs is remarked."""
    by_formula = formula.of(adults, children) if formula.known and adults else None
    if not text:
        if by_formula is None:
            faults.append(Finding("amount_missing"))
        return by_formula, []
    cents = cents_of(text)
    if cents is None or cents == 0:
        faults.append(Finding("amount_malformed"))
        return None, []
    if cents > formula.most_cents:
        faults.append(Finding("amount_above_most", {"most": formula.most_cents}))
    differs = by_formula is not None and by_formula != cents
    return cents, [Finding("off_formula", {"formula": by_formula})] if differs else []
