from datetime import timedelta

import pytest

from ledger.lots import Lot, Share, Used, in_the_way, plan_payment, plan_refund
from ledger.money import bousols
from ledger.refusals import LotsInsufficient, RefundAboveRest
from tests.unit.book import NOON

SOON, LATER = NOON + timedelta(days=1), NOON + timedelta(days=30)
FOOD, CULTURE = 7, 8
OWN = Share(1, 100_00)


def plan(price_cents, *lots, own=OWN, at=NOON):
    return plan_payment(price_cents, lots=lots, own=own, accepted_rules={FOOD}, at=at)


def test_lots_pay_first_and_own_money_the_rest():
    assert plan(40_00, Lot(5, 32_50, FOOD, SOON)) == (Share(5, 32_50), Share(1, 7_50))


def test_the_lot_that_expires_first_pays_first():
    late, soon = Lot(5, 30_00, FOOD, LATER), Lot(6, 10_00, FOOD, SOON)
    assert plan(25_00, late, soon) == (Share(6, 10_00), Share(5, 15_00))


def test_of_two_lots_that_expire_together_the_smaller_number_pays_first():
    assert plan(10_00, Lot(6, 30_00, FOOD, SOON), Lot(5, 30_00, FOOD, SOON)) == (Share(5, 10_00),)


def test_a_lot_whose_rule_does_not_accept_the_merchant_is_passed_over():
    assert plan(10_00, Lot(5, 30_00, CULTURE, SOON)) == (Share(1, 10_00),)


def test_a_lot_pays_at_its_last_instant_and_not_after():
    lot = Lot(5, 30_00, FOOD, SOON)
    assert plan(10_00, lot, at=SOON) == (Share(5, 10_00),)
    assert plan(10_00, lot, at=SOON + timedelta(microseconds=1)) == (Share(1, 10_00),)


def test_an_empty_purse_is_not_named():
    assert plan(10_00, Lot(5, 0, FOOD, SOON)) == (Share(1, 10_00),)


def test_whoever_has_no_wallet_pays_with_lots():
    assert plan(10_00, Lot(5, 10_00, FOOD, SOON), own=None) == (Share(5, 10_00),)


def test_if_all_together_do_not_suffice_nothing_is_taken_and_the_lack_is_named():
    with pytest.raises(LotsInsufficient) as refusal:
        plan(50_00, Lot(5, 32_50, FOOD, SOON), Lot(6, 99_00, CULTURE, SOON), own=Share(1, 7_50))
    assert refusal.value.missing == bousols(10_00)


def reason(missing_cents, *lots, at=NOON):
    return in_the_way(missing_cents, lots=lots, accepted_rules={FOOD}, at=at)


def test_aid_for_other_shops_is_in_the_way_when_it_holds_what_is_missing():
    books, more = Lot(6, 10_00, CULTURE, SOON), Lot(5, 10_00, CULTURE, LATER)
    assert reason(10_00, Lot(4, 30_00, FOOD, SOON), more, books) == 6
    assert reason(20_00, more, books) == 6
    assert reason(20_01, more, books) is None


def test_aid_that_has_ended_is_in_the_way_when_no_other_would_have_sufficed():
    ended, books = Lot(4, 10_00, FOOD, SOON), Lot(5, 10_00, CULTURE, LATER)
    assert reason(10_00, ended, at=LATER) == 4
    assert reason(10_00, ended, books, at=LATER) == 5
    assert reason(10_01, ended, books, at=LATER) == 4
    assert reason(20_01, ended, books, at=LATER) is None


def test_what_holds_nothing_is_not_in_the_way():
    assert reason(10_00) is None
    assert reason(1, Lot(5, 0, CULTURE, SOON), Lot(4, 0, FOOD, SOON), at=LATER) is None


def test_a_refund_restores_aid_before_own_money():
    used = [Used(5, 32_50, 0, earmarked=True), Used(1, 7_50)]
    assert plan_refund(10_00, used=used) == (Share(5, 10_00),)
    assert plan_refund(35_00, used=used) == (Share(5, 32_50), Share(1, 2_50))


def test_a_second_refund_restores_only_what_is_left():
    used = [Used(5, 32_50, 30_00, earmarked=True), Used(1, 7_50)]
    assert plan_refund(10_00, used=used) == (Share(5, 2_50), Share(1, 7_50))


def test_the_lot_used_last_is_restored_first():
    used = [Used(6, 10_00, 0, earmarked=True), Used(5, 15_00, 0, earmarked=True), Used(1, 1_00)]
    assert plan_refund(20_00, used=used) == (Share(5, 15_00), Share(6, 5_00))


def test_more_than_the_payment_has_left_is_not_refunded():
    with pytest.raises(RefundAboveRest) as refusal:
        plan_refund(10_01, used=[Used(1, 30_00, 20_00)])
    assert (refusal.value.asked, refusal.value.rest) == (bousols(10_01), bousols(10_00))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: plan(0),
        lambda: plan_refund(0, used=[Used(1, 1)]),
        lambda: plan_refund(1, used=[Used(1, 1, 2)]),
    ],
)
def test_what_only_a_bug_can_ask_fails_an_assertion(wrong):
    with pytest.raises(AssertionError):
        wrong()
