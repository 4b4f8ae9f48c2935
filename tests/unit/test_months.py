"""A merchant's month: every proposed entry is balanced, and the totals lead to the closing."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from ledger.kinds import Kind
from merchants.months import (
    ACCOUNTS,
    CASH,
    OUTSIDE,
    Facts,
    Heading,
    Moved,
    Redeemed,
    bounds,
    code_of,
    last_day,
    month_of,
)

CENTS = st.integers(-(10**9), 10**9).filter(bool)
MOVED = st.builds(
    Moved,
    st.sampled_from(list(Kind)),
    st.none() | st.sampled_from(list(Kind)),
    st.integers(1, 99),
    CENTS,
    st.integers(0, 10**9),
)
REDEEMED = st.builds(Redeemed, *[st.integers(0, 10**9)] * 4)


def entries(month):
    return {entry.code: {p.account: p.debit_cents - p.credit_cents for p in entry.postings}
            for entry in month.entries}  # fmt: skip


@given(st.lists(MOVED, max_size=20), st.lists(MOVED, max_size=5), REDEEMED, st.integers(0, 10**9))
def test_debits_equal_credits_and_the_cash_account_moves_as_the_account_did(
    account, owed, redeemed, opening
):
    closing = opening + sum(m.cents for m in account)
    month = month_of(Facts(opening, closing, tuple(account), tuple(owed), redeemed))
    for entry in month.entries:
        assert sum(p.debit_cents for p in entry.postings) == sum(
            p.credit_cents for p in entry.postings
        )
        assert all(min(p.debit_cents, p.credit_cents) == 0 for p in entry.postings)
        assert {p.account for p in entry.postings} <= set(ACCOUNTS)
    cash = sum(
        p.debit_cents - p.credit_cents for e in month.entries for p in e.postings
        if p.account == CASH
    )  # fmt: skip
    assert opening + cash == closing
    assert opening + sum(t.cents for t in month.totals if t.code not in OUTSIDE) == closing


def test_a_sale_a_supplier_and_a_redemption_are_posted_as_an_accountant_would():
    month = month_of(
        Facts(
            0,
            30_00,
            (
                Moved(Kind.PAYMENT, None, 3, 195_00),
                Moved(Kind.REFUND, Kind.PAYMENT, 1, -10_00),
                Moved(Kind.B2B, None, 1, -50_00),
                Moved(Kind.REDEEM_HOLD, None, 1, -105_00),
            ),
            (Moved(Kind.REDEEM_PAID, None, 1, -100_00),),
            Redeemed(1, 105_00, 100_00, 100_00),
        )
    )
    assert entries(month) == {
        Heading.SALES: {"530": 195_00, "707": -195_00},
        Heading.SALES_REFUNDED: {"530": -10_00, "707": 10_00},
        Heading.SUPPLIERS: {"530": -50_00, "401": 50_00},
        Heading.REDEMPTION_ASKED: {"530": -105_00, "4671": 105_00},
        Heading.REDEEMED: {"4672": 100_00, "658": 5_00, "4671": -105_00},
        Heading.PAID_OUT: {"4672": -100_00, "512": 100_00},
    }
    assert month.facts.redeemed.discount_cents == 5_00


def test_the_rest_of_one_who_leaves_has_become_euros_too():
    left = Moved(Kind.CLOSURE, None, 1, -4_50, 4_28)
    month = month_of(Facts(4_50, 0, (left,), redeemed=Redeemed(1, 105_00, 100_00, 99_00)))
    assert month.became_euros == Redeemed(2, 109_50, 104_28, 103_28)
    assert month.became_euros.discount_cents == 6_22
    back = Moved(Kind.REVERSAL, Kind.CLOSURE, 1, 4_50, 4_28)
    assert not any(month_of(Facts(4_50, 4_50, (left, back))).became_euros)


def test_what_was_bought_at_20_for_21_is_an_asset_of_21_and_a_bonus_of_1():
    bought = Moved(Kind.ISSUE_TRANSFER, None, 1, 21_00, 20_00)
    assert entries(month_of(Facts(0, 21_00, (bought,)))) == {
        Heading.BOUGHT: {"530": 21_00, "512": -20_00, "758": -1_00}
    }


def test_refunds_and_reversals_are_told_by_what_they_answer_to():
    back = Kind.REFUND
    assert code_of(Moved(back, Kind.B2B, 1, 5)) is Heading.SUPPLIERS_REFUNDED
    assert code_of(Moved(back, Kind.B2B, 1, -5)) is Heading.CUSTOMERS_REFUNDED
    assert code_of(Moved(Kind.B2B, None, 1, 5)) is Heading.CUSTOMERS
    assert code_of(Moved(Kind.PUBLIC_SETTLEMENT, None, 1, -5)) is Heading.SUPPLIERS
    assert code_of(Moved(Kind.REVERSAL, Kind.PAYMENT, 1, -5)) is Heading.SALES_REFUNDED
    assert code_of(Moved(Kind.OPENING, None, 1, 5)) is Heading.OTHER


def test_a_month_is_that_of_paris_in_winter_summer_and_at_the_year_s_end():
    assert bounds(date(2027, 3, 1)) == (
        datetime(2027, 2, 28, 23, tzinfo=UTC), datetime(2027, 3, 31, 22, tzinfo=UTC))  # fmt: skip
    assert bounds(date(2027, 12, 1))[1] == datetime(2027, 12, 31, 23, tzinfo=UTC)
    assert last_day(date(2028, 2, 1)) == date(2028, 2, 29)
