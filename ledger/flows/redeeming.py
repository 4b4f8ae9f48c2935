"""Bou'Sols leave the circuit: redeemed by merchants, settled for public bodies, melted, returned.

A resident has no path to euros: every redemption debits a merchant's account or a hold made from
one (domain model, 6, invariant 15). A public body is paid per payment and holds nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.conversion import Scheme, part
from ledger.flows.accounts import CIRC, COMM, DISCOUNT, GUAR, ISSUED, OPER, SURPLUS
from ledger.flows.act import given_back
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind
from ledger.lots import Share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from ledger.flows.act import Act, Terms


def redeem_hold(act: Act, *, merchant: int, held: int, bousol_cents: int) -> JournalEntry:
    """A merchant asks for 105.00: they wait in a hold of this redemption (F-19, step 1)."""
    return act.entry(Kind.REDEEM_HOLD, Transfer(merchant, held, bousol_cents))


def redeem_approve(
    act: Act, *, source: int, payable: int, bousol_cents: int, hold_id: UUID | None, terms: Terms
) -> JournalEntry:
    """105.00 BSL held become 100.00 EUR to pay; 21.00 at 2 % are 19.60 and 0.40 (F-19, F-20).

    The gross is rounded down first, then the commission on it; the merchant gets the rest. In a
    sponsored scheme 21.00 BSL are 21.00 EUR less the commission: at 5 %, 19.95 and 1.05.

    Args:
        act: its document is the request.
        source: account of the hold, or of the merchant when nothing was held.
        payable: account of what is owed to the merchant.
        bousol_cents: all that is held.
        hold_id: settled by this entry, once; None when nothing was held.
        terms: the commission is theirs.
    """
    gross = terms.scheme.redeem(bousol_cents)
    commission_cents = part(gross.euros_cents, terms.commission_ppm)
    return act.entry(
        Kind.REDEEM_APPROVE,
        Transfer(source, ISSUED, bousol_cents),
        Transfer(CIRC, payable, gross.euros_cents - commission_cents),
        Transfer(CIRC, COMM, commission_cents),
        once=hold_id,
        remainder=gross.remainder,
    )


def redeem_refused(act: Act, *, hold_id: UUID, held: Share, merchant: int) -> JournalEntry:
    """The 105.00 held are not redeemed: they are the merchant's again (F-19)."""
    returned = Transfer(held.account, merchant, held.cents)
    return act.entry(Kind.REDEEM_REJECTED, returned, once=hold_id)


def redeem_paid(
    act: Act, *, payables: Sequence[Share], bank_line: UUID, commission_cents: int = 0
) -> JournalEntry:
    """The bank has paid 19.60 EUR; the commission of 0.40 moves to own funds (F-19, F-20).

    Args:
        act: its document is the bank statement.
        payables: what is owed to each merchant paid by this line of the statement.
        bank_line: consumed by this entry.
        commission_cents: kept on these redemptions, from GUAR to OPER.
    """
    return act.entry(
        Kind.REDEEM_PAID,
        *(Transfer(account, GUAR, cents) for account, cents in payables),
        Transfer(OPER, GUAR, commission_cents),
        once=bank_line,
    )


def redeem_bounced(act: Act, *, euros_cents: int, payable: int, bank_line: UUID) -> JournalEntry:
    """The merchant's bank sends 100.00 EUR back: they are owed again (F-19).

    They are paid anew to the right account, or the approval is reversed.
    """
    returned = Transfer(GUAR, payable, euros_cents)
    return act.entry(Kind.REDEEM_REJECTED, returned, once=bank_line)


def closure(
    act: Act, *, merchant: int, to: int = GUAR, bousol_cents: int, scheme: Scheme
) -> JournalEntry:
    """A merchant leaves with 4.50 BSL: 4.28 EUR are paid, R + 12, the account is at 0 (F-28).

    Args:
        act: its document is the decision or the request to leave.
        merchant: account debited.
        to: GUAR when paid at once, or the payable of the merchant.
        bousol_cents: the whole balance; 0.01 BSL gives no euro.
        scheme: par when sponsored.
    """
    gross = scheme.redeem(bousol_cents)
    return act.entry(
        Kind.CLOSURE,
        Transfer(merchant, ISSUED, bousol_cents),
        Transfer(CIRC, to, gross.euros_cents),
        remainder=gross.remainder,
    )


