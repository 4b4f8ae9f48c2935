"""A merchant's month: what an accountant posts, to be read, opened in a spreadsheet, or printed."""

import asyncio
import re
from datetime import date
from typing import Annotated, Any, Final, NamedTuple

from litestar import Request, Response, get
from litestar.params import PathParameter
from pydantic import Field

from admin.roles import Act
from api.accounts.statements import held_line
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.papers.statement import Line, StatementFacts, Table, statement
from api.services import GivenServices, Services
from api.wire.asking import asked
from api.wire.faults import Fault
from api.wire.figures import Figures, Language
from api.wire.problems import Problem
from api.wire.shapes import Sum, Told, euros
from ledger.chart import Commodity
from merchants import invoice_rows, month_rows
from merchants.csv_files import write_csv
from merchants.fec import FecLine, write_fec
from merchants.invoice_rows import Member
from merchants.months import ACCOUNTS, OUTSIDE, Heading, Month, bounds, last_day, month_of

_HEADS: Final = ("Date", "Journal", "Compte", "Intitulé", "Libellé", "Débit", "Crédit")
_JOURNAL: Final = "BS"
_JOURNAL_NAME: Final = "Bou'Sols"
_MONTH: Final = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
_PAPER: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Relevé du mois",
        "redeemed": "Devenu des euros",
        "redeemed_heads": "Rachats;Bou’Sols;Brut;Décote;Net à recevoir",
        "entries": "Écritures proposées",
        "entry_heads": ";".join(_HEADS[2:]),
        "note": "Au pair : 1 Bou’Sol est compté 1 euro. La décote de reconversion est une charge à"
        " part ; sa déductibilité est à confirmer. Comptes proposés, à adapter par"
        " l’expert-comptable.",
    },
    "en": {
        "title": "Statement of the month",
        "redeemed": "Became euros",
        "redeemed_heads": "Redemptions;Bou’Sols;Gross;Discount;Net to receive",
        "entries": "Proposed entries",
        "entry_heads": "Account;Name;Label;Debit;Credit",
        "note": "At par: 1 Bou’Sol counts as 1 euro. The discount of redemption is a cost of its"
        " own; whether it is deductible is to be confirmed. Accounts are proposed, for the"
        " accountant to adapt; their names are those of the French chart.",
    },
}
"""The words of a month on paper, besides those of its totals."""
WORDS: Final[dict[Heading, tuple[str, str]]] = {
    Heading.SALES: ("Ventes encaissées", "Sales"),
    Heading.SALES_REFUNDED: ("Remboursements aux clients", "Refunds of sales"),
    Heading.CUSTOMERS: ("Factures encaissées", "Invoices received"),
    Heading.CUSTOMERS_REFUNDED: ("Avoirs sur factures encaissées", "Given back on invoices"),
    Heading.SUPPLIERS: ("Fournisseurs payés", "Suppliers paid"),
    Heading.SUPPLIERS_REFUNDED: ("Avoirs de fournisseurs", "Given back by suppliers"),
    Heading.REDEMPTION_ASKED: ("Rachats demandés", "Redemptions asked for"),
    Heading.REDEMPTION_RETURNED: ("Rachats rejetés, rendus", "Redemptions rejected"),
    Heading.BOUGHT: ("Bou'Sols achetés", "Bou'Sols bought"),
    Heading.NOTES: ("Billets échangés", "Notes swapped"),
    Heading.FEES: ("Cotisations", "Fees"),
    Heading.DONATIONS: ("Dons", "Donations"),
    Heading.GIFTS: ("Dons de l'association", "Gifts of the association"),
    Heading.CLOSED: ("Sortie du réseau", "Account closed"),
    Heading.OTHER: ("Autres mouvements", "Other movements"),
    Heading.REDEEMED: ("Rachats approuvés", "Redemptions approved"),
    Heading.PAID_OUT: ("Euros versés par l'association", "Euros paid by the association"),
    Heading.OWED_OTHERWISE: ("Autres euros dus", "Other euros owed"),
}
"""What each total is called in French and in English."""
MonthName = Annotated[
    str,
    PathParameter(pattern=_MONTH, description="A month, such as 2027-03."),
]
"""The type of the handlers' parameter `month`."""


