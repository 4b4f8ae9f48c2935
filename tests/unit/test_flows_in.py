"""Money coming in: worked numbers of the domain model that the golden scenario does not show."""

import pytest

from ledger import flows
from ledger.chart import Commodity
from ledger.conversion import SYMMETRIC, Mode
from ledger.flows import Terms
from ledger.flows.accounts import TRANSIT
from ledger.money import bousols
from ledger.refusals import (
    InexactAmount,
)
from tests.unit.book import NOON, Book, act, fresh, lines

LINEAR, TRANCHE = Terms(), Terms(mode=Mode.TRANCHE)
N01, N02, N10, N20 = (Commodity[f"NOTE{face:02}"] for face in (1, 2, 10, 20))


@pytest.fixture
def book():
    return Book()


# Purchases -----------------------------------------------------------------------------------


def test_money_nobody_claimed_goes_back_where_it_came_from(book):
    receipt = fresh()
    entry = flows.suspense_return(act(), euros_cents=50_00, receipt=receipt)
    assert book.net(entry) == lines("D EUR.L.SUSPENSE 50.00; C EUR.A.GUAR 50.00")
    assert entry.once == receipt


def test_a_programme_may_be_funded_from_suspense(book):
    entry = flows.suspense_match_programme(
        act(), euros_cents=400_00, programme=book["EUR.L.PROG.P1"], receipt=fresh()
    )
    assert book.net(entry) == lines("D EUR.L.SUSPENSE 400.00; C EUR.L.PROG.P1 400.00")


def test_a_receipt_is_matched_or_returned_once(book):
    book.post(flows.suspense_in(act(), euros_cents=50_00, bank_line=fresh()))
    receipt = book.model.journal[-1].id
    matched = flows.suspense_match(
        act(), euros_cents=50_00, holder=book["BSL.W.chloe"], receipt=receipt, terms=LINEAR
    )
    book.post(matched)
    again = flows.suspense_return(act(), euros_cents=50_00, receipt=receipt)
    assert book.model.post(again, NOON).code == "already_done"


def test_20_euros_at_a_comptoir_are_a_note_of_20_and_one_of_1(book):
    entry = flows.issue_cash_paper(
        act(),
        euros_cents=20_00,
        notes={N20: 1, N01: 1},
        cash=book["EUR.A.CASH.C1"],
        stock=book.notes("STOCK", "C1"),
        terms=TRANCHE,
    )
    assert book.net(entry) == lines(
        "D EUR.A.CASH.C1 20.00; C EUR.L.CIRC 20.00; D BSL.X.ISSUED 21.00; C BSL.L.PAPER 21.00;"
        " D NOTE20.OUT 1; C NOTE20.STOCK.C1 1; D NOTE01.OUT 1; C NOTE01.STOCK.C1 1"
    )
    assert entry.remainder == 0


def test_notes_that_are_not_worth_what_is_due_are_refused_with_both_amounts(book):
    with pytest.raises(InexactAmount) as refusal:
        flows.issue_cash_paper(
            act(),
            euros_cents=50_00,
            notes={N20: 2, N10: 1},
            cash=book["EUR.A.CASH.C1"],
            stock=book.notes("STOCK", "C1"),
            terms=TRANCHE,
        )
    assert (refusal.value.offered, refusal.value.due) == (bousols(50_00), bousols(52_00))


def test_cash_may_become_an_electronic_credit_at_the_linear_rate(book):
    entry = flows.issue_cash_wallet(
        act(),
        euros_cents=7_35,
        holder=book["BSL.W.bob"],
        cash=book["EUR.A.CASH.C1"],
        terms=LINEAR,
    )
    assert book.net(entry) == lines(
        "D EUR.A.CASH.C1 7.35; C EUR.L.CIRC 7.35; D BSL.X.ISSUED 7.71; C BSL.W.bob 7.71"
    )
    assert entry.remainder == 15


# Cash and notes ------------------------------------------------------------------------------


