"""Every refusal of the ledger: one class and one published code each, in order of precedence.

A refusal is what a person or a race can cause; a bug is never a refusal, it fails an `assert`.
Refusals know no HTTP: api/problems maps codes to status. docs/reference/errors.md lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from uuid import UUID

    from ledger.money import Amount


class Refusal(Exception):
    """Base of every refusal; `code` is published and never changes."""

    code: ClassVar[str]


@dataclass(eq=False)
class PostingRefusal(Refusal):
    """An entry was refused; `key` is its idempotency key.

    `transient` refusals leave the key unused; every other one is final for its key.
    """

    transient: ClassVar[bool] = False
    key: UUID


# Before the entry is looked at -------------------------------------------------------------


@dataclass(eq=False)
class Overloaded(PostingRefusal):
    """The queue is full or the entry waited past its deadline.

    Nothing was sent; ask again after `retry_after_seconds`.
    """

    code: ClassVar[str] = "overloaded"
    transient: ClassVar[bool] = True
    retry_after_seconds: int = 1


class OutcomeUnknown(PostingRefusal):
    """No answer came: the entry may stand or not; ask again with the same key, or close the key."""

    code: ClassVar[str] = "outcome_unknown"
    transient: ClassVar[bool] = True


class KeyConflict(PostingRefusal):
    """This key was used for another request: make a new key for a new act."""

    code: ClassVar[str] = "key_conflict"


class KeyClosed(PostingRefusal):
    """Somebody asked whether this key went through and closed it: make a new key."""

    code: ClassVar[str] = "key_closed"


# The entry as a whole, in this order -------------------------------------------------------


class Stopped(PostingRefusal):
    """The association has stopped this kind of entries: ask again later, with the same key."""

    code: ClassVar[str] = "stopped"
    transient: ClassVar[bool] = True


class MalformedEntry(PostingRefusal):
    """An unknown kind, no transfer, or a column that does not fit: a fault of the caller."""

    code: ClassVar[str] = "malformed_entry"


class TooLate(PostingRefusal):
    """The entry came after its `not_after`: show the payer a new request."""

    code: ClassVar[str] = "too_late"


class PeriodClosed(PostingRefusal):
    """The civil day lies in a closed period: date the entry in an open one."""

    code: ClassVar[str] = "period_closed"


class AlreadyDone(PostingRefusal):
    """What may happen once (an order, an award, a bank line) has happened under another key.

    Show that act.
    """

    code: ClassVar[str] = "already_done"


class OnceClosed(PostingRefusal):
    """What this entry settles was cancelled: ask for a new request."""

    code: ClassVar[str] = "once_closed"


class DocumentMissing(PostingRefusal):
    """This kind needs its source document: name it."""

    code: ClassVar[str] = "document_missing"


class UnknownPolicy(PostingRefusal):
    """No policy has this version: read the policies again."""

    code: ClassVar[str] = "unknown_policy"


class Again(PostingRefusal):
    """It depends on another entry of its batch: the poster asks again, with the same key."""

    code: ClassVar[str] = "again"
    transient: ClassVar[bool] = True


# What an entry may do to the one it names --------------------------------------------------


class OriginMissing(PostingRefusal):
    """A refund or a reversal names the entry it answers to."""

    code: ClassVar[str] = "origin_missing"


class UnknownOrigin(PostingRefusal):
    """No entry has this number."""

    code: ClassVar[str] = "unknown_origin"


class AlreadyReversed(PostingRefusal):
    """The entry was reversed: nothing is left to refund or reverse."""

    code: ClassVar[str] = "already_reversed"


class NotRefundable(PostingRefusal):
    """Only payments between members are refunded; other entries are reversed."""

    code: ClassVar[str] = "not_refundable"


class NotThePayee(PostingRefusal):
    """A refund is paid by the account the payment went to."""

    code: ClassVar[str] = "not_the_payee"


class RefundTooLarge(PostingRefusal):
    """More than this account paid and has not got back: refund at most the rest."""

    code: ClassVar[str] = "refund_too_large"


class NotReversible(PostingRefusal):
    """Reversals, refunds, holds, sweeps and openings are not reversed: write the opposite act."""

    code: ClassVar[str] = "not_reversible"


class AlreadyRefunded(PostingRefusal):
    """The payment was refunded, if only in part: refund the rest instead."""

    code: ClassVar[str] = "already_refunded"


class OriginPeriodClosed(PostingRefusal):
    """The entry lies in a closed period: correct it by a new act in an open one."""

    code: ClassVar[str] = "origin_period_closed"


class NotTheMirror(PostingRefusal):
    """A reversal has the same transfers and remainder, on opposite sides."""

    code: ClassVar[str] = "not_the_mirror"


class CardBlocked(PostingRefusal):
    """This card does not pay: issue a new one."""

    code: ClassVar[str] = "card_blocked"


class PinNeeded(PostingRefusal):
    """Above what a card pays without its PIN: ask for the PIN, with a new key."""

    code: ClassVar[str] = "pin_needed"


# Each transfer, in this order --------------------------------------------------------------


class MalformedAmount(PostingRefusal):
    """Amounts are whole minor units from 1 to 10^12, between two accounts."""

    code: ClassVar[str] = "malformed_amount"


class UnknownAccount(PostingRefusal):
    """An account of the entry does not exist."""

    code: ClassVar[str] = "unknown_account"


class NotInTemplate(PostingRefusal):
    """This kind never moves money between accounts of these classes."""

    code: ClassVar[str] = "not_in_template"


class CommodityMismatch(PostingRefusal):
    """Both sides of a transfer count the same commodity."""

    code: ClassVar[str] = "commodity_mismatch"


class PayerBlocked(PostingRefusal):
    """The paying account is frozen or closed."""

    code: ClassVar[str] = "payer_blocked"


class PayeeBlocked(PostingRefusal):
    """The receiving account is suspended, frozen or closed."""

    code: ClassVar[str] = "payee_blocked"


class LotExpired(PostingRefusal):
    """This earmarked lot has expired: pay with another or with own money."""

    code: ClassVar[str] = "lot_expired"


class LotNotAccepted(PostingRefusal):
    """This earmarked lot may not pay this acceptor: pay with another or with own money."""

    code: ClassVar[str] = "lot_not_accepted"


class LotNotExpired(PostingRefusal):
    """A lot is taken back or released only once it has expired."""

    code: ClassVar[str] = "lot_not_expired"


class InsufficientFunds(PostingRefusal):
    """The account would fall below its floor: pay less, or top up."""

    code: ClassVar[str] = "insufficient_funds"


class CeilingReached(PostingRefusal):
    """The account would pass its ceiling: identify the holder further, or pay in less."""

    code: ClassVar[str] = "ceiling_reached"


# The law, after the entry ------------------------------------------------------------------


class RemainderOutOfBounds(PostingRefusal):
    """The remainder is not the one this conversion leaves."""

    code: ClassVar[str] = "remainder_out_of_bounds"


class LawBroken(PostingRefusal):
    """21 L - 20 C = R >= 0 (or L = C when sponsored) would no longer hold."""

    code: ClassVar[str] = "law_broken"


class SweepTooLarge(PostingRefusal):
    """The surplus swept would leave less than open reversals may claim back."""

    code: ClassVar[str] = "sweep_too_large"


class ReserveShort(PostingRefusal):
    """The euros held would no longer cover what holders are owed: own funds first."""

    code: ClassVar[str] = "reserve_short"


class NotPassedOn(PostingRefusal):
    """A public body holds nothing: what it is paid leaves it in the same entry."""

    code: ClassVar[str] = "not_passed_on"


POSTING_REFUSALS: Final[dict[str, type[PostingRefusal]]] = {
    refusal.code: refusal for refusal in PostingRefusal.__subclasses__()
}
"""The class of each code `ledger.post` may answer."""


# Refusals of the pure rules -------------------------------------------------------------------


@dataclass(eq=False)
class InexactAmount(Refusal):
    """The notes handed out are not worth what is due: count them again, in whole Bou'Sols."""

    code: ClassVar[str] = "inexact_amount"
    offered: Amount
    due: Amount


