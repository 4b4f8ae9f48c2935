"""Every act a person could try in the town: one maker per flow, drawing what it needs.

What is drawn is often impossible on purpose (too much money, another's lot, a closed shop), since
refusals must agree as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ledger import flows
from ledger.chart import AccountClass as A
from ledger.chart import single_account
from ledger.flows.accounts import COMM, GUAR, NOTES_VAULT, OPER, SUBSIDY
from ledger.journal import JournalEntry, Recorded, Transfer
from ledger.kinds import KINDS, Kind
from ledger.lots import Share, Used, plan_refund
from ledger.refusals import OpeningAgainstTheLaw
from tests.property.acts_issuing import (
    buy,
    cash_banked,
    cash_remit,
    cash_shortage,
    cents,
    note_destroy,
    note_move,
    note_print,
    sell_paper,
    sell_wallet,
    shortage_lost,
    shortage_recovered,
    suspense_in,
    suspense_match,
    suspense_programme,
    suspense_return,
    swap_in,
    swap_out,
)
from tests.property.town import FAR, ONE, PAST, TWENTY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.property.town import Chooser, World

EXPENSE = single_account(A.EXPENSE)


def pay(w: World, c: Chooser) -> JournalEntry:
    """Own money, lots or both, eligible or not; sometimes by card."""
    wallet, merchant = c.pick(w.wallets), c.pick(w.merchants)
    shares = [Share(wallet, cents(w, c, wallet))]
    if w.lots and c.number(0, 1):
        chosen = {c.pick(w.lots) for _ in range(c.number(1, 2))}
        shares = [Share(x, cents(w, c, x)) for x in sorted(chosen)] + shares * c.number(0, 1)
    act = w.act(document=False, replan=bool(c.number(0, 4) == 0))
    if c.number(0, 5) == 0:
        act = replace(act, card=c.pick((1, 2, 99)), pin=bool(c.number(0, 1)))
    return flows.payment(act, shares=shares, merchant=merchant)


def refund(w: World, c: Chooser) -> JournalEntry:
    """Of a payment if there is one; the plan is sometimes too large or another merchant's."""
    posted = list(enumerate(w.model.journal, 1))
    paid = [(n, e) for n, e in posted if KINDS[e.kind].refundable]
    origin, first = c.pick((paid or posted)[-12:]) if posted else (1, None)
    merchant = first.transfers[0].credit if first and c.number(0, 9) else w.merchants[0]
    used = [Used(t.debit, t.amount, 0, t.debit in w.lots) for t in first.transfers] if first else []
    whole = sum(u.paid_cents for u in used) or 1
    back = c.number(1, whole)
    shares = plan_refund(back, used=used) if used else (Share(w.wallets[0], back),)
    if c.number(0, 9) == 0:
        shares = tuple(Share(x.account, x.cents + 1) for x in shares)
    return flows.refund(w.act(document=False), origin=origin, merchant=merchant, shares=shares)


def p2p(w: World, c: Chooser) -> JournalEntry:
    payer, payee = c.pick(w.wallets + w.lots[-2:]), c.pick(w.wallets)
    return flows.p2p(
        w.act(document=False), payer=payer, payee=payee, bousol_cents=cents(w, c, payer)
    )


def b2b(w: World, c: Chooser) -> JournalEntry:
    payer, payee = c.pick(w.merchants), c.pick(w.merchants)
    return flows.b2b(w.act(), payer=payer, payee=payee, bousol_cents=cents(w, c, payer))


def donation(w: World, c: Chooser) -> JournalEntry:
    giver = c.pick(w.wallets)
    return flows.donation(
        w.act(), giver=giver, association=w.merchants[2], bousol_cents=cents(w, c, giver)
    )


def estate(w: World, c: Chooser) -> JournalEntry:
    deceased, heir = c.pick(w.wallets), c.pick(w.wallets)
    return flows.estate_transfer(
        w.act(), deceased=deceased, heir=heir, bousol_cents=cents(w, c, deceased)
    )


def hold(w: World, c: Chooser) -> JournalEntry:
    held = w.open(A.HOLD, expires=c.pick((FAR, FAR, PAST)))
    w.holds.append(held)
    payer = c.pick(w.wallets)
    return flows.hold(w.act(), payer=payer, held=held, bousol_cents=cents(w, c, payer))


def _held(w: World, c: Chooser) -> Share:
    account = c.pick(w.holds) if w.holds else w.open(A.HOLD)
    return Share(account, max(1, w.balance(account)))