class StatementTotal(Told):
    """What one sort of movements comes to."""

    code: Heading
    label: str
    count: int
    amount: Annotated[int, Field(description="Euro-cents at par; negative: went out.")]


class StatementPosting(Told):
    """One line of a proposed entry; euro-cents."""

    account: str
    name: str
    debit: Annotated[int, Field(ge=0)]
    credit: Annotated[int, Field(ge=0)]


class StatementEntry(Told):
    """A proposed entry: debits and credits are equal."""

    code: Heading
    label: str
    lines: list[StatementPosting]


class StatementRedemptions(Told):
    """What became euros in the month."""

    count: int
    bousols: Annotated[int, Field(description="At par, in euro-cents.")]
    gross: Annotated[int, Field(description="At the rate, before the commission.")]
    net: Annotated[int, Field(description="Owed to the merchant.")]
    discount: Annotated[int, Field(description="The cost: at par, less the net.")]


class MerchantStatement(Told):
    """A month of a merchant, in euros at par; the totals lead from the opening to the closing."""

    month: str
    first_day: date
    last_day: date
    last_seq: Annotated[int, Field(description="The last entry that was looked at.")]
    opening: Sum
    closing: Annotated[Sum, Field(description="What may be spent or redeemed.")]
    held: Annotated[Sum, Field(description="Set aside for redemptions; no part of `closing`.")]
    totals: list[StatementTotal]
    redemptions: StatementRedemptions
    entries: list[StatementEntry]


class _Read(NamedTuple):
    member: Member
    first: date
    month: Month
    last_seq: int


@get(
    "/v1/merchant-statements/{month:str}",
    operation_id="getMerchantStatement",
    tags=["suppliers"],
    opt=may(Act.SEE_MONTH, problems=("not_found", "malformed_parameter", "unavailable")),
)
async def get_month(
    month: MonthName, request: Request[Any, Any, Any], asker: GivenAsker, services: GivenServices
) -> MerchantStatement:
    """Tells a merchant's month: totals at par, and the entries an accountant may post."""
    return _told(await _read(services, asker, month), asked(request.scope).language)


@get(
    "/v1/merchant-statements/{month:str}/entries.csv",
    operation_id="getMerchantStatementCSV",
    tags=["suppliers"],
    media_type="text/csv",
    opt=may(Act.SEE_MONTH, problems=("not_found", "malformed_parameter", "unavailable")),
)
async def get_csv(month: MonthName, asker: GivenAsker, services: GivenServices) -> Response[bytes]:
    """Gives the proposed entries of a month as a table for a spreadsheet."""
    read = await _read(services, asker, month)
    return _file(write_csv(_HEADS, _rows(read)), "text/csv", f"{month}.csv")


@get(
    "/v1/merchant-statements/{month:str}/fec.txt",
    operation_id="getMerchantStatementFEC",
    tags=["suppliers"],
    media_type="text/plain",
    opt=may(Act.SEE_MONTH, problems=("not_found", "malformed_parameter", "unavailable")),
)
async def get_fec(month: MonthName, asker: GivenAsker, services: GivenServices) -> Response[bytes]:
    """Gives the proposed entries of a month in the eighteen columns of a FEC, to be imported."""
    read = await _read(services, asker, month)
    return _file(write_fec(_fec(read)), "text/plain", f"{month}-fec.txt")


@get(
    "/v1/merchant-statements/{month:str}/statement.pdf",
    operation_id="getMerchantStatementPDF",
    tags=["suppliers"],
    media_type="application/pdf",
    opt=may(Act.SEE_MONTH, problems=("not_found", "malformed_parameter", "unavailable")),
)
async def get_pdf(
    month: MonthName, request: Request[Any, Any, Any], asker: GivenAsker, services: GivenServices
) -> Response[bytes]:
    """Gives a month as a paper: its totals, and the entries to post."""
    read, language = await _read(services, asker, month), asked(request.scope).language
    pages = await asyncio.to_thread(statement, _paper(read, language), language)
    return _file(pages, "application/pdf", f"{month}.pdf")


async def _read(services: Services, asker: Asker, name: str) -> _Read:
    if re.fullmatch(_MONTH, name) is None:
        raise _unfit()
    first = date.fromisoformat(f"{name}-01")
    if bounds(first)[0] > services.clock.now():
        raise _unfit()
    async with services.connection() as connection:
        member = await invoice_rows.member_of(connection, asker.acting)
        if member is None:
            raise Problem("not_found")
        facts, last = await month_rows.facts_of(connection, member, first)
    await services.durable(last)
    return _Read(member, first, month_of(facts), last)


