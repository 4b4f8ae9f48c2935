"""Appendix A of the domain model, step by step: 46 acts, with L, C, R and the lines of each.

An aid batch is here two kinds of entries where the appendix has one; steps are compared net per
account.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ledger import flows
from ledger.chart import NOTE_FACES, AccountClass, Commodity
from ledger.conversion import SYMMETRIC, Mode, part
from ledger.flows import Terms
from ledger.flows.accounts import NOTES_VAULT, SUBSIDY, TRANSIT
from ledger.journal import Recorded
from ledger.lots import Lot, Share, Used, plan_payment, plan_refund
from tests.unit.book import LOTS_EXPIRE, NOON, RULE, Book, act, fresh, lines, minor

LINEAR, TRANCHE = Terms(), Terms(mode=Mode.TRANCHE)
N01, N02, N05, N10, N20 = (Commodity[f"NOTE{face:02}"] for face in (1, 2, 5, 10, 20))
AFTER_EXPIRY = LOTS_EXPIRE + timedelta(seconds=1)
TEXT = Path(__file__).with_name("golden_scenario.txt").read_text(encoding="utf-8")
STEPS = [line.split(" | ") for line in TEXT.splitlines() if line.startswith("T")]


def bought(book, name, euros_cents):
    return flows.issue_transfer(
        act(), euros_cents=euros_cents, holder=book[name], bank_line=fresh(), terms=LINEAR
    )


def paid(book, payer, merchant, cents):
    return flows.payment(act(), shares=[Share(book[payer], cents)], merchant=book[merchant])


def purchases(book):
    yield "T01", bought(book, "BSL.W.alice", 20_00)
    yield "T02", bought(book, "BSL.W.bob", 7_35)
    receipt = flows.suspense_in(act(), euros_cents=50_00, bank_line=fresh())
    yield "T03", receipt
    yield (
        "T04",
        flows.suspense_match(
            act(),
            euros_cents=50_00,
            holder=book["BSL.W.chloe"],
            receipt=receipt.id,
            terms=LINEAR,
        ),
    )


def notes_and_cash(book):
    printed = {N20: 500, N10: 500, N05: 1000, N02: 1000, N01: 2000}
    yield "T05", flows.note_print(act(), notes=printed)
    delivered = {N20: 10, N10: 10, N05: 20, N02: 20, N01: 20}
    stock, cash = book.notes("STOCK", "C1"), book["EUR.A.CASH.C1"]
    yield "T06", flows.note_move(act(), notes=delivered, to=stock, source=NOTES_VAULT)
    yield (
        "T07",
        flows.issue_cash_paper(
            act(),
            euros_cents=50_00,
            notes={N20: 2, N10: 1, N02: 1},
            cash=cash,
            stock=stock,
            terms=TRANCHE,
        ),
    )
    yield "T08", flows.cash_remit(act(), euros_cents=50_00, cash=cash)
    yield "T09", flows.cash_banked(act(), bank_line=fresh(), reserve_cents=50_00)
    didier, returns = book["BSL.W.didier"], book.notes("RETURNS", "C1")
    yield "T10", flows.swap_in(act(), notes={N10: 1}, holder=didier, returns=returns)
    yield "T11", flows.swap_out(act(), notes={N05: 1}, holder=book["BSL.W.alice"], stock=stock)


def payments(book):
    chloe, m1 = book["BSL.W.chloe"], book["BSL.W.m1"]
    yield "T12", paid(book, "BSL.W.chloe", "BSL.W.m1", 30_00)
    shares = plan_refund(4_50, used=[Used(chloe, 30_00)])
    yield (
        "T13",
        flows.refund(act(), origin=len(book.model.journal), merchant=m1, shares=shares),
    )
    yield (
        "T14",
        flows.p2p(act(), payer=book["BSL.W.alice"], payee=book["BSL.W.bob"], bousol_cents=3_00),
    )


def aid(book):
    programme, awards = book["EUR.L.PROG.P1"], book["BSL.L.AWARDS.1"]
    lots = [book[f"BSL.W.e{n}.aid.P1"] for n in range(1, 9)]
    book.model.acceptance.add((RULE, book["BSL.W.m2"]))
    yield (
        "T15",
        flows.programme_fund(act(), euros_cents=400_00, programme=programme, bank_line=fresh()),
    )
    batch = flows.aid_batch(
        act(),
        awards_euros_cents=[50_00] * 8,
        programme=programme,
        awards=awards,
        batch=fresh(),
        terms=LINEAR,
    )
    each = (
        flows.aid_award(
            act(), euros_cents=50_00, awards=awards, lot=lot, award=fresh(), terms=LINEAR
        )
        for lot in lots
    )
    yield "T16", batch, *each
    yield "T17", paid(book, "BSL.W.e1.aid.P1", "BSL.W.m2", 20_00)
    yield "T18a", bought(book, "BSL.W.e1", SYMMETRIC.price(10_00))


def mixed_payment_and_expiry(book):
    lot, own, m2 = book["BSL.W.e1.aid.P1"], book["BSL.W.e1"], book["BSL.W.m2"]
    lots = [Lot(lot, book.balance("BSL.W.e1.aid.P1"), RULE, LOTS_EXPIRE)]
    shares = plan_payment(40_00, lots=lots, own=Share(own, 10_00), accepted_rules={RULE}, at=NOON)
    yield "T18b", flows.payment(act(), shares=shares, merchant=m2)
    origin = len(book.model.journal)
    back = plan_refund(10_00, used=[Used(lot, 32_50, 0, earmarked=True), Used(own, 7_50)])
    yield "T19", flows.refund(act(), origin=origin, merchant=m2, shares=back)
    yield "T19b", *(paid(book, f"BSL.W.e{n}.aid.P1", "BSL.W.m2", 52_50) for n in range(3, 9))
    left = [Share(lot, 10_00), Share(book["BSL.W.e2.aid.P1"], 52_50)]
    programme = book["EUR.L.PROG.P1"]
    yield "T20", flows.aid_expire(act(), lots=left, programme=programme, terms=LINEAR)
    yield "T21", flows.programme_return(act(), euros_cents=59_52, programme=programme)


def redemptions(book):
    m1, m3, held = book["BSL.W.m1"], book["BSL.W.m3"], book["BSL.L.HOLD.r1"]
    yield "T22", flows.b2b(act(), payer=book["BSL.W.m2"], payee=m3, bousol_cents=200_00)
    yield "T23", flows.redeem_hold(act(), merchant=m3, held=held, bousol_cents=105_00)
    yield (
        "T24",
        flows.redeem_approve(
            act(),
            source=held,
            payable=book["EUR.L.PAYABLE.m3"],
            bousol_cents=105_00,
            hold_id=fresh(),
            terms=LINEAR,
        ),
    )
    owed = [Share(book["EUR.L.PAYABLE.m3"], 100_00)]
    yield "T25", flows.redeem_paid(act(), payables=owed, bank_line=fresh())
    yield (
        "T26",
        flows.redeem_approve(
            act(),
            source=m1,
            payable=book["EUR.L.PAYABLE.m1"],
            bousol_cents=21_00,
            hold_id=None,
            terms=Terms(commission_ppm=20_000),
        ),
    )
    owed = [Share(book["EUR.L.PAYABLE.m1"], 19_60)]
    yield (
        "T27",
        flows.redeem_paid(act(), payables=owed, bank_line=fresh(), commission_cents=40),
    )


def fees_and_gifts(book):
    bob, a1 = book["BSL.W.bob"], book["BSL.W.a1"]
    yield "T28", flows.fee_eur(act(), euros_cents=3_00)
    yield "T29", flows.fee_bsl(act(), holder=bob, bousol_cents=3_00, scheme=SYMMETRIC)
    yield (
        "T30",
        flows.donation(act(), giver=book["BSL.W.chloe"], association=a1, bousol_cents=5_00),
    )
    gift = part(20_00, 30_000)
    yield "T31", flows.issuer_gift(act(), euros_cents=gift, holder=a1, terms=LINEAR)
    lots = [book[f"BSL.W.s{n:02}.cse.P2"] for n in range(1, 11)]
    grants = [Share(lot, 100_00) for lot in lots]
    guar = book["EUR.A.GUAR"]
    yield (
        "T32",
        flows.cse_disburse(act(), grants=grants, source=guar, batch=fresh(), terms=LINEAR),
    )


def reserve_and_corrections(book):
    yield "T33", flows.placement(act(), euros_cents=500_00)
    yield "T34", flows.interest(act(), euros_cents=2_50)
    sent = next(e for e in book.model.journal if e.kind.name == "P2P")
    original = Recorded(book.model.journal.index(sent) + 1, sent.id, sent.kind, sent.transfers)
    yield "T35", flows.reversal(act(), original=original)
    yield "T36", flows.operating_receipt(act(), euros_cents=100_00, income=SUBSIDY)
    stock = book.notes("STOCK", "C1")
    yield "T37", flows.note_loss(act(), notes={N20: 1}, source=stock, scheme=SYMMETRIC)


def leaving(book):
    fanny = book["BSL.W.fanny"]
    yield "T38", bought(book, "BSL.W.fanny", 20_00)
    yield "T39", paid(book, "BSL.W.fanny", "BSL.W.m2", 15_00)
    yield (
        "T40",
        flows.sdd_return(
            act(),
            euros_cents=20_00,
            taken_back=Share(fanny, 6_00),
            receivable=book["EUR.A.RECV.fanny"],
            bank_line=fresh(),
            terms=LINEAR,
        ),
    )
    bob, heir = book["BSL.W.bob"], book["BSL.W.heir"]
    yield "T41", flows.estate_transfer(act(), deceased=bob, heir=heir, bousol_cents=4_71)
    m1 = book["BSL.W.m1"]
    yield "T42", flows.closure(act(), merchant=m1, bousol_cents=4_50, scheme=SYMMETRIC)
    # The year is closed: nothing before may be reversed any more.
    book.model.closed_before = AFTER_EXPIRY.date() + timedelta(days=1)
    swept = flows.sweep(
        act(),
        remainder=book.model.cover.remainder,
        claimable=book.model.claimable(),
        scheme=SYMMETRIC,
    )
    yield "T43", swept


CHAPTERS = (
    purchases,
    notes_and_cash,
    payments,
    aid,
    mixed_payment_and_expiry,
    redemptions,
    fees_and_gifts,
    reserve_and_corrections,
    leaving,
)


def run(book):
    for chapter in CHAPTERS:
        for step, *entries in chapter(book):
            at = NOON if step < "T20" else AFTER_EXPIRY
            book.post(*entries, at=AFTER_EXPIRY + timedelta(days=2) if step == "T43" else at)
            yield step, entries


@pytest.fixture(scope="module")
def story():
    """For each step: the lines written, the change of R, L, C and R, and what must always hold."""
    book, told = Book(), {}
    for step, entries in run(book):
        change = sum(e.remainder for e in entries)
        told[step] = book.net(*entries), change, book.model.cover, sums(book)
    return book, told


def sums(book):
    """Bou'Sols held, paper, and the face of the notes that are out."""
    held, out = 0, 0
    for account in book.model.accounts.values():
        if account.commodity is Commodity.BSL and account.account_class != AccountClass.ISSUED:
            held += account.balance
        if account.account_class is AccountClass.NOTE_OUT and account.commodity is not None:
            out += 100 * NOTE_FACES[account.commodity] * account.balance
    return held, book.balance("BSL.L.PAPER"), out


