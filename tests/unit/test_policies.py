from datetime import timedelta

import pytest

from ledger.conversion import Mode
from ledger.money import bousols, euros
from ledger.policies import (
    Limits,
    Policy,
    check_comptoir,
    check_payment,
    check_placement,
    check_purchase,
    check_redemption,
    in_force,
    liquid_minimum_cents,
)
from ledger.refusals import AboveMaximum, BelowMinimum, PlacementTooLarge
from tests.unit.book import NOON

LIMITS = Limits()
FIRST, SECOND = Policy(1, NOON), Policy(2, NOON + timedelta(days=1), comptoir_mode=Mode.LINEAR)


def test_a_policy_holds_from_its_instant_on():
    before = NOON + timedelta(days=1, microseconds=-1)
    assert in_force([SECOND, FIRST], before) is FIRST
    assert in_force([FIRST, SECOND], SECOND.valid_from) is SECOND


def test_of_policies_already_valid_the_newest_version_holds():
    corrected = Policy(3, NOON)
    assert in_force([FIRST, SECOND, corrected], NOON + timedelta(days=2)) is corrected


def test_a_ledger_without_a_policy_is_a_bug():
    with pytest.raises(AssertionError):
        in_force([FIRST], NOON - timedelta(days=1))


def test_what_one_person_may_do_alone_is_less_than_what_may_be_done():
    assert LIMITS.request_minutes <= LIMITS.request_minutes_max
    assert LIMITS.credit_alone_max_cents <= LIMITS.purchase_resident_max_cents
    assert LIMITS.invoice_alone_max_cents <= LIMITS.payment_max_cents
    assert LIMITS.cashier_refund_max_cents <= LIMITS.payment_max_cents
    assert LIMITS.redemption_alone_max_cents >= LIMITS.redemption_min_cents


def test_a_stored_row_names_only_what_differs_from_the_defaults():
    stored = Limits.stored({"bonus_month_max_cents": 100_00, "bonus_exhausted_refuses": True})
    assert stored == Limits(bonus_month_max_cents=100_00, bonus_exhausted_refuses=True)


@pytest.mark.parametrize(
    "settings", [{"bonus": 1}, {"aid_days": -1}, {"aid_days": 1.5}, {"aid_days": "90"}]
)
def test_a_stored_row_that_nobody_could_have_put_is_a_bug(settings):
    with pytest.raises(AssertionError):
        Limits.stored(settings)


@pytest.mark.parametrize(("cents", "business"), [(1_00, False), (1000_00, False), (3000_00, True)])
def test_an_order_within_its_bounds_passes(cents, business):
    check_purchase(cents, LIMITS, business=business)


def test_an_order_below_a_euro_is_refused_with_the_minimum():
    with pytest.raises(BelowMinimum) as refusal:
        check_purchase(99, LIMITS, business=False)
    assert (refusal.value.asked, refusal.value.minimum) == (euros(99), euros(1_00))


@pytest.mark.parametrize(
    ("cents", "business", "maximum"), [(1000_01, False, 1000_00), (3000_01, True, 3000_00)]
)
def test_an_order_too_large_is_refused_with_the_maximum(cents, business, maximum):
    with pytest.raises(AboveMaximum) as refusal:
        check_purchase(cents, LIMITS, business=business)
    assert refusal.value.maximum == euros(maximum)


def test_a_comptoir_takes_a_thousand_euros_in_cash():
    check_comptoir(1000_00, LIMITS)
    with pytest.raises(AboveMaximum):
        check_comptoir(1000_01, LIMITS)


def test_a_payment_is_of_three_thousand_bousols_at_most():
    check_payment(3000_00, LIMITS)
    with pytest.raises(AboveMaximum) as refusal:
        check_payment(3000_01, LIMITS)
    assert refusal.value.maximum == bousols(3000_00)


def test_a_redemption_is_of_21_bousols_at_least():
    check_redemption(21_00, LIMITS)
    with pytest.raises(BelowMinimum):
        check_redemption(20_99, LIMITS)


@pytest.mark.parametrize(
    ("debt", "worst_month", "minimum"),
    [(1000_00, 50_00, 300_00), (1000_00, 150_00, 450_00), (1, 0, 1), (0, 0, 0)],
)
def test_30_percent_of_the_debt_or_three_bad_months_stay_liquid(debt, worst_month, minimum):
    found = liquid_minimum_cents(LIMITS, debt_cents=debt, worst_month_cents=worst_month)
    assert found == minimum


def test_a_placement_leaves_the_liquid_minimum():
    check_placement(700_00, liquid_cents=1000_00, minimum_cents=300_00)
    with pytest.raises(PlacementTooLarge) as refusal:
        check_placement(700_01, liquid_cents=1000_00, minimum_cents=300_00)
    assert refusal.value.free == euros(700_00)
    with pytest.raises(PlacementTooLarge) as refusal:
        check_placement(1, liquid_cents=100_00, minimum_cents=300_00)
    assert refusal.value.free == euros(0)