def public_settlement(
    act: Act,
    *,
    shares: Sequence[Share],
    public: int,
    payable: int,
    scheme: Scheme,
    gap_paid_by: int = DISCOUNT,
) -> JournalEntry:
    """5.00 BSL pay a public desk 5.00 EUR: 4.76 of the reserve, 0.24 of own funds, R + 4 (F-29).

    The money passes through the account of the public body, whose rules of acceptance hold, and
    leaves it in the same entry. Paid later: `redeem_paid`.

    Args:
        act: its document is the convention.
        shares: what each lot and the wallet pay, as `lots.plan_payment` says.
        public: account of the public body, 0 before and after.
        payable: account of what is owed to it.
        scheme: par when sponsored, and no gap.
        gap_paid_by: DISCOUNT, or the account of a sponsor's fund.
    """
    price_cents = sum(cents for _, cents in shares)
    gross = scheme.redeem(price_cents)
    gap_cents = price_cents - gross.euros_cents
    own_cents = gap_cents if gap_paid_by == DISCOUNT else 0
    return act.entry(
        Kind.PUBLIC_SETTLEMENT,
        *(Transfer(account, public, cents) for account, cents in shares),
        Transfer(public, ISSUED, price_cents),
        Transfer(CIRC, payable, gross.euros_cents),
        Transfer(gap_paid_by, payable, gap_cents),
        Transfer(GUAR, OPER, own_cents),
        remainder=gross.remainder,
    )


def sdd_return(
    act: Act,
    *,
    euros_cents: int,
    taken_back: Share,
    receivable: int,
    bank_line: UUID,
    terms: Terms,
) -> JournalEntry:
    """A debit of 20.00 EUR bounces, 15.00 BSL were spent: 6.00 come back, 14.29 are owed (F-26).

    Own funds fill the gap at once: D GUAR 14.29 / C OPER 14.29; R + 9.

    Args:
        act: its document is the bank statement.
        euros_cents: what the bank took back.
        taken_back: wallet and what is left there of what the debit bought.
        receivable: account of the claim on the member.
        bank_line: consumed by this entry.
        terms: those of the purchase; a sponsored bonus goes back to the fund.
    """
    returned = terms.take_back(taken_back.cents)
    gap_cents = euros_cents - returned.euros_cents
    assert gap_cents >= 0, "more was taken back than the debit had bought"
    return act.entry(
        Kind.SDD_RETURN,
        Transfer(taken_back.account, ISSUED, taken_back.cents),
        *given_back(returned, terms, to=GUAR),
        Transfer(receivable, GUAR, gap_cents),
        Transfer(GUAR, OPER, gap_cents),
        once=bank_line,
        remainder=returned.remainder,
    )


def melting(act: Act, *, holder: int, bousol_cents: int, scheme: Scheme) -> JournalEntry:
    """5 % of 20.00 melt: 1.00 BSL is 0.95 EUR of own funds, R + 5; off by default (F-37).

    Args:
        act: its document is the announcement.
        holder: wallet or merchant account debited.
        bousol_cents: what melts, such as `part(20_00, 50_000)`.
        scheme: par when sponsored.
    """
    melted = scheme.redeem(bousol_cents)
    return act.entry(
        Kind.MELTING,
        Transfer(holder, ISSUED, bousol_cents),
        Transfer(CIRC, SURPLUS, melted.euros_cents),
        Transfer(OPER, GUAR, melted.euros_cents),
        remainder=melted.remainder,
    )


def dissolution(
    balances_cents: Mapping[int, int], *, reserve_cents: int, issued_cents: int
) -> list[Share]:
    """Each holder's euros at the end: `floor(balance x reserve / C)`, for all alike (F-33).

    With 1,383.66 EUR for 1,452.84 BSL, a balance of 100.00 BSL gets 95.23 EUR. No entry: the
    list is the document of the closures that follow.

    Args:
        balances_cents: of each account of holders, PAPER included.
        reserve_cents: euros held for holders.
        issued_cents: C, the sum of all balances.
    """
    assert sum(balances_cents.values()) == issued_cents > 0, issued_cents
    assert reserve_cents >= 0, reserve_cents
    return [
        Share(account, cents * reserve_cents // issued_cents)
        for account, cents in sorted(balances_cents.items())
    ]