@dataclass(eq=False)
class BelowMinimum(Refusal):
    """The policy in force asks for more at a time: raise the amount to `minimum`."""

    code: ClassVar[str] = "below_minimum"
    asked: Amount
    minimum: Amount


@dataclass(eq=False)
class AboveMaximum(Refusal):
    """The policy in force allows less at a time: lower the amount to `maximum`."""

    code: ClassVar[str] = "above_maximum"
    asked: Amount
    maximum: Amount


@dataclass(eq=False)
class LotsInsufficient(Refusal):
    """Eligible lots and own money together lack `missing`, so nothing is taken: pay less."""

    code: ClassVar[str] = "lots_insufficient"
    missing: Amount


@dataclass(eq=False)
class RefundAboveRest(Refusal):
    """More than the payment has left to give back: refund at most `rest`."""

    code: ClassVar[str] = "refund_above_rest"
    asked: Amount
    rest: Amount


@dataclass(eq=False)
class CaptureAboveHold(Refusal):
    """More than was held: capture at most `held`, and ask the payer for the rest."""

    code: ClassVar[str] = "capture_above_hold"
    asked: Amount
    held: Amount


@dataclass(eq=False)
class BonusNotForBusinesses(Refusal):
    """The sponsored bonus is for individuals: convert at par."""

    code: ClassVar[str] = "bonus_not_for_businesses"


@dataclass(eq=False)
class BonusFundExhausted(Refusal):
    """The sponsor's fund holds `left`, less than this bonus: wait until it is filled again."""

    code: ClassVar[str] = "bonus_fund_exhausted"
    bonus: Amount
    left: Amount


@dataclass(eq=False)
class RedemptionNotEarned(Refusal):
    """At par, only Bou'Sols received in payment are redeemed: ask for at most `earned`."""

    code: ClassVar[str] = "redemption_not_earned"
    asked: Amount
    earned: Amount


@dataclass(eq=False)
class NothingToSweep(Refusal):
    """What is left of R after open reversals is less than a cent: let it grow."""

    code: ClassVar[str] = "nothing_to_sweep"


@dataclass(eq=False)
class PlacementTooLarge(Refusal):
    """The bank account would fall below the liquid minimum: place at most `free`."""

    code: ClassVar[str] = "placement_too_large"
    asked: Amount
    free: Amount


@dataclass(eq=False)
class OpeningAgainstTheLaw(Refusal):
    """What the list owes holders does not fit what circulates: owe them `due`, own funds first.

    More is own money when the scheme is sponsored; it stays in R when it is symmetric.
    """

    code: ClassVar[str] = "opening_against_the_law"
    owed: Amount
    due: Amount
