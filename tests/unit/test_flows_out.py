"""Money leaving, and the books: worked numbers that the golden scenario does not show."""

import pytest

from ledger import flows
from ledger.chart import AccountClass, Commodity, single_account
from ledger.conversion import SPONSORED, SYMMETRIC
from ledger.flows import Terms
from ledger.flows.accounts import CHARGES, CIRC, DON, EXPENSE, GUAR, NOTES_OUT, OPER, PAPER
from ledger.journal import Recorded, Transfer
from ledger.kinds import Kind
from ledger.lots import Share
from ledger.money import euros
from ledger.refusals import (
    NothingToSweep,
    NotReversible,
    OpeningAgainstTheLaw,
)
from tests.unit.book import Book, act, fresh, lines

LINEAR = Terms()
N20 = Commodity.NOTE20
OWN = single_account(AccountClass.OWN)


@pytest.fixture
def book():
    return Book()


# Redemption ----------------------------------------------------------------------------------


def test_21_bousols_redeem_to_20_euros(book):
    entry = flows.redeem_approve(
        act(),
        source=book["BSL.W.m1"],
        payable=book["EUR.L.PAYABLE.m1"],
        bousol_cents=21_00,
        hold_id=None,
        terms=LINEAR,
    )
    assert book.net(entry) == lines(
        "D BSL.W.m1 21.00; C BSL.X.ISSUED 21.00; D EUR.L.CIRC 20.00; C EUR.L.PAYABLE.m1 20.00"
    )
    assert entry.remainder == 0


def test_a_refused_redemption_is_the_merchants_again(book):
    held = Share(book["BSL.L.HOLD.r1"], 105_00)
    entry = flows.redeem_refused(act(), hold_id=fresh(), held=held, merchant=book["BSL.W.m3"])
    assert book.net(entry) == lines("D BSL.L.HOLD.r1 105.00; C BSL.W.m3 105.00")


def test_a_transfer_the_bank_sends_back_is_owed_again(book):
    entry = flows.redeem_bounced(
        act(), euros_cents=100_00, payable=book["EUR.L.PAYABLE.m3"], bank_line=fresh()
    )
    assert book.net(entry) == lines("D EUR.A.GUAR 100.00; C EUR.L.PAYABLE.m3 100.00")


def test_an_account_of_one_cent_is_closed_without_a_euro(book):
    entry = flows.closure(act(), merchant=book["BSL.W.m1"], bousol_cents=1, scheme=SYMMETRIC)
    assert book.net(entry) == lines("D BSL.W.m1 0.01; C BSL.X.ISSUED 0.01")
    assert entry.remainder == 20


def settled(book, payer="BSL.W.x", **facts):
    return flows.public_settlement(
        act(),
        shares=[Share(book[payer], 5_00)],
        public=book["BSL.PUBLIC.desk"],
        payable=book["EUR.L.PAYABLE.desk"],
        **{"scheme": SYMMETRIC} | facts,
    )


def test_a_public_desk_is_owed_the_full_price_and_holds_nothing(book):
    entry = settled(book)
    assert book.net(entry) == lines(
        "D BSL.W.x 5.00; C BSL.X.ISSUED 5.00; D EUR.L.CIRC 4.76, D EUR.C.DISCOUNT 0.24;"
        " C EUR.L.PAYABLE.desk 5.00; D EUR.A.GUAR 0.24; C EUR.A.OPER 0.24"
    )
    assert entry.remainder == 4


def test_a_merchant_pays_a_public_desk_as_a_resident_does(book):
    entry = settled(book, payer="BSL.W.m1")
    assert book.net(entry) == lines(
        "D BSL.W.m1 5.00; C BSL.X.ISSUED 5.00; D EUR.L.CIRC 4.76, D EUR.C.DISCOUNT 0.24;"
        " C EUR.L.PAYABLE.desk 5.00; D EUR.A.GUAR 0.24; C EUR.A.OPER 0.24"
    )


def test_the_gap_of_a_public_desk_may_be_a_sponsors(book):
    entry = settled(book, gap_paid_by=book["EUR.L.BONUS.cab"])
    assert book.net(entry) == lines(
        "D BSL.W.x 5.00; C BSL.X.ISSUED 5.00; D EUR.L.CIRC 4.76, D EUR.L.BONUS.cab 0.24;"
        " C EUR.L.PAYABLE.desk 5.00"
    )


def test_melting_takes_5_percent_and_leaves_its_euros_to_the_association(book):
    entry = flows.melting(act(), holder=book["BSL.W.x"], bousol_cents=1_00, scheme=SYMMETRIC)
    assert book.net(entry) == lines(
        "D BSL.W.x 1.00; C BSL.X.ISSUED 1.00; D EUR.L.CIRC 0.95; C EUR.P.SURPLUS 0.95;"
        " D EUR.A.OPER 0.95; C EUR.A.GUAR 0.95"
    )
    assert entry.remainder == 5