def test_the_scenario_has_every_step_of_the_appendix_in_order(story):
    assert list(story[1]) == [step for step, *_ in STEPS]


@pytest.mark.parametrize("row", STEPS, ids=[step for step, *_ in STEPS])
def test_a_step_writes_the_lines_and_leaves_the_figures_of_the_appendix(story, row):
    step, _, said, change, figures = row
    net, remainder, cover, (held, paper, out) = story[1][step]
    assert net == lines(said)
    assert remainder == int(change.removeprefix("dR="))
    debt, issued, total = (part.partition("=")[2] for part in figures.split())
    assert (cover.debt, cover.issued, cover.remainder) == (minor(debt), minor(issued), int(total))
    assert cover.reserve >= cover.debt
    assert held == cover.issued
    assert paper == out


def test_at_the_end_the_reserve_is_what_holders_are_owed(story):
    book, _ = story
    assert book.model.cover == (1_383_66, 1_452_84, 6, 1_383_66)
    assert book.balance("EUR.A.TRANSIT") == book.balance("BSL.L.AWARDS.1") == 0
    assert book.model.accounts[TRANSIT].balance == 0


def test_at_the_end_67_bousols_of_notes_are_out_and_none_is_unaccounted_for(story):
    book, _ = story
    assert book.balance("BSL.L.PAPER") == 67_00
    for note in NOTE_FACES:
        where = [
            account.balance
            for account in book.model.accounts.values()
            if account.commodity is note and account.account_class != AccountClass.NOTE_PRINTED
        ]
        assert sum(where) == book.balance(f"{note.name}.X.PRINTED")