def hold_capture(w: World, c: Chooser) -> JournalEntry:
    held = _held(w, c)
    return flows.hold_capture(
        w.act(),
        hold_id=UUID(int=held.account << 64),
        held=held,
        payee=c.pick(w.merchants),
        payer=w.wallets[0],
        bousol_cents=c.number(1, held.cents),
    )


def hold_release(w: World, c: Chooser) -> JournalEntry:
    held = _held(w, c)
    return flows.hold_release(
        w.act(), hold_id=UUID(int=held.account << 64), held=held, payer=c.pick(w.wallets)
    )


def programme_fund(w: World, c: Chooser) -> JournalEntry:
    return flows.programme_fund(
        w.act(), euros_cents=c.number(1, 400_00), programme=c.pick(w.programmes), bank_line=w.uid()
    )


def programme_return(w: World, c: Chooser) -> JournalEntry:
    programme = c.pick(w.programmes)
    return flows.programme_return(w.act(), euros_cents=cents(w, c, programme), programme=programme)


def aid_batch(w: World, c: Chooser) -> JournalEntry:
    awards = w.open(A.AWARDS, label=f"B{w.ids}")
    euros = [c.number(1, 60_00) for _ in range(c.number(1, 4))]
    w.batches.append((awards, euros))
    return flows.aid_batch(
        w.act(),
        awards_euros_cents=euros,
        programme=c.pick(w.programmes),
        awards=awards,
        batch=w.uid(),
        terms=w.terms(),
    )


def aid_award(w: World, c: Chooser) -> JournalEntry:
    awards, euros = c.pick(w.batches) if w.batches else (w.open(A.AWARDS), [5_00])
    lot = w.open(A.LOT, party=c.pick((1, 2)), rule=c.pick(w.rules), expires=c.pick((FAR, PAST)))
    w.lots.append(lot)
    which = c.number(0, len(euros) - 1)
    return flows.aid_award(
        w.act(),
        euros_cents=euros[which],
        awards=awards,
        lot=lot,
        award=UUID(int=(awards << 64) + which),
        terms=w.terms(),
    )


def _lot(w: World, c: Chooser) -> Share:
    if not w.lots:
        w.lots.append(w.open(A.LOT, party=1, rule=7, expires=PAST))
    account = c.pick(w.lots)
    return Share(account, max(1, w.balance(account)))


def aid_expire(w: World, c: Chooser) -> JournalEntry:
    lots = sorted({_lot(w, c) for _ in range(c.number(1, 2))})
    return flows.aid_expire(w.act(), lots=lots, programme=c.pick(w.programmes), terms=w.terms())


def aid_release(w: World, c: Chooser) -> JournalEntry:
    return flows.aid_release(w.act(), lot=_lot(w, c), wallet=c.pick(w.wallets))


def cse_disburse(w: World, c: Chooser) -> JournalEntry:
    lots = [w.open(A.LOT, party=2, rule=8, expires=FAR) for _ in range(c.number(1, 3))]
    w.lots += lots
    grants = [Share(lot, c.number(1, 30_00)) for lot in lots]
    source = c.pick((GUAR, *w.programmes))
    return flows.cse_disburse(w.act(), grants=grants, source=source, batch=w.uid(), terms=w.terms())


def redeem_hold(w: World, c: Chooser) -> JournalEntry:
    held = w.open(A.HOLD)
    w.holds.append(held)
    merchant = c.pick(w.merchants)
    return flows.redeem_hold(
        w.act(), merchant=merchant, held=held, bousol_cents=cents(w, c, merchant)
    )


def redeem_approve(w: World, c: Chooser) -> JournalEntry:
    held = _held(w, c)
    source = held.account if c.number(0, 1) else c.pick(w.merchants + w.wallets)
    return flows.redeem_approve(
        w.act(),
        source=source,
        payable=c.pick(w.payables),
        bousol_cents=max(2, held.cents if source == held.account else cents(w, c, source)),
        hold_id=UUID(int=held.account << 64) if source == held.account else None,
        terms=w.terms(commission_ppm=c.pick((0, 20_000))),
    )


def redeem_refused(w: World, c: Chooser) -> JournalEntry:
    held = _held(w, c)
    return flows.redeem_refused(
        w.act(), hold_id=UUID(int=held.account << 64), held=held, merchant=c.pick(w.merchants)
    )


def redeem_paid(w: World, c: Chooser) -> JournalEntry:
    shares = [Share(p, cents(w, c, p)) for p in w.payables[: c.number(1, 2)]]
    commission = c.pick((0, 0, min(40, w.balance(COMM))))
    return flows.redeem_paid(
        w.act(), payables=shares, bank_line=w.uid(), commission_cents=commission
    )


