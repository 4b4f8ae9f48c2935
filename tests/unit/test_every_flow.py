"""What holds of every flow: the template of its kind, one commodity, the law and its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import flows
from ledger.chart import CHART, AccountClass
from ledger.conversion import SPONSORED
from ledger.flows import Terms
from ledger.journal import Recorded
from ledger.kinds import KINDS, Kind
from tests.property.model import Cover, Model
from tests.unit.book import LOTS_EXPIRE, NOON, Book, act
from tests.unit.flow_examples import PAYMENT_SEQ, examples

NO_ENTRY = {"Act", "Terms", "dissolution"}
FUND = "EUR.L.BONUS.cab"
TERMS = {
    "symmetric": Terms(),
    "sponsored": Terms(SPONSORED, bonus=Book()[FUND], commission_ppm=50_000),
    "sponsored, in part": Terms(SPONSORED, bonus=Book()[FUND], bonused_cents=1),
    "sponsored at par": Terms(SPONSORED),
}
RICH = 10**11


def written(name, cents=12_34):
    book, terms = Book(), TERMS[name]
    assert book[FUND] == Book()[FUND], "the first account opened has the same number in every book"
    book.model.scheme = terms.scheme
    return book, examples(book, terms, cents)


def rich(book):
    """Everybody has money: what is refused then is refused by a rule."""
    for account in book.model.accounts.values():
        if account.account_class is not AccountClass.PUBLIC:
            account.balance = RICH
    issued, surplus = 21 * RICH, 21 * 10**9
    debt = issued if book.model.scheme.sponsored else 20 * RICH + surplus // 21
    remainder = 0 if book.model.scheme.sponsored else surplus
    book.model.cover = Cover(debt, issued, remainder, 100 * RICH)


def in_time(entry):
    return LOTS_EXPIRE.replace(year=2027) if KINDS[entry.kind].lapses else NOON


def test_every_flow_has_an_example_and_every_kind_is_written():
    found = written("symmetric")[1]
    assert set(found) == set(flows.__all__) - NO_ENTRY
    assert {entry.kind for entry in found.values()} == set(Kind)


@pytest.mark.parametrize("name", TERMS)
@given(cents=st.integers(2, 10**6))
def test_a_flow_keeps_the_template_of_its_kind_and_one_commodity_a_transfer(name, cents):
    book, found = written(name, cents)
    for flow, entry in found.items():
        for debit, credit, amount in entry.transfers:
            d, c = book.model.accounts[debit], book.model.accounts[credit]
            mirrored = entry.kind is Kind.REVERSAL
            pairs = KINDS[Kind.P2P if mirrored else entry.kind].pairs
            assert (d.account_class, c.account_class) in pairs, (flow, d, c)
            assert d.commodity is c.commodity, flow
            assert amount > 0


@pytest.mark.parametrize("name", TERMS)
@given(cents=st.integers(2, 10**6))
def test_a_flow_keeps_the_law_with_the_remainder_it_declares_within_its_bounds(name, cents):
    book, found = written(name, cents)
    for flow, entry in found.items():
        moved = Model(scheme=book.model.scheme, accounts=book.model.accounts)
        for debit, credit, amount in entry.transfers:
            for account, sign in ((debit, 1), (credit, -1)):
                account_class = book.model.accounts[account].account_class
                moved._weigh(account_class, sign * CHART[account_class].side * amount)
        low, high = moved._bounds(entry, NOON, converts=moved.cover.issued != 0)
        lawful = 0 if moved.scheme.sponsored else entry.remainder
        assert moved.scheme.law(moved.cover.debt, moved.cover.issued) == lawful, flow
        assert low <= entry.remainder <= high, flow


@pytest.mark.parametrize("name", TERMS)
@given(cents=st.integers(2, 10**6))
def test_who_has_the_money_may_and_undoing_it_leaves_everything_as_it_was(name, cents):
    book, found = written(name, cents)
    for flow, entry in found.items():
        if flow in {"reversal", "refund"}:
            continue
        rich(book)
        before = book.model.cover, {a: x.balance for a, x in book.model.accounts.items()}
        book.post(entry, at=in_time(entry))
        if KINDS[entry.kind].reversible:
            seq = len(book.model.journal)
            original = Recorded(seq, entry.id, entry.kind, entry.transfers, entry.remainder)
            book.post(flows.reversal(act(), original=original), at=in_time(entry))
            after = book.model.cover, {a: x.balance for a, x in book.model.accounts.items()}
            assert after == before, flow


def test_a_refund_of_the_whole_leaves_everything_as_it_was():
    book, found = written("symmetric")
    rich(book)
    before = {a: x.balance for a, x in book.model.accounts.items()}
    book.post(found["payment"], found["refund"])
    assert found["refund"].origin == PAYMENT_SEQ
    assert {a: x.balance for a, x in book.model.accounts.items()} == before


def test_a_flow_passes_on_whatever_it_does_not_decide():
    who = act(policy=3, pin=True, card=9, replan=True, expected=(1, 2), once=act().id)
    entry = flows.p2p(who, payer=1001, payee=1002, bousol_cents=3_00)
    fields = set(who.__slots__)
    assert {name: getattr(entry, name) for name in fields} == {
        name: getattr(who, name) for name in fields
    }


def test_one_act_settles_one_thing():
    order = act(once=act().id)
    with pytest.raises(AssertionError, match="one thing"):
        flows.suspense_in(order, euros_cents=50_00, bank_line=act().id)


@pytest.mark.parametrize("cents", [0, -1, 10**12 + 1])
def test_an_amount_that_only_a_bug_can_produce_fails_an_assertion(cents):
    with pytest.raises(AssertionError):
        flows.p2p(act(), payer=1001, payee=1002, bousol_cents=cents)