def test_cash_that_is_5_euros_short_is_claimed_and_the_reserve_made_whole(book):
    claim = book["EUR.A.RECV.C1"]
    short = flows.cash_shortage(act(), euros_cents=5_00, missing_from=TRANSIT, receivable=claim)
    assert book.net(short) == lines(
        "D EUR.A.RECV.C1 5.00; C EUR.A.TRANSIT 5.00; D EUR.A.GUAR 5.00; C EUR.A.OPER 5.00"
    )
    lost = flows.shortage_written_off(act(), euros_cents=5_00, receivable=claim)
    assert book.net(lost) == lines("D EUR.C.LOSS 5.00; C EUR.A.RECV.C1 5.00")
    paid = flows.shortage_recovered(act(), euros_cents=5_00, receivable=claim)
    assert book.net(paid) == lines("D EUR.A.OPER 5.00; C EUR.A.RECV.C1 5.00")


def test_fees_in_a_cash_box_are_the_associations_own_when_they_reach_the_bank(book):
    entry = flows.cash_banked(act(), bank_line=fresh(), reserve_cents=50_00, own_cents=1_00)
    assert book.net(entry) == lines("D EUR.A.GUAR 50.00; D EUR.A.OPER 1.00; C EUR.A.TRANSIT 51.00")


def test_worn_notes_are_destroyed_and_stay_counted(book):
    entry = flows.note_destroy(act(), notes={N20: 3, N01: 0})
    assert book.net(entry) == lines("D NOTE20.DESTROYED 3; C NOTE20.VAULT 3")


def test_a_lost_note_found_in_part_gives_back_the_floor_of_20_21(book):
    stock = book.notes("STOCK", "C1")
    lost = flows.note_loss(act(), notes={N10: 2}, source=stock, scheme=SYMMETRIC)
    found = flows.note_found(act(), notes={N10: 1}, to=stock, scheme=SYMMETRIC)
    assert book.net(found) == lines(
        "D BSL.L.PAPER 10.00; C BSL.X.ISSUED 10.00; D EUR.L.CIRC 9.52; C EUR.C.LOSS 9.52;"
        " D EUR.A.OPER 9.52; C EUR.A.GUAR 9.52; D NOTE10.STOCK.C1 1; C NOTE10.OUT 1"
    )
    assert (lost.remainder, found.remainder) == (5, 8)


def test_a_note_is_dated_anew_for_5_percent_in_cash(book):
    entry = flows.reactivation_paid(act(), euros_cents=1_00, cash=book["EUR.A.CASH.C1"])
    assert book.net(entry) == lines("D EUR.A.CASH.C1 1.00; C EUR.P.SURPLUS 1.00")


def test_a_note_dated_anew_for_a_bousol_withheld_comes_back_as_19(book):
    entry = flows.reactivation_withheld(
        act(),
        handed_in={N20: 1},
        handed_out={N10: 1, N02: 4, N01: 1},
        returns=book.notes("RETURNS", "C1"),
        stock=book.notes("STOCK", "C1"),
        scheme=SYMMETRIC,
    )
    assert book.net(entry) == lines(
        "D BSL.L.PAPER 1.00; C BSL.X.ISSUED 1.00; D EUR.L.CIRC 0.95; C EUR.P.SURPLUS 0.95;"
        " D EUR.A.OPER 0.95; C EUR.A.GUAR 0.95; D NOTE20.RETURNS.C1 1; C NOTE20.OUT 1;"
        " D NOTE10.OUT 1; C NOTE10.STOCK.C1 1; D NOTE02.OUT 4; C NOTE02.STOCK.C1 4;"
        " D NOTE01.OUT 1; C NOTE01.STOCK.C1 1"
    )
    assert entry.remainder == 5


def test_nothing_withheld_is_no_reactivation(book):
    with pytest.raises(InexactAmount):
        flows.reactivation_withheld(
            act(),
            handed_in={N20: 1},
            handed_out={N10: 2},
            returns=book.notes("RETURNS", "C1"),
            stock=book.notes("STOCK", "C1"),
            scheme=SYMMETRIC,
        )