def redeem_bounced(w: World, c: Chooser) -> JournalEntry:
    return flows.redeem_bounced(
        w.act(), euros_cents=c.number(1, 20_00), payable=c.pick(w.payables), bank_line=w.uid()
    )


def closure(w: World, c: Chooser) -> JournalEntry:
    merchant = c.pick(w.merchants)
    return flows.closure(
        w.act(),
        merchant=merchant,
        bousol_cents=max(2, w.balance(merchant)),
        scheme=w.model.scheme,
    )


def public_settlement(w: World, c: Chooser) -> JournalEntry:
    wallet = c.pick(w.wallets)
    shares = [Share(wallet, max(2, cents(w, c, wallet)))]
    if w.lots and c.number(0, 1):
        shares.insert(0, _lot(w, c))
    return flows.public_settlement(
        w.act(), shares=shares, public=w.public, payable=w.payables[0], scheme=w.model.scheme
    )


def sdd_return(w: World, c: Chooser) -> JournalEntry:
    wallet = c.pick(w.wallets)
    euros = c.number(2, 20_00)
    taken = min(w.balance(wallet), euros)
    return flows.sdd_return(
        w.act(),
        euros_cents=euros,
        taken_back=Share(wallet, taken),
        receivable=w.receivable,
        bank_line=w.uid(),
        terms=w.terms(),
    )


def melting(w: World, c: Chooser) -> JournalEntry:
    holder = c.pick(w.wallets + w.merchants)
    return flows.melting(
        w.act(), holder=holder, bousol_cents=c.number(2, 5_00), scheme=w.model.scheme
    )


def reversal(w: World, c: Chooser) -> JournalEntry:
    """Of any entry; the flow refuses some kinds, so the bare mirror is tried as well."""
    if not w.model.journal:
        return suspense_in(w, c)
    seq = c.number(max(1, len(w.model.journal) - 20), len(w.model.journal))
    e = w.model.journal[seq - 1]
    original = Recorded(seq, e.id, e.kind, e.transfers, e.remainder)
    if KINDS[e.kind].reversible:
        return flows.reversal(w.act(), original=original)
    mirror = tuple(Transfer(t.credit, t.debit, t.amount) for t in reversed(e.transfers))
    return w.act().entry(Kind.REVERSAL, *mirror, origin=seq, remainder=-e.remainder)


def fee_eur(w: World, c: Chooser) -> JournalEntry:
    return flows.fee_eur(w.act(), euros_cents=c.number(1, 30_00))


def fee_bsl(w: World, c: Chooser) -> JournalEntry:
    return flows.fee_bsl(
        w.act(), holder=c.pick(w.wallets), bousol_cents=c.number(2, 30_00), scheme=w.model.scheme
    )


def gift(w: World, c: Chooser) -> JournalEntry:
    return flows.issuer_gift(
        w.act(), euros_cents=c.number(1, 3_00), holder=c.pick(w.merchants), terms=w.terms()
    )


def donation_eur(w: World, c: Chooser) -> JournalEntry:
    return flows.donation_eur(w.act(), euros_cents=c.number(1, 30_00))


def placement(w: World, c: Chooser) -> JournalEntry:
    maker = c.pick((flows.placement, flows.placement_ended))
    return maker(w.act(), euros_cents=c.number(1, 90_00))


def interest(w: World, c: Chooser) -> JournalEntry:
    return flows.interest(w.act(), euros_cents=c.number(1, 9_00))


def sweep(w: World, c: Chooser) -> JournalEntry:
    """What may be swept, or, shamelessly, all of it."""
    remainder, claimable = w.model.cover.remainder, w.model.claimable()
    claimable = c.pick((claimable, 0))
    if remainder - claimable < w.model.scheme.rate_issued:
        return suspense_in(w, c)
    return flows.sweep(w.act(), remainder=remainder, claimable=claimable, scheme=w.model.scheme)


def note_loss(w: World, c: Chooser) -> JournalEntry:
    source = c.pick((w.stock, NOTES_VAULT))
    return flows.note_loss(
        w.act(), notes={TWENTY: c.number(1, 2)}, source=source, scheme=w.model.scheme
    )


def note_found(w: World, c: Chooser) -> JournalEntry:
    return flows.note_found(w.act(), notes={TWENTY: 1}, to=w.stock, scheme=w.model.scheme)


def reactivation_paid(w: World, c: Chooser) -> JournalEntry:
    return flows.reactivation_paid(w.act(), euros_cents=c.number(1, 2_00), cash=w.cash)


def reactivation_withheld(w: World, c: Chooser) -> JournalEntry:
    return flows.reactivation_withheld(
        w.act(),
        handed_in={TWENTY: 1},
        handed_out={ONE: c.number(1, 19)},
        returns=w.returns,
        stock=w.stock,
        scheme=w.model.scheme,
    )


