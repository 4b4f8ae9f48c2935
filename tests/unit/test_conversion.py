"""The tables of the domain model, 3.1 and 3.2."""

import pytest

from ledger.conversion import PPM, SPONSORED, SYMMETRIC, Conversion, Mode, Scheme, part


@pytest.mark.parametrize(
    ("euros_cents", "linear", "remainder", "tranche", "back"),
    [
        (20_00, 21_00, 0, 21_00, 20_00),
        (10_00, 10_50, 0, 10_00, 10_00),
        (7_35, 7_71, 15, 7_35, 7_34),
        (20, 21, 0, 20, 20),
        (1, 1, 1, 1, 0),
        (19_99, 20_98, 19, 19_99, 19_98),
        (50_00, 52_50, 0, 52_00, 50_00),
        (123_45, 129_62, 5, 129_45, 123_44),
        (0, 0, 0, 0, 0),
    ],
)
def test_euros_become_bousols(euros_cents, linear, remainder, tranche, back):
    assert SYMMETRIC.issue(euros_cents) == Conversion(euros_cents, linear, 0, remainder)
    assert SYMMETRIC.issue(euros_cents, Mode.TRANCHE).bousol_cents == tranche
    assert SYMMETRIC.redeem(linear).euros_cents == back


@pytest.mark.parametrize(
    ("bousol_cents", "euros_cents", "remainder"),
    [(21_00, 20_00, 0), (10_00, 9_52, 8), (1_00, 95, 5), (2_500_00, 2_380_95, 5), (1, 0, 20)],
)
def test_bousols_become_euros(bousol_cents, euros_cents, remainder):
    redeemed = SYMMETRIC.redeem(bousol_cents)
    assert redeemed == Conversion(euros_cents, bousol_cents, 0, remainder)
    assert SYMMETRIC.take_back(bousol_cents, bonused=False) == redeemed


@pytest.mark.parametrize(
    ("bousol_cents", "euros_cents"), [(10_00, 9_53), (20_00, 19_05), (1_00, 96), (30_00, 28_58)]
)
def test_a_wished_amount_has_a_price(bousol_cents, euros_cents):
    assert SYMMETRIC.price(bousol_cents) == euros_cents
    assert SYMMETRIC.issue(euros_cents).bousol_cents == bousol_cents


def test_the_excess_of_a_tranche_enters_the_remainder():
    assert SYMMETRIC.issue(50_00, Mode.TRANCHE) == Conversion(50_00, 52_00, 0, 1000)


def test_a_lost_note_of_20_is_covered_by_19_05():
    assert SYMMETRIC.cover(20_00) == Conversion(19_05, 20_00, 0, 5)


@pytest.mark.parametrize(
    ("euros_cents", "mode", "bonused", "expected"),
    [
        (20_00, Mode.LINEAR, None, (20_00, 21_00, 1_00, 0)),
        (7_35, Mode.LINEAR, None, (7_35, 7_71, 36, 0)),
        (50_00, Mode.TRANCHE, None, (50_00, 52_00, 2_00, 0)),
        (20_00, Mode.LINEAR, 0, (20_00, 20_00, 0, 0)),
        (30_00, Mode.LINEAR, 20_00, (30_00, 31_00, 1_00, 0)),
        (70_00, Mode.TRANCHE, 59_99, (70_00, 72_00, 2_00, 0)),
    ],
)
def test_a_sponsored_bonus_is_paid_for(euros_cents, mode, bonused, expected):
    assert SPONSORED.issue(euros_cents, mode, bonused_cents=bonused) == expected


def test_a_sponsored_redemption_is_at_par_and_a_clawback_splits():
    assert SPONSORED.redeem(21_00) == (21_00, 21_00, 0, 0)
    assert SPONSORED.cover(20_00) == (20_00, 20_00, 0, 0)
    assert SPONSORED.take_back(62_50, bonused=True) == (59_52, 62_50, 2_98, 0)
    assert SPONSORED.take_back(62_50, bonused=False) == (62_50, 62_50, 0, 0)


def test_only_a_sponsored_scheme_knows_a_conversion_at_par():
    with pytest.raises(AssertionError):
        SYMMETRIC.issue(20_00, bonused_cents=0)


def test_the_law_is_what_the_scheme_says():
    assert SYMMETRIC.law(1_383_66, 1_452_84) == 6
    assert SPONSORED.law(21_00, 21_00) == 0


@pytest.mark.parametrize(
    ("remainder", "claimable", "cents"),
    [(1077, 0, 51), (1077, 6, 51), (1077, 7, 50), (20, 0, 0), (0, 0, 0), (5, 100, 0)],
)
def test_the_surplus_is_whole_cents_above_what_may_be_claimed_back(remainder, claimable, cents):
    assert SYMMETRIC.sweepable_cents(remainder, claimable) == cents


@pytest.mark.parametrize(
    ("cents", "ppm", "expected"),
    [
        (20_00, 20_000, 40),
        (21_00, 50_000, 1_05),
        (50, 10_000, 0),  # half a cent goes to the even one
        (1_50, 10_000, 2),
        (2_50, 10_000, 2),
        (51, 10_000, 1),
        (20_00, 0, 0),
        (20_00, PPM, 20_00),
    ],
)
def test_a_commission_is_rounded_half_even_on_the_gross(cents, ppm, expected):
    assert part(cents, ppm) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: SYMMETRIC.issue(-1),
        lambda: SYMMETRIC.redeem(-1),
        lambda: SYMMETRIC.price(-1),
        lambda: SYMMETRIC.take_back(-1, bonused=True),
        lambda: SYMMETRIC.sweepable_cents(0, -1),
        lambda: SPONSORED.issue(5, bonused_cents=6),
        lambda: part(-1, 0),
        lambda: part(1, PPM + 1),
        lambda: Scheme(20, 21),
        lambda: Scheme(tranche_cents=19_99),
    ],
)
def test_what_only_a_bug_can_ask_fails_an_assertion(wrong):
    with pytest.raises(AssertionError):
        wrong()