def test_a_debit_that_bounces_before_anything_is_spent_leaves_no_claim(book):
    entry = flows.sdd_return(
        act(),
        euros_cents=20_00,
        taken_back=Share(book["BSL.W.fanny"], 21_00),
        receivable=book["EUR.A.RECV.fanny"],
        bank_line=fresh(),
        terms=LINEAR,
    )
    assert book.net(entry) == lines(
        "D BSL.W.fanny 21.00; C BSL.X.ISSUED 21.00; D EUR.L.CIRC 20.00; C EUR.A.GUAR 20.00"
    )


def test_at_the_end_all_holders_share_the_reserve_alike():
    shares = flows.dissolution(
        {1001: 100_00, 1002: 1_352_84, PAPER: 0}, reserve_cents=1_383_66, issued_cents=1_452_84
    )
    assert shares == [Share(PAPER, 0), Share(1001, 95_23), Share(1002, 1_288_42)]
    assert sum(cents for _, cents in shares) <= 1_383_66


# Books ---------------------------------------------------------------------------------------


def test_a_donation_and_an_expense_stay_on_the_operating_account(book):
    given = flows.donation_eur(act(), euros_cents=10_00)
    assert given.transfers == (Transfer(OPER, DON, 10_00),)
    spent = flows.operating_expense(act(), euros_cents=30_00, cost=EXPENSE)
    assert book.net(spent) == lines("D EUR.C.EXPENSE 30.00; C EUR.A.OPER 30.00")


def test_what_was_placed_comes_back(book):
    entry = flows.placement_ended(act(), euros_cents=500_00)
    assert book.net(entry) == lines("D EUR.A.GUAR 500.00; C EUR.A.PLACE 500.00")


def test_a_charge_on_the_guarantee_account_is_covered_the_same_day(book):
    entry = flows.bank_charge(act(), euros_cents=4_20, bank_line=fresh())
    assert set(entry.transfers) == {Transfer(GUAR, OPER, 4_20), Transfer(CHARGES, GUAR, 4_20)}
    assert book.net(entry) == lines("D EUR.C.CHARGES 4.20; C EUR.A.OPER 4.20")


def opened(book, debt_cents, scheme=SYMMETRIC):
    return flows.opening(
        act(),
        accounts=[Transfer(GUAR, CIRC, debt_cents), Transfer(OPER, OWN, 5_00)],
        holders=[
            Share(book["BSL.W.alice"], 400_00),
            Share(book["BSL.W.bob"], 230_00),
            Share(PAPER, 420_00),
        ],
        notes=[Transfer(NOTES_OUT[N20], book["NOTE20.X.PRINTED"], 21)],
        scheme=scheme,
    )


def test_a_ledger_opens_with_the_balances_of_a_list(book):
    entry = opened(book, 1000_00)
    assert book.net(entry) == lines(
        "D EUR.A.GUAR 1000.00; C EUR.L.CIRC 1000.00; D EUR.A.OPER 5.00; C EUR.L.OWN 5.00;"
        " D BSL.X.ISSUED 1050.00; C BSL.W.alice 400.00; C BSL.W.bob 230.00;"
        " C BSL.L.PAPER 420.00; D NOTE20.OUT 21; C NOTE20.X.PRINTED 21"
    )
    assert entry.remainder == 0


def test_an_opening_that_owes_holders_too_little_is_refused_with_what_is_due(book):
    with pytest.raises(OpeningAgainstTheLaw) as refusal:
        opened(book, 999_99)
    assert (refusal.value.owed, refusal.value.due) == (euros(999_99), euros(1000_00))


@pytest.mark.parametrize("debt_cents", [1049_99, 1050_01])
def test_a_sponsored_opening_owes_holders_exactly_what_circulates(book, debt_cents):
    with pytest.raises(OpeningAgainstTheLaw) as refusal:
        opened(book, debt_cents, SPONSORED)
    assert refusal.value.due == euros(1050_00)
    assert opened(book, 1050_00, SPONSORED).remainder == 0


def test_less_than_a_cent_of_surplus_is_not_swept():
    with pytest.raises(NothingToSweep):
        flows.sweep(act(), remainder=1077, claimable=1060, scheme=SYMMETRIC)
    with pytest.raises(NothingToSweep):
        flows.sweep(act(), remainder=0, claimable=0, scheme=SPONSORED)


def test_a_sweep_leaves_what_open_reversals_may_claim_back():
    entry = flows.sweep(act(), remainder=1077, claimable=100, scheme=SYMMETRIC)
    assert (entry.transfers[0].amount, entry.remainder) == (46, -966)


@pytest.mark.parametrize("kind", [Kind.REVERSAL, Kind.REFUND, Kind.SWEEP, Kind.HOLD, Kind.OPENING])
def test_what_has_an_opposite_act_is_not_reversed(kind):
    who = act()
    with pytest.raises(NotReversible) as refusal:
        flows.reversal(who, original=Recorded(1, fresh(), kind, (Transfer(1, 2, 3),)))
    assert refusal.value.key == who.key


def test_a_reversal_runs_backwards_and_takes_its_remainder_back(book):
    original = settled(book)
    entry = flows.reversal(
        act(),
        original=Recorded(7, original.id, original.kind, original.transfers, original.remainder),
    )
    assert entry.transfers[-1] == Transfer(book["BSL.PUBLIC.desk"], book["BSL.W.x"], 5_00)
    assert (entry.once, entry.origin, entry.remainder) == (original.id, 7, -4)