def operating(w: World, c: Chooser) -> JournalEntry:
    if c.number(0, 1):
        return flows.operating_receipt(w.act(), euros_cents=c.number(1, 99_00), income=SUBSIDY)
    return flows.operating_expense(w.act(), euros_cents=c.number(1, 30_00), cost=EXPENSE)


def bank_charge(w: World, c: Chooser) -> JournalEntry:
    return flows.bank_charge(w.act(), euros_cents=c.number(1, 5_00), bank_line=w.uid())


def opening(w: World, c: Chooser) -> JournalEntry:
    """What an association brings: its euros, its holders' Bou'Sols, sometimes too many."""
    euros = 20_00 * c.number(1, 3)
    held = euros * 21 // 20 - c.number(0, 2_00)
    accounts = [Transfer(GUAR, 15, euros), Transfer(OPER, 20, 10_00)]
    entry = w.act().entry(
        Kind.OPENING,
        *accounts,
        Transfer(8, w.wallets[0], held),
        remainder=21 * euros - 20 * held + c.pick((0, 0, 0, 1)),
    )
    try:
        holders = [Share(w.wallets[0], held)]
        return flows.opening(w.act(), accounts=accounts, holders=holders, scheme=w.model.scheme)
    except OpeningAgainstTheLaw:
        return entry


def bonus_fund(w: World, c: Chooser) -> JournalEntry:
    return flows.bonus_fund(
        w.act(), euros_cents=c.number(1, 90_00), bonus=w.bonus, bank_line=w.uid()
    )


def nonsense(w: World, c: Chooser) -> JournalEntry:
    """An earlier entry with something wrong in it, under a key of its own."""
    if not w.entries:
        return suspense_in(w, c)
    whole = [e for e in w.entries[-30:] if e.transfers]
    e = replace(c.pick(whole), id=w.uid(), key=w.uid(), once=None)
    first = e.transfers[0]
    wrong = c.pick(("amount", "account", "same", "kind", "document", "remainder", "late", "policy",
                    "guard", "empty", "origin"))  # fmt: skip
    changes: dict[str, dict[str, Any]] = {
        "amount": {"transfers": (first._replace(amount=c.pick((0, -1, 10**12 + 1))),)},
        "account": {"transfers": (*e.transfers, Transfer(first.debit, 999_999, 1))},
        "same": {"transfers": (Transfer(first.debit, first.debit, 1),)},
        "kind": {"kind": c.pick(list(Kind))},
        "document": {"document": None},
        "remainder": {"remainder": e.remainder + c.pick((-1, 1, 20))},
        "late": {"not_after": c.pick((PAST, FAR))},
        "policy": {"policy": c.pick((1, 2, 32_000))},
        "guard": {"expected": (first.debit, c.number(0, 9))},
        "empty": {"transfers": ()},
        "origin": {"origin": c.pick((None, 1, 10**6))},
    }
    return replace(e, **changes[wrong])


def again(w: World, c: Chooser) -> JournalEntry:
    """An earlier entry once more; sometimes its key comes with another request."""
    if not w.entries:
        return suspense_in(w, c)
    e = c.pick(w.entries[-40:])
    return replace(e, request=b"another request!") if c.number(0, 4) == 0 else e


MAKERS: dict[str, Callable[[World, Chooser], JournalEntry]] = {
    maker.__name__: maker
    for maker in (
        buy, suspense_in, suspense_match, suspense_programme, suspense_return, note_print,
        note_move, note_destroy, sell_paper, sell_wallet, cash_remit, cash_banked, cash_shortage,
        shortage_recovered, shortage_lost, swap_in, swap_out, pay, refund, p2p, b2b, donation,
        estate, hold, hold_capture, hold_release, programme_fund, programme_return, aid_batch,
        aid_award, aid_expire, aid_release, cse_disburse, redeem_hold, redeem_approve,
        redeem_refused, redeem_paid, redeem_bounced, closure, public_settlement, sdd_return,
        melting, reversal, fee_eur, fee_bsl, gift, donation_eur, placement, interest, sweep,
        note_loss, note_found, reactivation_paid, reactivation_withheld, operating, bank_charge,
        opening, bonus_fund, nonsense, again,
    )
}  # fmt: skip
"""Every act by its name; all 37 flows are among them, F-33 excepted, which writes no entry."""

EARLY = (
    "bonus_fund",
    "buy",
    "buy",
    "programme_fund",
    "aid_batch",
    "aid_award",
    "note_print",
    "operating",
    "pay",
)
"""What happens often, so that there is money to act with."""
