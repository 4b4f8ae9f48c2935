"""The sponsored scheme: worked numbers of the domain model, 3.2, variant A."""

import pytest

from ledger import flows
from ledger.conversion import SPONSORED
from ledger.flows import Terms
from ledger.lots import Share
from tests.unit.book import Book, act, fresh, lines


@pytest.fixture
def book():
    return Book()


def sponsored(book, **facts):
    return Terms(SPONSORED, bonus=book["EUR.L.BONUS.cab"], **facts)


def test_a_sponsor_pays_the_21st_bousol(book):
    fund = flows.bonus_fund(
        act(), euros_cents=1000_00, bonus=book["EUR.L.BONUS.cab"], bank_line=fresh()
    )
    assert book.net(fund) == lines("D EUR.A.GUAR 1000.00; C EUR.L.BONUS.cab 1000.00")
    entry = flows.issue_transfer(
        act(),
        euros_cents=20_00,
        holder=book["BSL.W.alice"],
        bank_line=fresh(),
        terms=sponsored(book),
    )
    assert book.net(entry) == lines(
        "D EUR.A.GUAR 20.00, D EUR.L.BONUS.cab 1.00; C EUR.L.CIRC 21.00;"
        " D BSL.X.ISSUED 21.00; C BSL.W.alice 21.00"
    )
    assert entry.remainder == 0


def test_what_a_sponsor_did_not_spend_goes_back_to_him(book):
    entry = flows.bonus_return(act(), euros_cents=5_00, bonus=book["EUR.L.BONUS.cab"])
    assert book.net(entry) == lines("D EUR.L.BONUS.cab 5.00; C EUR.A.GUAR 5.00")


def test_without_a_fund_a_sponsored_purchase_is_at_par(book):
    entry = flows.issue_transfer(
        act(),
        euros_cents=20_00,
        holder=book["BSL.W.m1"],
        bank_line=fresh(),
        terms=Terms(SPONSORED),
    )
    assert book.net(entry) == lines(
        "D EUR.A.GUAR 20.00; C EUR.L.CIRC 20.00; D BSL.X.ISSUED 20.00; C BSL.W.m1 20.00"
    )


def test_a_sponsored_redemption_is_at_par_less_5_percent(book):
    entry = flows.redeem_approve(
        act(),
        source=book["BSL.W.m1"],
        payable=book["EUR.L.PAYABLE.m1"],
        bousol_cents=21_00,
        hold_id=None,
        terms=sponsored(book, commission_ppm=50_000),
    )
    assert book.net(entry) == lines(
        "D BSL.W.m1 21.00; C BSL.X.ISSUED 21.00;"
        " D EUR.L.CIRC 21.00; C EUR.L.PAYABLE.m1 19.95, C EUR.P.COMM 1.05"
    )


def test_lapsed_sponsored_aid_gives_the_sponsor_his_bonus_back(book):
    entry = flows.aid_expire(
        act(),
        lots=[Share(book["BSL.W.e1.aid.P1"], 10_00), Share(book["BSL.W.e2.aid.P1"], 52_50)],
        programme=book["EUR.L.PROG.P1"],
        terms=sponsored(book),
    )
    assert book.net(entry) == lines(
        "D BSL.W.e1.aid.P1 10.00, D BSL.W.e2.aid.P1 52.50; C BSL.X.ISSUED 62.50;"
        " D EUR.L.CIRC 62.50; C EUR.L.PROG.P1 59.52, C EUR.L.BONUS.cab 2.98"
    )


def test_lapsed_aid_that_was_issued_at_par_gives_the_programme_all_back(book):
    entry = flows.aid_expire(
        act(),
        lots=[Share(book["BSL.W.e1.aid.P1"], 50_00)],
        programme=book["EUR.L.PROG.P1"],
        terms=Terms(SPONSORED),
    )
    assert book.net(entry) == lines(
        "D BSL.W.e1.aid.P1 50.00; C BSL.X.ISSUED 50.00; D EUR.L.CIRC 50.00; C EUR.L.PROG.P1 50.00"
    )


def test_a_sponsored_debit_that_bounces_cannot_be_pumped_for_its_bonus(book):
    entry = flows.sdd_return(
        act(),
        euros_cents=20_00,
        taken_back=Share(book["BSL.W.fanny"], 21_00),
        receivable=book["EUR.A.RECV.fanny"],
        bank_line=fresh(),
        terms=sponsored(book),
    )
    assert book.net(entry) == lines(
        "D BSL.W.fanny 21.00; C BSL.X.ISSUED 21.00;"
        " D EUR.L.CIRC 21.00; C EUR.A.GUAR 20.00, C EUR.L.BONUS.cab 1.00"
    )


def test_terms_name_a_fund_only_where_there_is_a_sponsor(book):
    with pytest.raises(AssertionError):
        Terms(bonus=book["EUR.L.BONUS.cab"])
    with pytest.raises(AssertionError):
        Terms(SPONSORED, bonused_cents=1)
