"""A small journal in which every sort of entry that the audit looks at stands at least once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg

from ledger import flows
from ledger.chart import AccountClass as A
from ledger.chart import Commodity
from ledger.conversion import SYMMETRIC, Mode
from ledger.flows import Act, Terms
from ledger.flows import accounts as own
from ledger.journal import Recorded
from ledger.kinds import Kind
from ledger.lots import Share
from tests.database.world import LONG_AGO, REQUEST, RULE, Books, entry, in_a_year

if TYPE_CHECKING:
    from ledger.journal import JournalEntry

CARD = 77
TWENTY, TEN, ONE = Commodity.NOTE20, Commodity.NOTE10, Commodity.NOTE01
_TERMS = Terms()


def act(**fields: Any) -> Act:
    """A documented act of party 1 with ids of its own."""
    known: dict[str, Any] = {"document": uuid4()}
    return Act(uuid4(), 1, uuid4(), REQUEST, **known | fields)


@dataclass
class Journal:
    """Entries and accounts by name, as they were written."""

    books: Books
    seqs: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    async def open(self, name: str, account_class: A, **fields: Any) -> int:
        self.accounts[name] = account = await self.books.open(account_class, **fields)
        return account

    async def post(self, name: str, wanted: JournalEntry) -> int:
        self.seqs[name] = seq = await self.books.stands(wanted)
        return seq


async def write_journal(url: str) -> Journal:
    """Payments, refunds, conversions, notes, awards, expiry, redemption and reversals."""
    connection = await asyncpg.connect(url)
    journal = Journal(Books(connection))
    await _members(journal)
    await _conversions(journal)
    await _payments(journal)
    await _earmarked(journal)
    await _notes(journal)
    await _redeemed(journal)
    await connection.close()
    return journal


async def _members(j: Journal) -> None:
    for name, party in (("alice", 1), ("bob", 4)):
        await j.open(name, A.WALLET, party=party)
    for name in ("grocer", "baker"):
        await j.open(name, A.MERCHANT, party=2)
    await j.open("programme", A.PROG, label="P1")
    await j.open("awards", A.AWARDS, label="B1")
    await j.open("lot", A.LOT, party=1, rule=RULE, expires=in_a_year())
    await j.open("lapsed", A.LOT, party=4, rule=RULE, expires=LONG_AGO)
    await j.open("hold", A.HOLD, label="R1")
    await j.open("payable", A.PAYABLE, party=2)
    await j.open("cash", A.CASH, label="C1")
    await j.open("desk", A.PUBLIC, party=3)
    for note in (TWENTY, TEN, ONE):
        await j.open(f"stock {note.name}", A.NOTE_STOCK, commodity=note, label="C1")
    await j.books.accept(j.accounts["grocer"])
    await j.books.connection.execute("select ledger.put_card($1, 1, 0::smallint)", CARD)


async def _conversions(j: Journal) -> None:
    await j.post("own funds", entry(Kind.OPERATING, (own.OPER, own.DON, 500_00)))
    for name, holder, cents in (("issue", "alice", 100_00), ("odd issue", "bob", 7_35)):
        bought = flows.issue_transfer(
            act(), euros_cents=cents, holder=j.accounts[holder], bank_line=uuid4(), terms=_TERMS
        )
        await j.post(name, bought)
    received = flows.suspense_in(act(), euros_cents=50_00, bank_line=uuid4())
    await j.post("suspense", received)
    matched = flows.suspense_match(
        act(), euros_cents=50_00, holder=j.accounts["alice"], receipt=received.id, terms=_TERMS
    )
    await j.post("match", matched)


async def _payments(j: Journal) -> None:
    a = j.accounts
    shares = [Share(a["alice"], 30_00)]
    paid = await j.post(
        "payment", flows.payment(act(card=CARD, pin=True), shares=shares, merchant=a["grocer"])
    )
    refund = flows.refund(
        act(), origin=paid, merchant=a["grocer"], shares=[Share(a["alice"], 4_50)]
    )
    await j.post("refund", refund)
    sent = flows.p2p(act(), payer=a["alice"], payee=a["bob"], bousol_cents=3_00)
    seq = await j.post("p2p", sent)
    original = Recorded(id=sent.id, seq=seq, kind=sent.kind, transfers=sent.transfers)
    await j.post("reversal", flows.reversal(act(), original=original))
    for number in range(4):
        shares = [Share(a["bob"], 10 + number)]
        await j.post(f"bread {number}", flows.payment(act(), shares=shares, merchant=a["baker"]))
    await j.books.code(entry(Kind.P2P, (a["bob"], a["alice"], 1_000_00)))


async def _earmarked(j: Journal) -> None:
    a = j.accounts
    funded = flows.programme_fund(
        act(), euros_cents=100_00, programme=a["programme"], bank_line=uuid4()
    )
    await j.post("funding", funded)
    awards = [30_00, 10_03]
    batch = flows.aid_batch(
        act(),
        awards_euros_cents=awards,
        programme=a["programme"],
        awards=a["awards"],
        batch=uuid4(),
        terms=_TERMS,
    )
    await j.post("batch", batch)
    for name, euros_cents in zip(("lot", "lapsed"), awards, strict=True):
        award = flows.aid_award(
            act(),
            euros_cents=euros_cents,
            awards=a["awards"],
            lot=a[name],
            award=uuid4(),
            terms=_TERMS,
        )
        await j.post(f"award {name}", award)
    shares = [Share(a["lot"], 20_00), Share(a["alice"], 5_00)]
    mixed = await j.post("mixed", flows.payment(act(), shares=shares, merchant=a["grocer"]))
    given_back = [Share(a["lot"], 8_00)]
    refund = flows.refund(act(), origin=mixed, merchant=a["grocer"], shares=given_back)
    await j.post("mixed refund", refund)
    lapsed = Share(a["lapsed"], await j.books.balance(a["lapsed"]))
    expired = flows.aid_expire(act(), lots=[lapsed], programme=a["programme"], terms=_TERMS)
    await j.post("expiry", expired)


async def _notes(j: Journal) -> None:
    a = j.accounts
    stock = {note: a[f"stock {note.name}"] for note in (TWENTY, TEN, ONE)}
    printed = {TWENTY: 10, TEN: 5, ONE: 5}
    await j.post("print", flows.note_print(act(), notes=printed))
    moved = flows.note_move(act(), notes=printed, to=stock, source=own.NOTES_VAULT)
    await j.post("dispatch", moved)
    sold = flows.issue_cash_paper(
        act(effective=date(2020, 1, 2)),
        euros_cents=50_00,
        notes={TWENTY: 2, TEN: 1, ONE: 2},
        cash=a["cash"],
        stock=stock,
        terms=Terms(mode=Mode.TRANCHE),
    )
    await j.post("notes sold", sold)
    await j.books.connection.execute("select ledger.close_period('2021-01-01')")
    swept = flows.sweep(act(), remainder=1_000, claimable=0, scheme=SYMMETRIC)
    await j.post("sweep", swept)
    lost = flows.note_loss(act(), notes={TWENTY: 1}, source=stock, scheme=SYMMETRIC)
    await j.post("note lost", lost)


async def _redeemed(j: Journal) -> None:
    a = j.accounts
    hold_id = uuid4()
    held = flows.redeem_hold(act(), merchant=a["grocer"], held=a["hold"], bousol_cents=10_00)
    await j.post("redeem hold", held)
    approved = flows.redeem_approve(
        act(),
        source=a["hold"],
        payable=a["payable"],
        bousol_cents=10_00,
        hold_id=hold_id,
        terms=_TERMS,
    )
    await j.post("redemption", approved)
    settled = flows.public_settlement(
        act(),
        shares=[Share(a["alice"], 5_00)],
        public=a["desk"],
        payable=a["payable"],
        scheme=SYMMETRIC,
    )
    await j.post("settlement", settled)
    await j.books.connection.execute("select ledger.set_status($1, 3::smallint)", a["hold"])