def _unfit() -> Problem:
    return Problem("malformed_parameter", (Fault("month", "unfit"),))


def _label(code: Heading, language: Language) -> str:
    return WORDS[code][language == "en"]


def _told(read: _Read, language: Language) -> MerchantStatement:
    facts, redeemed = read.month.facts, read.month.became_euros
    return MerchantStatement(
        month=f"{read.first:%Y-%m}",
        first_day=read.first,
        last_day=last_day(read.first),
        last_seq=read.last_seq,
        opening=euros(facts.opening_cents),
        closing=euros(facts.closing_cents),
        held=euros(facts.held_cents),
        totals=[
            StatementTotal(
                code=t.code, label=_label(t.code, language), count=t.times, amount=t.cents
            )
            for t in read.month.totals
        ],
        redemptions=StatementRedemptions(
            count=redeemed.times,
            bousols=redeemed.bousol_cents,
            gross=redeemed.gross_cents,
            net=redeemed.net_cents,
            discount=redeemed.discount_cents,
        ),
        entries=[
            StatementEntry(
                code=entry.code,
                label=_label(entry.code, language),
                lines=[
                    StatementPosting(account=a, name=ACCOUNTS[a], debit=debit, credit=credit)
                    for a, debit, credit in entry.postings
                ],
            )
            for entry in read.month.entries
        ],
    )


def _rows(read: _Read) -> list[tuple[str | int, ...]]:
    day = f"{last_day(read.first):%d/%m/%Y}"
    return [
        (day, _JOURNAL, account, ACCOUNTS[account], _label(entry.code, "fr"), debit, credit)
        for entry in read.month.entries
        for account, debit, credit in entry.postings
    ]


def _fec(read: _Read) -> list[FecLine]:
    month = f"{read.first:%Y-%m}"
    return [
        FecLine(
            journal=(_JOURNAL, _JOURNAL_NAME),
            number=f"{_JOURNAL}-{month}-{number:02}",
            day=last_day(read.first),
            account=account,
            name=ACCOUNTS[account],
            piece=f"{_JOURNAL}-{month}",
            label=_label(entry.code, "fr"),
            debit_cents=debit,
            credit_cents=credit,
        )
        for number, entry in enumerate(read.month.entries, start=1)
        for account, debit, credit in entry.postings
    ]


def _paper(read: _Read, language: Language) -> StatementFacts:
    facts, last, words = read.month.facts, last_day(read.first), _PAPER[language]
    return StatementFacts(
        title=words["title"],
        holder=(read.member.name, read.member.commune),
        reference=f"{read.first:%Y-%m}",
        first=read.first,
        last=last,
        opening_minor=facts.opening_cents,
        lines=[
            Line(last, f"{_label(t.code, language)} ({t.times})", t.cents)
            for t in read.month.totals
            if t.code not in OUTSIDE
        ],
        commodity=Commodity.BSL,
        tables=[table for table in _tables(read.month, language) if table.rows],
        note=f"{held_line(facts.held_cents, language)} {words['note']}".lstrip(),
    )


def _tables(month: Month, language: Language) -> tuple[Table, Table]:
    """What became euros, gross and net; and the entries to post."""
    words, figures, redeemed = _PAPER[language], Figures(language), month.became_euros
    cents = (redeemed.gross_cents, redeemed.discount_cents, redeemed.net_cents)
    approved = (
        str(redeemed.times),
        figures.amount(redeemed.bousol_cents, Commodity.BSL),
        *map(figures.euros, cents),
    )
    rows = [
        (account, ACCOUNTS[account], _label(entry.code, language), *(
            figures.euros(cents) if cents else "" for cents in (debit, credit)))
        for entry in month.entries
        for account, debit, credit in entry.postings
    ]  # fmt: skip
    return (
        Table(
            words["redeemed"],
            tuple(words["redeemed_heads"].split(";")),
            [approved] if any(redeemed) else [],
            figures=4,
        ),
        Table(words["entries"], tuple(words["entry_heads"].split(";")), rows, figures=2),
    )


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


ROUTES: Final = (get_month, get_csv, get_fec, get_pdf)
