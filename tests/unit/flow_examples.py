"""One entry of every flow, at given terms and for any amount: what the tests of all flows share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger import flows
from ledger.chart import Commodity
from ledger.conversion import Mode
from ledger.flows.accounts import CIRC, EXPENSE, GUAR, NOTES_VAULT, PAPER, SUBSIDY, TRANSIT
from ledger.journal import Recorded, Transfer
from ledger.kinds import Kind
from ledger.lots import Share
from tests.unit.book import RULE, Book, act, fresh

if TYPE_CHECKING:
    from ledger.flows import Terms
    from ledger.journal import JournalEntry

N01, N20 = Commodity.NOTE01, Commodity.NOTE20
PAYMENT_SEQ = 1
"""The number of the payment that the example of a refund names."""

Examples = dict[str, "JournalEntry"]


def examples(book: Book, terms: Terms, cents: int) -> Examples:
    """By the name of the flow. `cents` is the amount of each, or makes the number of notes."""
    book.model.acceptance |= {(RULE, book[name]) for name in ("BSL.W.m1", "BSL.PUBLIC.desk")}
    return (
        issuing(book, terms, cents)
        | paper(book, terms, cents)
        | cash(book, cents)
        | paying(book, cents)
        | aiding(book, terms, cents)
        | redeeming(book, terms, cents)
        | bouncing(book, terms, cents)
        | books(book, terms, cents)
        | correcting(book, terms, cents)
    )


def issuing(book: Book, terms: Terms, cents: int) -> Examples:
    wallet, box, line = book["BSL.W.alice"], book["EUR.A.CASH.C1"], fresh()
    by_tranche = replace(terms, mode=Mode.TRANCHE)
    notes = {N01: by_tranche.issue(100 * cents).bousol_cents // 100}
    return {
        "issue_transfer": flows.issue_transfer(
            act(), euros_cents=cents, holder=wallet, bank_line=line, terms=terms
        ),
        "suspense_in": flows.suspense_in(act(), euros_cents=cents, bank_line=fresh()),
        "suspense_match": flows.suspense_match(
            act(), euros_cents=cents, holder=wallet, receipt=fresh(), terms=terms
        ),
        "suspense_match_programme": flows.suspense_match_programme(
            act(), euros_cents=cents, programme=book["EUR.L.PROG.P1"], receipt=fresh()
        ),
        "suspense_return": flows.suspense_return(act(), euros_cents=cents, receipt=fresh()),
        "issue_cash_paper": flows.issue_cash_paper(
            act(),
            euros_cents=100 * cents,
            notes=notes,
            cash=box,
            stock=book.notes("STOCK", "C1"),
            terms=by_tranche,
        ),
        "issue_cash_wallet": flows.issue_cash_wallet(
            act(), euros_cents=cents, holder=wallet, cash=box, terms=terms
        ),
        "issuer_gift": flows.issuer_gift(
            act(), euros_cents=cents, holder=book["BSL.W.a1"], terms=terms
        ),
    }


def paper(book: Book, terms: Terms, cents: int) -> Examples:
    notes, wallet, scheme = {N20: cents, N01: 1}, book["BSL.W.alice"], terms.scheme
    stock, returns = book.notes("STOCK", "C1"), book.notes("RETURNS", "C1")
    return {
        "note_print": flows.note_print(act(), notes=notes),
        "note_move": flows.note_move(act(), notes=notes, to=stock, source=NOTES_VAULT),
        "note_destroy": flows.note_destroy(act(), notes=notes),
        "swap_in": flows.swap_in(act(), notes=notes, holder=wallet, returns=returns),
        "swap_out": flows.swap_out(act(), notes=notes, holder=wallet, stock=stock),
        "note_loss": flows.note_loss(act(), notes=notes, source=stock, scheme=scheme),
        "note_found": flows.note_found(act(), notes=notes, to=stock, scheme=scheme),
        "reactivation_paid": flows.reactivation_paid(
            act(), euros_cents=cents, cash=book["EUR.A.CASH.C1"]
        ),
        "reactivation_withheld": flows.reactivation_withheld(
            act(),
            handed_in={N20: cents},
            handed_out={N01: 19 * cents},
            returns=returns,
            stock=stock,
            scheme=scheme,
        ),
    }


def cash(book: Book, cents: int) -> Examples:
    box, claim = book["EUR.A.CASH.C1"], book["EUR.A.RECV.C1"]
    return {
        "cash_remit": flows.cash_remit(act(), euros_cents=cents, cash=box),
        "cash_banked": flows.cash_banked(
            act(), bank_line=fresh(), reserve_cents=cents, own_cents=1
        ),
        "cash_shortage": flows.cash_shortage(
            act(), euros_cents=cents, missing_from=TRANSIT, receivable=claim
        ),
        "shortage_recovered": flows.shortage_recovered(act(), euros_cents=cents, receivable=claim),
        "shortage_written_off": flows.shortage_written_off(
            act(), euros_cents=cents, receivable=claim
        ),
    }


def paying(book: Book, cents: int) -> Examples:
    alice, bob, m1, m2 = (book[f"BSL.W.{name}"] for name in ("alice", "bob", "m1", "m2"))
    shares = [Share(book["BSL.W.alice.aid.P1"], cents), Share(alice, 1)]
    held = book["BSL.L.HOLD.h1"]
    return {
        "payment": flows.payment(act(), shares=shares, merchant=m1),
        "refund": flows.refund(act(), origin=PAYMENT_SEQ, merchant=m1, shares=shares),
        "p2p": flows.p2p(act(), payer=alice, payee=bob, bousol_cents=cents),
        "b2b": flows.b2b(act(), payer=m1, payee=m2, bousol_cents=cents),
        "donation": flows.donation(
            act(), giver=alice, association=book["BSL.W.a1"], bousol_cents=cents
        ),
        "estate_transfer": flows.estate_transfer(
            act(), deceased=alice, heir=bob, bousol_cents=cents
        ),
        "hold": flows.hold(act(), payer=alice, held=held, bousol_cents=cents),
        "hold_capture": flows.hold_capture(
            act(),
            hold_id=fresh(),
            held=Share(held, cents + 1),
            payee=m1,
            payer=alice,
            bousol_cents=cents,
        ),
        "hold_release": flows.hold_release(
            act(), hold_id=fresh(), held=Share(held, cents), payer=alice
        ),
    }


def aiding(book: Book, terms: Terms, cents: int) -> Examples:
    programme, awards = book["EUR.L.PROG.P1"], book["BSL.L.AWARDS.1"]
    lot, other = book["BSL.W.alice.aid.P1"], book["BSL.W.bob.aid.P1"]
    return {
        "programme_fund": flows.programme_fund(
            act(), euros_cents=cents, programme=programme, bank_line=fresh()
        ),
        "programme_return": flows.programme_return(act(), euros_cents=cents, programme=programme),
        "aid_batch": flows.aid_batch(
            act(),
            awards_euros_cents=[cents] * 9,
            programme=programme,
            awards=awards,
            batch=fresh(),
            terms=terms,
        ),
        "aid_award": flows.aid_award(
            act(), euros_cents=cents, awards=awards, lot=lot, award=fresh(), terms=terms
        ),
        "aid_expire": flows.aid_expire(
            act(), lots=[Share(lot, cents), Share(other, 1)], programme=programme, terms=terms
        ),
        "aid_release": flows.aid_release(act(), lot=Share(lot, cents), wallet=book["BSL.W.alice"]),
        "cse_disburse": flows.cse_disburse(
            act(),
            grants=[Share(lot, cents), Share(other, 1), Share(awards, 1), Share(awards, cents)],
            source=GUAR,
            batch=fresh(),
            terms=terms,
        ),
    }


def redeeming(book: Book, terms: Terms, cents: int) -> Examples:
    m1, held, payable = book["BSL.W.m1"], book["BSL.L.HOLD.r1"], book["EUR.L.PAYABLE.m1"]
    scheme = terms.scheme
    return {
        "redeem_hold": flows.redeem_hold(act(), merchant=m1, held=held, bousol_cents=cents),
        "redeem_approve": flows.redeem_approve(
            act(),
            source=held,
            payable=payable,
            bousol_cents=cents,
            hold_id=fresh(),
            terms=terms,
        ),
        "redeem_refused": flows.redeem_refused(
            act(), hold_id=fresh(), held=Share(held, cents), merchant=m1
        ),
        "redeem_paid": flows.redeem_paid(
            act(), payables=[Share(payable, cents)], bank_line=fresh(), commission_cents=1
        ),
        "redeem_bounced": flows.redeem_bounced(
            act(), euros_cents=cents, payable=payable, bank_line=fresh()
        ),
        "closure": flows.closure(act(), merchant=m1, bousol_cents=cents, scheme=scheme),
        "public_settlement": flows.public_settlement(
            act(),
            shares=[Share(book["BSL.W.alice.aid.P1"], cents), Share(book["BSL.W.alice"], 1)],
            public=book["BSL.PUBLIC.desk"],
            payable=payable,
            scheme=scheme,
        ),
        "melting": flows.melting(act(), holder=m1, bousol_cents=cents, scheme=scheme),
    }


def bouncing(book: Book, terms: Terms, cents: int) -> Examples:
    return {
        "sdd_return": flows.sdd_return(
            act(),
            euros_cents=2 * cents,
            taken_back=Share(book["BSL.W.alice"], cents),
            receivable=book["EUR.A.RECV.alice"],
            bank_line=fresh(),
            terms=terms,
        )
    }


def books(book: Book, terms: Terms, cents: int) -> Examples:
    alice, bonus = book["BSL.W.alice"], book["EUR.L.BONUS.cab"]
    return {
        "fee_eur": flows.fee_eur(act(), euros_cents=cents),
        "fee_bsl": flows.fee_bsl(act(), holder=alice, bousol_cents=cents, scheme=terms.scheme),
        "donation_eur": flows.donation_eur(act(), euros_cents=cents),
        "placement": flows.placement(act(), euros_cents=cents),
        "placement_ended": flows.placement_ended(act(), euros_cents=cents),
        "interest": flows.interest(act(), euros_cents=cents),
        "bonus_fund": flows.bonus_fund(act(), euros_cents=cents, bonus=bonus, bank_line=fresh()),
        "bonus_return": flows.bonus_return(act(), euros_cents=cents, bonus=bonus),
        "operating_receipt": flows.operating_receipt(act(), euros_cents=cents, income=SUBSIDY),
        "operating_expense": flows.operating_expense(act(), euros_cents=cents, cost=EXPENSE),
        "bank_charge": flows.bank_charge(act(), euros_cents=cents, bank_line=fresh()),
    }


def correcting(book: Book, terms: Terms, cents: int) -> Examples:
    issued = terms.scheme.issue(20 * cents).bousol_cents
    found = {
        "reversal": flows.reversal(
            act(),
            original=Recorded(
                PAYMENT_SEQ,
                fresh(),
                Kind.P2P,
                (Transfer(book["BSL.W.alice"], book["BSL.W.bob"], cents),),
            ),
        ),
        "opening": flows.opening(
            act(),
            accounts=[Transfer(GUAR, CIRC, issued if terms.scheme.sponsored else 20 * cents)],
            holders=[Share(book["BSL.W.alice"], issued - 1), Share(PAPER, 1)],
            scheme=terms.scheme,
        ),
    }
    if not terms.scheme.sponsored:  # A sponsored scheme leaves nothing to sweep.
        found["sweep"] = flows.sweep(act(), remainder=21 * cents, claimable=20, scheme=terms.scheme)
    return found
