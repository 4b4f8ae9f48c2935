"""One good entry of each sort, and the faults that spoil it: one for each code of ledger.post.

A fault says what it takes (an amount, an account, a row), so that two faults which take different
things can be put into one entry; the order of FAULTS is the documented order of precedence.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import Any
from uuid import uuid4

from ledger.chart import AccountClass as A
from ledger.flows import accounts as own
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind
from tests.database.world import LONG_AGO, NOTE05, NOTE10, Books, Members, entry, issuing

NOBODY = 987_654_321
OLD_DAY = date(2020, 1, 2)
Spoil = Callable[["Case"], Awaitable[None]]


@dataclass
class Case:
    """An entry in the making, with the ledger it is for."""

    books: Books
    members: Members
    entry: JournalEntry
    facts: dict[str, Any] = field(default_factory=dict)

    def change(self, **fields: Any) -> None:
        self.entry = replace(self.entry, **fields)

    def transfer(self, position: int, **fields: int) -> None:
        moved = list(self.entry.transfers)
        moved[position] = moved[position]._replace(**fields)
        self.change(transfers=tuple(moved))

    async def sql(self, query: str, *arguments: object) -> None:
        """As the owner, who may do by hand what the application asks functions for."""
        await self.books.connection.execute("set local role bousol_owner")
        await self.books.connection.execute(query, *arguments)
        await self.books.connection.execute("set local role bousol_app")


# The good entries -----------------------------------------------------------------------------


async def _payment(books: Books, m: Members) -> JournalEntry:
    return entry(Kind.PAYMENT, (m.lot, m.merchant, 10_00), card=m.card)


async def _cash(books: Books, m: Members) -> JournalEntry:
    moved = (m.cash, own.CIRC, 20_00), (own.ISSUED, m.wallet, 21_00)
    return entry(Kind.ISSUE_CASH_WALLET, *moved)


async def _gift(books: Books, m: Members) -> JournalEntry:
    given = (own.GIFT, own.CIRC, 20_00), (own.ISSUED, m.wallet, 21_00), (own.GUAR, own.OPER, 20_00)
    return entry(Kind.ISSUER_GIFT, *given)


async def _notes(books: Books, m: Members) -> JournalEntry:
    return entry(Kind.NOTE_MOVE, (own.NOTES_TRANSIT[NOTE05], own.NOTES_VAULT[NOTE05], 10))


async def _release(books: Books, m: Members) -> JournalEntry:
    return entry(Kind.AID_RELEASE, (m.expired_lot, m.wallet, 21_00))


async def _refund(books: Books, m: Members) -> JournalEntry:
    paid = await books.stands(entry(Kind.PAYMENT, (m.wallet, m.merchant, 10_00)))
    return entry(Kind.REFUND, (m.merchant, m.wallet, 4_00), origin=paid)


async def _reversal(books: Books, m: Members) -> JournalEntry:
    bob = await books.wallet()
    sent = await books.stands(entry(Kind.P2P, (m.wallet, bob, 3_00)))
    return entry(Kind.REVERSAL, (bob, m.wallet, 3_00), origin=sent)


async def _sweep(books: Books, m: Members) -> JournalEntry:
    """R = 1015, of which 15 may still be claimed back: 47 cents (987) may leave."""
    stock = await books.open(A.NOTE_STOCK, commodity=NOTE10, label="C9")
    await books.stands(entry(Kind.NOTE_MOVE, (stock, own.NOTES_VAULT[NOTE10], 10)))
    sold = (m.cash, own.CIRC, 50_00), (own.ISSUED, own.PAPER, 52_00)
    await books.stands(
        entry(Kind.ISSUE_CASH_PAPER, *sold, remainder=1000, effective=OLD_DAY, policy=1)
    )
    await books.connection.execute("select ledger.close_period('2021-01-01')")
    await books.stands(issuing(m.wallet, 7_35))
    swept = (own.CIRC, own.SURPLUS, 47), (own.OPER, own.GUAR, 47)
    return entry(Kind.SWEEP, *swept, remainder=-21 * 47)


async def _settlement(books: Books, m: Members) -> JournalEntry:
    passed = (m.wallet, m.public, 4_00), (m.public, own.ISSUED, 4_00)
    return entry(Kind.PUBLIC_SETTLEMENT, *passed, (own.CIRC, m.payable, 3_80), remainder=20)


GOOD = {
    "payment": _payment,
    "cash": _cash,
    "gift": _gift,
    "notes": _notes,
    "release": _release,
    "refund": _refund,
    "reversal": _reversal,
    "sweep": _sweep,
    "settlement": _settlement,
}


# What spoils them, in order of precedence -----------------------------------------------------


async def _stopped(case: Case) -> None:
    kinds = [int(case.entry.kind)]
    await case.books.connection.execute("select ledger.set_switch($1, true)", kinds)


async def _without_transfers(case: Case) -> None:
    case.change(transfers=())


async def _too_late(case: Case) -> None:
    case.change(not_after=LONG_AGO)


async def _closed_day(case: Case) -> None:
    await case.books.connection.execute("select ledger.close_period('2021-01-01')")
    case.change(effective=OLD_DAY)


async def _done_before(case: Case) -> None:
    once = uuid4()
    case.change(once=once)
    await case.books.stands(entry(Kind.BONUS_FUND, (own.GUAR, await _fund(case), 1), once=once))


async def _closed_before(case: Case) -> None:
    once = uuid4()
    case.change(once=once)
    await case.books.connection.execute("select ledger.close_once($1)", once)


async def _fund(case: Case) -> int:
    return await case.books.open(A.BONUS, label="F9")


async def _no_document(case: Case) -> None:
    case.change(document=None)


async def _no_such_policy(case: Case) -> None:
    case.change(policy=32_000)


async def _moved_since(case: Case) -> None:
    case.change(expected=(case.members.merchant, -1))


async def _no_origin(case: Case) -> None:
    case.change(origin=None)


async def _origin_of_the_future(case: Case) -> None:
    case.change(origin=10**9)


async def _origin_reversed(case: Case) -> None:
    m = case.members
    paid = await case.books.stands(entry(Kind.PAYMENT, (m.wallet, m.merchant, 10_00)))
    undone = entry(Kind.REVERSAL, (m.merchant, m.wallet, 10_00), origin=paid)
    await case.books.stands(undone)
    case.change(origin=paid)
    if case.entry.kind == Kind.REVERSAL:
        case.change(transfers=undone.transfers)


async def _origin_not_refundable(case: Case) -> None:
    m = case.members
    sent = entry(Kind.P2P, (m.wallet, await case.books.wallet(), 4_00))
    case.change(origin=await case.books.stands(sent))


async def _paid_by_another(case: Case) -> None:
    grocer = case.members.grocer
    await case.books.stands(entry(Kind.PAYMENT, (case.members.wallet, grocer, 20_00)))
    case.transfer(0, debit=grocer)


async def _above_the_original(case: Case) -> None:
    case.transfer(0, amount=10_01)


async def _origin_irreversible(case: Case) -> None:
    m = case.members
    held = await case.books.open(A.HOLD)
    origin = await case.books.stands(entry(Kind.HOLD, (m.wallet, held, 3_00)))
    case.change(origin=origin, transfers=(Transfer(held, m.wallet, 3_00),))


async def _origin_refunded(case: Case) -> None:
    m = case.members
    paid = await case.books.stands(entry(Kind.PAYMENT, (m.wallet, m.merchant, 10_00)))
    await case.books.stands(entry(Kind.REFUND, (m.merchant, m.wallet, 1), origin=paid))
    case.change(origin=paid, transfers=(Transfer(m.merchant, m.wallet, 10_00),))


async def _origin_in_closed_books(case: Case) -> None:
    m = case.members
    bob = await case.books.wallet()
    sent = await case.books.stands(entry(Kind.P2P, (m.wallet, bob, 3_00), effective=OLD_DAY))
    await case.books.connection.execute("select ledger.close_period('2021-01-01')")
    case.change(origin=sent, transfers=(Transfer(bob, m.wallet, 3_00),))


async def _half_a_mirror(case: Case) -> None:
    case.transfer(0, amount=1_50)


async def _card_blocked(case: Case) -> None:
    await case.books.connection.execute(
        "select ledger.put_card($1, 1, 1::smallint)", case.members.card
    )


async def _card_spent(case: Case) -> None:
    await case.sql("update ledger.card set spent = 10001 where id = $1", case.members.card)


async def _nothing_moved(case: Case) -> None:
    case.transfer(0, amount=0)


async def _unknown_payee(case: Case) -> None:
    case.transfer(0, credit=NOBODY)


async def _payee_of_another_class(case: Case) -> None:
    case.transfer(0, credit=case.members.expired_lot)


async def _other_note(case: Case) -> None:
    case.transfer(0, debit=own.NOTES_TRANSIT[NOTE10])


async def _frozen_payer(case: Case) -> None:
    payer = case.entry.transfers[0].debit
    await case.books.connection.execute("select ledger.set_status($1, 2::smallint)", payer)


async def _suspended_payee(case: Case) -> None:
    payee = case.entry.transfers[0].credit
    await case.books.connection.execute("select ledger.set_status($1, 1::smallint)", payee)


async def _expired(case: Case) -> None:
    await case.sql(
        "update ledger.account set expires = $1 where id = $2", LONG_AGO, case.members.lot
    )


async def _not_accepted(case: Case) -> None:
    await case.books.accept(case.members.merchant, accepted=False)


async def _valid_still(case: Case) -> None:
    call = "select ledger.extend_lot($1, now() + '1 day')"
    await case.books.connection.execute(call, case.members.expired_lot)


async def _more_than_there_is(case: Case) -> None:
    case.transfer(0, amount=105_01)
    case.change(pin=True)


async def _above_the_ceiling(case: Case) -> None:
    call = "select ledger.set_ceiling($1, 210_00)"
    await case.books.connection.execute(call, case.members.wallet)


async def _kept_too_much(case: Case) -> None:
    case.transfer(1, amount=20_95)
    case.change(remainder=100)


async def _one_cent_too_many(case: Case) -> None:
    case.transfer(1, amount=21_01)


async def _claimable_swept(case: Case) -> None:
    case.transfer(0, amount=48)
    case.transfer(1, amount=48)
    case.change(remainder=-21 * 48)


async def _uncovered(case: Case) -> None:
    case.change(transfers=case.entry.transfers[:2])


async def _stays_with_the_body(case: Case) -> None:
    case.transfer(0, amount=5_00)


@dataclass(frozen=True)
class Fault:
    """`code` is answered when the entry is spoilt thus; `takes` is what no other fault may take."""

    code: str
    spoil: Spoil
    takes: frozenset[str]
    of: frozenset[str]


def _fault(code: str, spoil: Spoil, takes: str, of: str) -> Fault:
    return Fault(code, spoil, frozenset(takes.split()), frozenset(of.split()))


_ALL = " ".join(GOOD)
_DOCUMENTED = "cash gift notes release reversal sweep settlement"
FAULTS = (
    _fault("stopped", _stopped, "switch", _ALL),
    _fault("malformed_entry", _without_transfers, "debit credit amount second card", _ALL),
    _fault("too_late", _too_late, "not_after", _ALL),
    _fault("period_closed", _closed_day, "effective", _ALL),
    _fault("already_done", _done_before, "once", _ALL),
    _fault("once_closed", _closed_before, "once", _ALL),
    _fault("document_missing", _no_document, "document", _DOCUMENTED),
    _fault("unknown_policy", _no_such_policy, "policy", _ALL),
    _fault("replan", _moved_since, "expected", "payment refund"),
    _fault("origin_missing", _no_origin, "origin", "refund reversal"),
    _fault("unknown_origin", _origin_of_the_future, "origin", "refund reversal"),
    _fault("already_reversed", _origin_reversed, "origin", "refund"),
    _fault("already_reversed", _origin_reversed, "origin debit amount credit", "reversal"),
    _fault("not_refundable", _origin_not_refundable, "origin", "refund"),
    _fault("not_the_payee", _paid_by_another, "debit", "refund"),
    _fault("refund_too_large", _above_the_original, "amount", "refund"),
    _fault("not_reversible", _origin_irreversible, "origin debit amount credit", "reversal"),
    _fault("already_refunded", _origin_refunded, "origin debit amount credit", "reversal"),
    _fault(
        "origin_period_closed",
        _origin_in_closed_books,
        "origin debit amount credit effective",
        "reversal",
    ),
    _fault("not_the_mirror", _half_a_mirror, "amount", "reversal"),
    _fault("card_blocked", _card_blocked, "card", "payment"),
    _fault("pin_needed", _card_spent, "spent", "payment"),
    _fault("malformed_amount", _nothing_moved, "amount", "payment cash gift notes release"),
    _fault("unknown_account", _unknown_payee, "credit", "payment cash gift notes release"),
    _fault("not_in_template", _payee_of_another_class, "credit", "payment cash gift"),
    _fault("commodity_mismatch", _other_note, "debit", "notes"),
    _fault("payer_blocked", _frozen_payer, "debit", "payment release notes refund"),
    _fault("payee_blocked", _suspended_payee, "credit", "payment cash release"),
    _fault("lot_expired", _expired, "expires", "payment"),
    _fault("lot_not_accepted", _not_accepted, "acceptance credit", "payment"),
    _fault("lot_not_expired", _valid_still, "expires", "release"),
    _fault("insufficient_funds", _more_than_there_is, "amount spent", "payment notes release"),
    _fault("ceiling_reached", _above_the_ceiling, "ceiling", "cash"),
    _fault("remainder_out_of_bounds", _kept_too_much, "second remainder", "cash gift"),
    _fault("law_broken", _one_cent_too_many, "second", "cash gift"),
    _fault("sweep_too_large", _claimable_swept, "debit credit amount second", "sweep"),
    _fault("reserve_short", _uncovered, "debit credit amount second", "gift"),
    _fault("not_passed_on", _stays_with_the_body, "amount", "settlement"),
)

SINGLE = [(good, fault) for good in GOOD for fault in FAULTS if good in fault.of]
PAIRS = [
    (good, first, second)
    for good in GOOD
    for first, second in combinations([f for f in FAULTS if good in f.of], 2)
    if not first.takes & second.takes
]
