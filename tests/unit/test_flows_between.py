"""Money between members: worked numbers that the golden scenario does not show."""

import pytest

from ledger import flows
from ledger.conversion import SYMMETRIC
from ledger.flows import Terms
from ledger.lots import Share
from ledger.money import bousols
from ledger.refusals import (
    CaptureAboveHold,
)
from tests.unit.book import NOON, Book, act, fresh, lines

LINEAR = Terms()


@pytest.fixture
def book():
    return Book()


# Holds ---------------------------------------------------------------------------------------


def test_a_hold_is_captured_in_part_and_the_rest_goes_back_at_once(book):
    alice, held, hold_id = book["BSL.W.alice"], book["BSL.L.HOLD.h1"], fresh()
    entry = flows.hold_capture(
        act(),
        hold_id=hold_id,
        held=Share(held, 20_00),
        payee=book["BSL.W.m1"],
        payer=alice,
        bousol_cents=15_00,
    )
    assert book.net(entry) == lines("D BSL.L.HOLD.h1 20.00; C BSL.W.m1 15.00; C BSL.W.alice 5.00")
    assert entry.once == hold_id


def test_a_hold_captured_whole_gives_nothing_back(book):
    entry = flows.hold_capture(
        act(),
        hold_id=fresh(),
        held=Share(book["BSL.L.HOLD.h1"], 20_00),
        payee=book["BSL.W.m1"],
        payer=book["BSL.W.alice"],
        bousol_cents=20_00,
    )
    assert book.net(entry) == lines("D BSL.L.HOLD.h1 20.00; C BSL.W.m1 20.00")


def test_more_than_is_held_is_not_captured(book):
    with pytest.raises(CaptureAboveHold) as refusal:
        flows.hold_capture(
            act(),
            hold_id=fresh(),
            held=Share(book["BSL.L.HOLD.h1"], 20_00),
            payee=book["BSL.W.m1"],
            payer=book["BSL.W.alice"],
            bousol_cents=20_01,
        )
    assert (refusal.value.asked, refusal.value.held) == (bousols(20_01), bousols(20_00))


def test_a_hold_is_captured_or_released_once(book):
    alice, held, hold_id = book["BSL.W.alice"], Share(book["BSL.L.HOLD.h1"], 20_00), fresh()
    bought = flows.issue_transfer(
        act(), euros_cents=20_00, holder=alice, bank_line=fresh(), terms=LINEAR
    )
    book.post(bought, flows.hold(act(), payer=alice, held=held.account, bousol_cents=20_00))
    book.post(flows.hold_release(act(), hold_id=hold_id, held=held, payer=alice))
    late = flows.hold_capture(
        act(),
        hold_id=hold_id,
        held=held,
        payee=book["BSL.W.m1"],
        payer=alice,
        bousol_cents=20_00,
    )
    assert book.model.post(late, NOON).code == "already_done"


# Aid -----------------------------------------------------------------------------------------


def test_a_batch_rounds_each_award_for_itself(book):
    entry = flows.aid_batch(
        act(),
        awards_euros_cents=[7_35, 7_35, 19_99],
        programme=book["EUR.L.PROG.P1"],
        awards=book["BSL.L.AWARDS.1"],
        batch=fresh(),
        terms=LINEAR,
    )
    assert book.net(entry) == lines(
        "D EUR.L.PROG.P1 34.69; C EUR.L.CIRC 34.69; D BSL.X.ISSUED 36.40; C BSL.L.AWARDS.1 36.40"
    )
    assert (entry.remainder, entry.lines) == (15 + 15 + 19, 3)


def test_expired_aid_under_a_civil_mandate_becomes_the_holders_own(book):
    lot = Share(book["BSL.W.e1.aid.P1"], 10_00)
    entry = flows.aid_release(act(), lot=lot, wallet=book["BSL.W.e1"])
    assert book.net(entry) == lines("D BSL.W.e1.aid.P1 10.00; C BSL.W.e1 10.00")


def test_grants_of_a_works_council_may_go_through_the_account_of_their_batch(book):
    awards = book["BSL.L.AWARDS.2"]
    entry = flows.cse_disburse(
        act(),
        grants=[Share(awards, 100_00)] * 10,
        source=book["EUR.L.PROG.P2"],
        batch=fresh(),
        terms=LINEAR,
    )
    assert book.net(entry) == lines(
        "D EUR.L.PROG.P2 1000.00; C EUR.L.CIRC 1000.00;"
        " D BSL.X.ISSUED 1050.00; C BSL.L.AWARDS.2 1050.00"
    )
    assert (len(entry.transfers), entry.lines) == (2, 10)


def test_a_food_fund_of_100_bousols_costs_95_24_euros(book):
    contribution = flows.programme_fund(
        act(), euros_cents=60_00, programme=book["EUR.L.PROG.food"], bank_line=fresh()
    )
    assert book.net(contribution) == lines("D EUR.A.GUAR 60.00; C EUR.L.PROG.food 60.00")
    allotted = SYMMETRIC.issue(SYMMETRIC.price(100_00))
    assert (allotted.euros_cents, allotted.bousol_cents) == (95_24, 100_00)
