"""Earmarked money: a programme holds euros; Bou'Sols come into being at disbursement, in lots.

A public body never holds the currency: its euros wait in a programme account, and each award is
issued to its beneficiary (domain model, 0, point 7).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ledger.flows.accounts import GUAR, ISSUED
from ledger.flows.act import given_back, issued, total
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from ledger.flows.act import Act, Terms
    from ledger.lots import Share


def programme_fund(act: Act, *, euros_cents: int, programme: int, bank_line: UUID) -> JournalEntry:
    """A CCAS pays 400.00 EUR into its programme, or a member 60.00 into a food fund (F-12, F-31).

    No Bou'Sol comes into being: money of a programme that is not spent is no currency.
    """
    return act.entry(Kind.PROGRAMME_FUND, Transfer(GUAR, programme, euros_cents), once=bank_line)


def programme_return(act: Act, *, euros_cents: int, programme: int) -> JournalEntry:
    """59.52 EUR that were not spent go back to the CCAS (F-17, last step)."""
    return act.entry(Kind.PROGRAMME_RETURN, Transfer(programme, GUAR, euros_cents))


def aid_batch(
    act: Act,
    *,
    awards_euros_cents: Sequence[int],
    programme: int,
    awards: int,
    batch: UUID,
    terms: Terms,
) -> JournalEntry:
    """8 awards of 50.00 EUR issue 420.00 BSL into the batch's own account (F-13, F-31, step 1).

    Each award is converted for itself, rounded down; all or nothing. The lots follow, one
    `aid_award` each, and leave the account of the batch at 0.

    Args:
        act: its document is the decision.
        awards_euros_cents: the euros of each award, as notified.
        programme: account debited, which must hold them all.
        awards: account of this batch.
        batch: may happen once.
        terms: those at which each `aid_award` is reckoned too.
    """
    lines = [terms.issue(euros_cents) for euros_cents in awards_euros_cents]
    all_of_it = total(lines)
    return act.entry(
        Kind.AID_BATCH,
        *issued(all_of_it, terms, source=programme, holder=awards),
        once=batch,
        remainder=all_of_it.remainder,
        lines=len(lines),
    )


def aid_award(
    act: Act, *, euros_cents: int, awards: int, lot: int, award: UUID, terms: Terms
) -> JournalEntry:
    """One award of 50.00 EUR of a batch reaches its lot as 52.50 BSL (F-13, F-18, step 2).

    Args:
        act: its document is the decision.
        euros_cents: of this award, as in the batch.
        awards: account of the batch.
        lot: account of the award, with its rule and its expiry.
        award: may happen once.
        terms: those of the batch.
    """
    bousol_cents = terms.issue(euros_cents).bousol_cents
    return act.entry(Kind.AID_AWARD, Transfer(awards, lot, bousol_cents), once=award)


def aid_expire(act: Act, *, lots: Sequence[Share], programme: int, terms: Terms) -> JournalEntry:
    """10.00 and 52.50 BSL of lapsed aid are 59.52 EUR of the programme again, R + 8 (F-17).

    Only if the award's decision says that aid lapses; otherwise it is released. In a sponsored
    scheme 62.50 BSL give back 59.52 to the programme and 2.98 to the fund of the sponsor.

    Args:
        act: its document is the clause of the decision.
        lots: expired ones of one programme, each with its balance, issued at the same terms.
        programme: account credited.
        terms: those at which the lots were issued.
    """
    lines = [terms.take_back(cents) for _, cents in lots]
    all_of_it = total(lines)
    return act.entry(
        Kind.AID_EXPIRE,
        *(Transfer(lot, ISSUED, cents) for lot, cents in lots),
        *given_back(all_of_it, terms, to=programme),
        remainder=all_of_it.remainder,
        lines=len(lines),
    )


def aid_release(act: Act, *, lot: Share, wallet: int) -> JournalEntry:
    """Expired aid under a civil mandate loses its earmark: 10.00 are the holder's own (F-17)."""
    return act.entry(Kind.AID_RELEASE, Transfer(lot.account, wallet, lot.cents))


def cse_disburse(
    act: Act, *, grants: Sequence[Share], source: int, batch: UUID, terms: Terms
) -> JournalEntry:
    """1,000.00 EUR of a works council are 105.00 BSL in each of ten lots (F-18).

    Each grant is converted for itself, rounded down; all or nothing.

    Args:
        act: its document is the order of the works council.
        grants: the lot of each employee and its euros; or the account of a batch, as often as it
            has grants, each of which then reaches its lot by `aid_award`.
        source: programme account funded before, or GUAR for euros of a bank line.
        batch: may happen once: the batch, or the bank line that GUAR received.
        terms: at which the euros are converted.
    """
    lines = [terms.issue(euros_cents) for _, euros_cents in grants]
    all_of_it = total(lines)
    *paid_in, _ = issued(all_of_it, terms, source=source, holder=ISSUED)
    credited: dict[int, int] = defaultdict(int)
    for (account, _), line in zip(grants, lines, strict=True):
        credited[account] += line.bousol_cents
    return act.entry(
        Kind.CSE_DISBURSE,
        *paid_in,
        *(Transfer(ISSUED, account, cents) for account, cents in credited.items()),
        once=batch,
        remainder=all_of_it.remainder,
        lines=len(lines),
    )
