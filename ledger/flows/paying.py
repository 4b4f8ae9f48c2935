"""Bou'Sols between members: no euro moves, nothing is converted, L, C and R stay where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind
from ledger.money import bousols
from ledger.refusals import CaptureAboveHold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from ledger.flows.act import Act
    from ledger.lots import Share


def payment(act: Act, *, shares: Sequence[Share], merchant: int) -> JournalEntry:
    """A resident pays 30.00, or 32.50 of aid and 7.50 of her own, as one (F-08, F-14, F-15).

    Args:
        act: its `once` is the payment request, if there is one.
        shares: what each lot and the wallet pay, as `lots.plan_payment` says, in that order.
        merchant: account credited.
    """
    paid = (Transfer(account, merchant, cents) for account, cents in shares)
    return act.entry(Kind.PAYMENT, *paid)


def refund(act: Act, *, origin: int, merchant: int, shares: Sequence[Share]) -> JournalEntry:
    """A merchant gives back 4.50 of 30.00, or 10.00 to the aid that paid first (F-09, F-16).

    Args:
        act: the merchant's.
        origin: seq of the payment.
        merchant: account that was paid.
        shares: what each gets back, as `lots.plan_refund` says.
    """
    given = (Transfer(merchant, account, cents) for account, cents in shares)
    return act.entry(Kind.REFUND, *given, origin=origin)


def p2p(act: Act, *, payer: int, payee: int, bousol_cents: int) -> JournalEntry:
    """Alice sends Bob 3.00 of her own money; earmarked money cannot be sent (F-10)."""
    return act.entry(Kind.P2P, Transfer(payer, payee, bousol_cents))


def b2b(act: Act, *, payer: int, payee: int, bousol_cents: int) -> JournalEntry:
    """A merchant pays another 200.00, at par; the act's document is the invoice (F-11)."""
    return act.entry(Kind.B2B, Transfer(payer, payee, bousol_cents))


def donation(act: Act, *, giver: int, association: int, bousol_cents: int) -> JournalEntry:
    """Chloe gives an association 5.00 of her own money (F-22)."""
    return act.entry(Kind.DONATION, Transfer(giver, association, bousol_cents))


def estate_transfer(act: Act, *, deceased: int, heir: int, bousol_cents: int) -> JournalEntry:
    """Of a frozen wallet, 4.71 go to the heir or, as they wish, to the solidarity fund (F-30).

    No euro is paid: unspent aid follows its programme's clause (F-17).

    Args:
        act: its document is the notarial act or certificate.
        deceased: wallet debited.
        heir: wallet of the heir, or account of the solidarity fund.
        bousol_cents: the whole balance.
    """
    return act.entry(Kind.ESTATE_TRANSFER, Transfer(deceased, heir, bousol_cents))


def hold(act: Act, *, payer: int, held: int, bousol_cents: int) -> JournalEntry:
    """20.00 of own money are set aside in an account of their own, which may expire."""
    return act.entry(Kind.HOLD, Transfer(payer, held, bousol_cents))


def hold_capture(
    act: Act, *, hold_id: UUID, held: Share, payee: int, payer: int, bousol_cents: int
) -> JournalEntry:
    """The 20.00 held go back whole, and 15.00 of them are paid in the same entry.

    The payer's own account pays, so that a refund finds it again.

    Args:
        act: whose request the payment is.
        hold_id: settled by this entry, once.
        held: account of the hold and all it holds.
        payee: account paid.
        payer: account the money came from.
        bousol_cents: captured, at most what is held.

    Raises:
        CaptureAboveHold: more is asked than is held.
    """
    if bousol_cents > held.cents:
        raise CaptureAboveHold(bousols(bousol_cents), bousols(held.cents))
    return act.entry(
        Kind.HOLD_CAPTURE,
        Transfer(held.account, payer, held.cents),
        Transfer(payer, payee, bousol_cents),
        once=hold_id,
    )


def hold_release(act: Act, *, hold_id: UUID, held: Share, payer: int) -> JournalEntry:
    """The 20.00 held go back whole: released by the payee, or expired."""
    return act.entry(Kind.HOLD_RELEASE, Transfer(held.account, payer, held.cents), once=hold_id)
