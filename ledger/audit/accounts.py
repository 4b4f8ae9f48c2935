"""Each account as it stands against where the journal leaves it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from ledger.audit.report import Proved
from ledger.chart import (
    CHART,
    FIRST_OPENED_ACCOUNT,
    NOTE_FACES,
    SINGLE,
    SINGLE_PER_NOTE,
    AccountClass,
    commodity_of,
    note_account,
    single_account,
)
from ledger.store import statement

if TYPE_CHECKING:
    from asyncpg import Record

    from ledger.audit.books import Account, Books
    from ledger.audit.report import AuditReport, Proof
    from ledger.store import Connection

_CLOSED: Final = 3
_FETCHED_AT_ONCE: Final = 5_000
_OWN: Final = {single_account(c): c for c in SINGLE} | {
    note_account(c, note): c for c in SINGLE_PER_NOTE for note in NOTE_FACES
}
"""The issuer's own accounts, and their classes."""


async def keep_accounts(connection: Connection, books: Books, report: AuditReport) -> None:
    """Compare every account; in the transaction in which the walk reached the head."""
    proof = report[Proved.ACCOUNTS]
    walked, missing, sums = books.accounts, set(books.accounts) | set(_OWN), Counter[int]()
    async for row in connection.cursor(statement("audit/accounts"), prefetch=_FETCHED_AT_ONCE):
        proof.check()
        missing.discard(row["id"])
        sums[row["commodity"]] += row["side"] * row["balance"]
        _keep_figures(row, walked.get(row["id"]), proof)
        _keep_identity(row, proof)
    for number in sorted(missing):
        _fail(proof, number, "row", stored=0, expected=1)
    for commodity, total in sorted(sums.items()):
        if total:
            proof.fail("account", f"commodity {commodity}", "sum", stored=total, expected=0)


def _keep_figures(row: Record, walked: Account | None, proof: Proof) -> None:
    """Version and balance are the walk's; below 0 is nobody, and who is closed has nothing."""
    expected = {
        "balance": walked.balance if walked else 0,
        "version": walked.version if walked else 0,
        "floor": 0,
    }
    if row["status"] == _CLOSED or row["class"] == AccountClass.PUBLIC:
        expected["balance"] = 0
    for fact, value in expected.items():
        if row[fact] != value:
            _fail(proof, row["id"], fact, stored=row[fact], expected=value)


def _keep_identity(row: Record, proof: Proof) -> None:
    """Class, side and commodity fit; the issuer's own accounts are those of the chart."""
    number, chosen = row["id"], row["class"]
    if chosen not in set(AccountClass):
        _fail(proof, number, "class", stored=chosen, expected="a class of the chart")
        return
    account_class = AccountClass(chosen)
    commodity = commodity_of(account_class)
    own = _OWN.get(number) if number < FIRST_OPENED_ACCOUNT else account_class
    if own is not account_class or (number >= FIRST_OPENED_ACCOUNT and account_class in SINGLE):
        _fail(proof, number, "class", stored=chosen, expected=own and int(own))
    if row["side"] != CHART[account_class].side:
        _fail(proof, number, "side", stored=row["side"], expected=int(CHART[account_class].side))
    if commodity is None and row["commodity"] not in NOTE_FACES:
        _fail(proof, number, "commodity", stored=row["commodity"], expected="a note")
    elif commodity is not None and row["commodity"] != commodity:
        _fail(proof, number, "commodity", stored=row["commodity"], expected=int(commodity))
    if row["lot"] != (account_class is AccountClass.LOT):
        _fail(proof, number, "rule and expires", stored=row["lot"], expected=not row["lot"])


def _fail(proof: Proof, number: int, fact: str, *, stored: object, expected: object) -> None:
    proof.fail("account", f"account {number}", fact, stored=stored, expected=expected)
