"""A month of one holder: what was there, each entry once, what is left; as CSV or as paper.

The opening and the closing are the balances the journal had then, and the lines in between make
the one out of the other: a statement that does not add up is never given out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from admin import parties
from api.accounts.movement_words import name_of
from api.wire.days import day_of
from api.wire.figures import Figures
from ledger import holders, store
from ledger.chart import AccountClass, Commodity
from merchants import register
from merchants.csv_files import write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.process.pools import Connection
    from api.services import Services
    from api.wire.figures import Language
    from ledger.holders import Movement
    from ledger.store import Account

MEDIA_TYPES: Final = ("text/csv", "application/pdf")
"""Of a statement, as a spreadsheet and to be printed."""
OWN: Final = (AccountClass.WALLET, AccountClass.MERCHANT, AccountClass.PUBLIC)
_FILE: Final = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])\.(csv|pdf)")
_HEADS: Final[dict[Language, tuple[str, ...]]] = {
    "fr": ("Date", "Opération", "Avec", "Montant", "Solde"),
    "en": ("Date", "Operation", "With", "Amount", "Balance"),
}
_OPENING: Final[dict[Language, tuple[str, str]]] = {
    "fr": ("Solde au début", "Euros dus au début"),
    "en": ("Opening balance", "Euros owed at the beginning"),
}
_CLOSING: Final[dict[Language, tuple[str, str]]] = {
    "fr": ("Solde à la fin", "Euros dus à la fin"),
    "en": ("Closing balance", "Euros owed at the end"),
}
"""Of an account, and of a public body."""
_HELD: Final[dict[Language, str]] = {
    "fr": "Réservé en plus du solde",
    "en": "Set aside besides the balance",
}


class Month(NamedTuple):
    """A calendar month in Paris, and in which form its statement is wanted."""

    first: date
    form: str

    @property
    def next(self) -> date:
        """The first day after it."""
        months = self.first.year * 12 + self.first.month
        return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Statement:
    """Movements oldest first, between two balances in minor units.

    Attributes:
        held: Bou'Sols set aside at the end, no part of the closing: it is what may be spent.
        commodity: euros, owed, for a public body; Bou'Sols for everybody else.
        names: of other sides, by account.
    """

    month: Month
    opening: int
    closing: int
    movements: Sequence[Movement]
    held: int = 0
    commodity: Commodity = Commodity.BSL
    names: Mapping[int, str] = field(default_factory=dict)


class Mine(NamedTuple):
    """The accounts whose balances together are a holder's, and what they count."""

    accounts: list[int]
    commodity: Commodity


def month_of(file: str) -> Month | None:
    """The month and form that a file's name asks for, such as 2026-11.csv."""
    found = _FILE.fullmatch(file)
    return None if found is None else Month(date(int(found[1]), int(found[2]), 1), found[3])


async def name_on(services: Services, party: int) -> str:
    """The name on a party's statement: a person's, or a merchant's."""
    async with services.rows() as rows:
        person = await parties.person_of(rows, party)
        name = person.name if person else await register.name_of(rows, party)
    return name or str(party)


def of_holder(accounts: Sequence[Account]) -> Mine:
    """Own money and lots; for a public body, whose account is always empty, the euros owed to it.

    What is paid to a public body leaves its account in the same entry (F-29).
    """
    public = any(one.account_class is AccountClass.PUBLIC for one in accounts)
    shown = {AccountClass.PAYABLE} if public else {*OWN, AccountClass.LOT}
    mine = [one.id for one in accounts if one.account_class in shown]
    return Mine(mine, Commodity.EUR if public else Commodity.BSL)


async def read(connection: Connection, party: int, month: Month) -> Statement:
    """A month of a party, still without names."""
    accounts, commodity = of_holder(await store.accounts_of(connection, party))
    first = await holders.last_before(connection, month.first)
    last = await holders.last_before(connection, month.next)
    opening = [await store.balance_as_of(connection, one, first) for one in accounts]
    closing = [await store.balance_as_of(connection, one, last) for one in accounts]
    held = await holders.held_as_of(connection, party, last)
    found: list[Movement] = []
    before = last + 1
    while True:
        page = await holders.movements(
            connection, accounts, before=before, after=first, entries_max=holders.MOVEMENTS_MAX
        )
        found += page
        if len(page) < holders.MOVEMENTS_MAX:
            break
        before = page[-1].seq
    moved = sum(movement.amount for movement in found)
    assert sum(opening) + moved == sum(closing), "a statement adds up"
    return Statement(month, sum(opening), sum(closing), found[::-1], held, commodity)


def as_csv(statement: Statement, language: Language) -> bytes:
    """A statement for a spreadsheet."""
    balance, euros = statement.opening, statement.commodity is Commodity.EUR
    rows: list[list[str | int]] = [["", _OPENING[language][euros], "", "", balance]]
    for one in statement.movements:
        balance += one.amount
        day, name = day_of(one.posted_at).isoformat(), statement.names.get(one.other or 0, "")
        rows.append([day, name_of(one.kind, language), name, one.amount, balance])
    rows.append(["", _CLOSING[language][euros], "", "", statement.closing])
    if statement.held:
        rows.append(["", _HELD[language], "", "", statement.held])
    return write_csv(_HEADS[language], rows)


def as_pdf(statement: Statement, holder: str, title: str, language: Language) -> bytes:
    """A statement on paper."""
    from api.papers import statement as paper  # noqa: PLC0415  why: fonts are for who prints only

    lines = [
        paper.Line(
            day_of(one.posted_at),
            " · ".join(
                filter(None, (name_of(one.kind, language), statement.names.get(one.other or 0)))
            ),
            one.amount,
        )
        for one in statement.movements
    ]
    month = statement.month
    facts = paper.StatementFacts(
        title=title,
        holder=(holder,),
        reference=f"{month.first:%Y-%m}",
        first=month.first,
        last=date.fromordinal(month.next.toordinal() - 1),
        opening_minor=statement.opening,
        lines=lines,
        commodity=statement.commodity,
        note=held_line(statement.held, language),
    )
    return paper.statement(facts, language)


def held_line(cents: int, language: Language) -> str:
    """What is set aside besides a balance, as a sentence; empty when nothing is."""
    colon = "\N{NO-BREAK SPACE}:" if language == "fr" else ":"
    return f"{_HELD[language]}{colon} {Figures(language).bousols(cents)}." if cents else ""
