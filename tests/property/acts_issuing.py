"""What the issuer and its comptoirs do in the town: euros in, notes, cash, swaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import flows
from ledger.chart import AccountClass as A
from ledger.chart import single_account
from ledger.conversion import Mode
from ledger.flows.accounts import NOTES_TRANSIT, NOTES_VAULT, TRANSIT
from tests.property.town import ONE, TWENTY

if TYPE_CHECKING:
    from ledger.flows import Terms
    from ledger.journal import JournalEntry
    from tests.property.town import Chooser, World

EXPENSE = single_account(A.EXPENSE)


def cents(world: World, choose: Chooser, account: int | None = None) -> int:
    """An amount that is usually affordable, sometimes all there is, sometimes more."""
    available = world.balance(account) if account else 50_00
    return choose.pick(
        (choose.number(1, 40_00), choose.number(1, max(1, available)), max(1, available))
    )


def _terms(w: World, choose: Chooser) -> Terms:
    return w.terms(mode=choose.pick((Mode.TRANCHE, Mode.TRANCHE, Mode.LINEAR)))


def buy(w: World, c: Chooser) -> JournalEntry:
    holder = c.pick(w.wallets + w.merchants)
    euros = c.number(1, 200_00)
    return flows.issue_transfer(
        w.act(), euros_cents=euros, holder=holder, bank_line=w.uid(), terms=w.terms()
    )


def suspense_in(w: World, c: Chooser) -> JournalEntry:
    return flows.suspense_in(w.act(), euros_cents=c.number(1, 100_00), bank_line=w.uid())


def suspense_match(w: World, c: Chooser) -> JournalEntry:
    return flows.suspense_match(
        w.act(),
        euros_cents=c.number(1, 50_00),
        holder=c.pick(w.wallets),
        receipt=w.uid(),
        terms=w.terms(),
    )


def suspense_programme(w: World, c: Chooser) -> JournalEntry:
    return flows.suspense_match_programme(
        w.act(), euros_cents=c.number(1, 50_00), programme=c.pick(w.programmes), receipt=w.uid()
    )


def suspense_return(w: World, c: Chooser) -> JournalEntry:
    return flows.suspense_return(w.act(), euros_cents=c.number(1, 50_00), receipt=w.uid())


def note_print(w: World, c: Chooser) -> JournalEntry:
    return flows.note_print(w.act(), notes={TWENTY: c.number(1, 50), ONE: c.number(1, 90)})


def note_move(w: World, c: Chooser) -> JournalEntry:
    to, source = c.pick(
        ((w.stock, NOTES_VAULT), (NOTES_VAULT, w.stock), (NOTES_VAULT, w.returns),
         (NOTES_TRANSIT, NOTES_VAULT), (w.stock, NOTES_TRANSIT))
    )  # fmt: skip
    notes = {TWENTY: c.number(1, 20), ONE: c.number(1, 40)}
    return flows.note_move(w.act(), notes=notes, to=to, source=source)


def note_destroy(w: World, c: Chooser) -> JournalEntry:
    return flows.note_destroy(w.act(), notes={TWENTY: c.number(1, 9)})


def sell_paper(w: World, c: Chooser) -> JournalEntry:
    tranches = c.number(1, 3)
    return flows.issue_cash_paper(
        w.act(),
        euros_cents=tranches * 20_00,
        notes={TWENTY: tranches, ONE: tranches},
        cash=w.cash,
        stock=w.stock,
        terms=_terms(w, c),
    )


def sell_wallet(w: World, c: Chooser) -> JournalEntry:
    return flows.issue_cash_wallet(
        w.act(),
        euros_cents=c.number(1, 40_00),
        holder=c.pick(w.wallets),
        cash=w.cash,
        terms=w.terms(),
    )


def cash_remit(w: World, c: Chooser) -> JournalEntry:
    return flows.cash_remit(w.act(), euros_cents=cents(w, c, w.cash), cash=w.cash)


def cash_banked(w: World, c: Chooser) -> JournalEntry:
    return flows.cash_banked(w.act(), bank_line=w.uid(), reserve_cents=cents(w, c, TRANSIT))


def cash_shortage(w: World, c: Chooser) -> JournalEntry:
    missing_from = c.pick((TRANSIT, w.cash))
    return flows.cash_shortage(
        w.act(), euros_cents=c.number(1, 9_00), missing_from=missing_from, receivable=w.receivable
    )


def shortage_recovered(w: World, c: Chooser) -> JournalEntry:
    return flows.shortage_recovered(w.act(), euros_cents=c.number(1, 5_00), receivable=w.receivable)


def shortage_lost(w: World, c: Chooser) -> JournalEntry:
    return flows.shortage_written_off(
        w.act(), euros_cents=c.number(1, 5_00), receivable=w.receivable
    )


def swap_in(w: World, c: Chooser) -> JournalEntry:
    notes = {TWENTY: c.number(1, 2), ONE: c.number(1, 3)}
    return flows.swap_in(
        w.act(), notes=notes, holder=c.pick(w.wallets + w.merchants), returns=w.returns
    )


def swap_out(w: World, c: Chooser) -> JournalEntry:
    return flows.swap_out(
        w.act(), notes={ONE: c.number(1, 9)}, holder=c.pick(w.wallets), stock=w.stock
    )
