from typing import Any

import pytest

from ledger.conversion import SPONSORED, SYMMETRIC, Conversion
from ledger.lots import Share
from ledger.money import bousols, euros
from ledger.policies import Limits
from ledger.refusals import (
    AboveMaximum,
    BonusFundExhausted,
    BonusNotForBusinesses,
    RedemptionNotEarned,
)
from ledger.sponsored import bonus_terms, check_bonus, check_earned, main_payer

FUND = Share(1_001, 1000_00)


def bought(euros_cents, **facts):
    known: dict[str, Any] = {
        "individual": True,
        "converted_cents": 0,
        "fund": FUND,
        "limits": Limits(),
    }
    terms = bonus_terms(euros_cents, scheme=SPONSORED, **known | facts)
    return terms.issue(euros_cents).bousol_cents


def test_an_individual_gets_the_bonus():
    assert bought(20_00) == 21_00


def test_a_business_buys_at_par():
    assert bought(20_00, individual=False) == 20_00


@pytest.mark.parametrize(
    ("converted", "received"),
    [(0, 210_00 + 50_00), (180_00, 21_00 + 230_00), (200_00, 250_00), (999_00, 250_00)],
)
def test_beyond_200_euros_a_month_the_purchase_is_at_par(converted, received):
    assert bought(250_00, converted_cents=converted) == received


def test_a_fund_that_cannot_pay_the_whole_bonus_pays_none():
    assert bought(20_00, fund=Share(1_001, 1_00)) == 21_00
    assert bought(20_00, fund=Share(1_001, 99)) == 20_00


def test_a_policy_may_refuse_instead_of_converting_at_par():
    with pytest.raises(BonusFundExhausted) as refusal:
        bought(20_00, fund=Share(1_001, 99), limits=Limits(bonus_exhausted_refuses=True))
    assert (refusal.value.bonus, refusal.value.left) == (euros(1_00), euros(99))


def test_a_symmetric_scheme_has_no_sponsor():
    with pytest.raises(AssertionError):
        bonus_terms(
            20_00,
            scheme=SYMMETRIC,
            fund=FUND,
            individual=True,
            converted_cents=0,
            limits=Limits(),
        )


def guarded(conversion, **facts):
    known: dict[str, Any] = {
        "individual": True,
        "bonused_cents": 20_00,
        "left_cents": 20_00,
        "fund": FUND,
    }
    check_bonus(conversion, **known | facts)


WITH_BONUS = Conversion(20_00, 21_00, 1_00)


def test_a_bonus_within_every_guard_passes():
    guarded(WITH_BONUS)
    guarded(WITH_BONUS, fund=Share(1_001, 1_00))


def test_a_conversion_at_par_needs_no_guard():
    guarded(Conversion(20_00, 20_00), individual=False, left_cents=0, fund=Share(1_001, 0))


def test_a_bonus_is_refused_to_a_business():
    with pytest.raises(BonusNotForBusinesses):
        guarded(WITH_BONUS, individual=False)


def test_a_bonus_is_refused_above_what_the_month_has_left():
    with pytest.raises(AboveMaximum) as refusal:
        guarded(WITH_BONUS, left_cents=19_99)
    assert refusal.value.maximum == euros(19_99)


def test_a_bonus_is_refused_beyond_the_fund():
    with pytest.raises(BonusFundExhausted):
        guarded(WITH_BONUS, fund=Share(1_001, 99))


def test_a_merchant_redeems_what_was_received_in_payment():
    check_earned(21_00, earned_cents=100_00, redeemed_cents=79_00)
    with pytest.raises(RedemptionNotEarned) as refusal:
        check_earned(21_01, earned_cents=100_00, redeemed_cents=79_00)
    assert (refusal.value.asked, refusal.value.earned) == (bousols(21_01), bousols(21_00))


def test_bousols_that_were_bought_are_not_redeemed():
    with pytest.raises(RedemptionNotEarned) as refusal:
        check_earned(1, earned_cents=10_00, redeemed_cents=12_00)
    assert refusal.value.earned == bousols(0)


@pytest.mark.parametrize(
    ("sales", "payer"),
    [({1: 50_01, 2: 49_99}, 1), ({1: 50_00, 2: 50_00}, None), ({}, None), ({3: 1}, 3)],
)
def test_more_than_half_of_the_sales_from_one_payer_is_an_alert(sales, payer):
    assert main_payer(sales) == payer
