"""What holds for any lots, prices and refunds."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.lots import Lot, Share, Used, in_the_way, plan_payment, plan_refund
from ledger.refusals import LotsInsufficient, RefundAboveRest
from tests.unit.book import NOON

OWN, RULES = 1, (7, 8, 9)
ACCEPTED = {7, 8}


@st.composite
def purses(draw):
    """Some lots of one payer, and what is in the wallet."""
    accounts = draw(st.lists(st.integers(10, 40), unique=True, max_size=6))
    lots = [
        Lot(
            account,
            draw(st.integers(0, 50)),
            draw(st.sampled_from(RULES)),
            NOON + timedelta(days=draw(st.integers(-2, 3))),
        )
        for account in accounts
    ]
    return lots, draw(st.integers(0, 50))


def eligible(lots):
    usable = [lot for lot in lots if lot.rule in ACCEPTED and lot.expires >= NOON]
    return sorted(usable, key=lambda lot: (lot.expires, lot.account))


def plan(price, lots, own):
    return plan_payment(price, lots=lots, own=Share(OWN, own), accepted_rules=ACCEPTED, at=NOON)


@given(purses(), st.integers(1, 200))
def test_a_plan_pays_the_price_or_says_what_is_missing(purse, price):
    lots, own = purse
    available = sum(lot.balance_cents for lot in eligible(lots)) + own
    if price <= available:
        assert sum(cents for _, cents in plan(price, lots, own)) == price
        return
    with pytest.raises(LotsInsufficient) as refusal:
        plan(price, lots, own)
    assert refusal.value.missing.minor == price - available


@given(purses(), st.integers(1, 200))
def test_a_lot_is_the_reason_when_all_lots_together_would_have_sufficed(purse, price):
    lots, own = purse
    missing = price - own - sum(lot.balance_cents for lot in eligible(lots))
    if missing <= 0:
        return
    why = in_the_way(missing, lots=lots, accepted_rules=ACCEPTED, at=NOON)
    enough = price <= own + sum(lot.balance_cents for lot in lots)
    assert (why is not None) == enough
    assert why not in {lot.account for lot in eligible(lots)}


@given(purses(), st.integers(1, 200))
def test_a_purse_pays_only_when_all_before_it_are_empty(purse, price):
    lots, own = purse
    order = [*((lot.account, lot.balance_cents) for lot in eligible(lots)), (OWN, own)]
    price = min(price, sum(cents for _, cents in order))
    if not price:
        return
    shares = plan(price, lots, own)
    filled = [(account, cents) for account, cents in order if cents]
    assert [account for account, _ in shares] == [account for account, _ in filled[: len(shares)]]
    assert list(shares[:-1]) == filled[: len(shares) - 1]
    assert 0 < shares[-1].cents <= filled[len(shares) - 1][1]


@given(purses(), st.integers(1, 200), st.randoms(use_true_random=False))
def test_the_order_in_which_lots_are_read_does_not_matter(purse, price, chance):
    lots, own = purse
    shuffled = list(lots)
    chance.shuffle(shuffled)
    price = min(price, sum(lot.balance_cents for lot in eligible(lots)) + own)
    if price:
        assert plan(price, shuffled, own) == plan(price, lots, own)


@st.composite
def payments(draw):
    """What each account paid, in the order of use: lots, then own money."""
    aid = draw(st.lists(st.integers(1, 50), max_size=4))
    used = [Used(10 + n, cents, 0, earmarked=True) for n, cents in enumerate(aid)]
    own = draw(st.integers(0 if used else 1, 50))
    return [*used, Used(OWN, own)] if own else used


def refunded(used, shares):
    back = Counter({share.account: share.cents for share in shares})
    return [u._replace(restored_cents=u.restored_cents + back[u.account]) for u in used]


@given(payments(), st.data())
def test_refunds_cut_in_any_way_restore_what_one_refund_would(used, data):
    whole = sum(u.paid_cents for u in used)
    amount = data.draw(st.integers(1, whole))
    once, step_by_step, left = refunded(used, plan_refund(amount, used=used)), used, amount
    while left:
        piece = data.draw(st.integers(1, left))
        step_by_step = refunded(step_by_step, plan_refund(piece, used=step_by_step))
        left -= piece
    assert step_by_step == once


@given(payments(), st.integers(1, 300))
def test_a_refund_restores_aid_first_and_nobody_more_than_he_paid(used, amount):
    whole, aid = (sum(u.paid_cents for u in used if u.earmarked or own) for own in (True, False))
    if amount > whole:
        with pytest.raises(RefundAboveRest) as refusal:
            plan_refund(amount, used=used)
        assert refusal.value.rest.minor == whole
        return
    after = refunded(used, plan_refund(amount, used=used))
    assert all(0 <= u.restored_cents <= u.paid_cents for u in after)
    assert sum(u.restored_cents for u in after if u.earmarked) == min(amount, aid)
    assert sum(u.restored_cents for u in after) == amount


@given(purses(), st.integers(1, 200), st.data())
def test_after_a_refund_the_lots_stand_as_after_a_smaller_purchase(purse, price, data):
    lots, _ = purse
    aid = sum(lot.balance_cents for lot in eligible(lots))
    price = min(price, aid)
    if not price:
        return
    paid = plan(price, lots, 0)
    back = data.draw(st.integers(1, price))
    used = [Used(account, cents, 0, earmarked=True) for account, cents in paid]
    kept = Counter(dict(paid))
    kept.subtract(dict(plan_refund(back, used=used)))
    smaller = plan(price - back, lots, 0) if price > back else ()
    assert {a: cents for a, cents in kept.items() if cents} == dict(smaller)
