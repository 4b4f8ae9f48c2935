"""Every refusal of the association's rules: one class and one published code each.

They have the shape of the ledger's: fields, no sentences, no HTTP. Where the cause of a failure
would help whoever guesses, several causes share one refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ledger.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.money import Amount


class AdminRefusal(Refusal):
    """Base of what the association's rules refuse."""


# Signing in --------------------------------------------------------------------------------


class BadCredentials(AdminRefusal):
    """Identifier and secret do not belong together, or one is unknown: try again."""

    code: ClassVar[str] = "bad_credentials"


class SignInBusy(AdminRefusal):
    """Too many sign-ins wait to be checked: ask again in a few seconds."""

    code: ClassVar[str] = "sign_in_busy"


@dataclass(eq=False)
class TooManyTries(AdminRefusal):
    """Tries come too fast: ask again after `retry_after_seconds`."""

    code: ClassVar[str] = "too_many_tries"
    retry_after_seconds: int


class SecondFactorNeeded(AdminRefusal):
    """This role is chosen with a passkey, or with a password and a code: give the other half."""

    code: ClassVar[str] = "second_factor_needed"


class BadCode(AdminRefusal):
    """The code is wrong, out of its 30 seconds, or was used: wait for the next one."""

    code: ClassVar[str] = "bad_code"


class BadPasskey(AdminRefusal):
    """The passkey's answer does not verify, or its challenge was answered: begin again."""

    code: ClassVar[str] = "bad_passkey"


class SessionEnded(AdminRefusal):
    """The session was closed, ran out, or its role was taken back: sign in again."""

    code: ClassVar[str] = "session_ended"


class KeyUnusable(AdminRefusal):
    """No key in use has this value: ask the merchant for a new one."""

    code: ClassVar[str] = "key_unusable"


class InvitationUnusable(AdminRefusal):
    """The invitation is unknown, was used, or ran out: ask for a new one."""

    code: ClassVar[str] = "invitation_unusable"


class RecoveryUnusable(AdminRefusal):
    """The recovery is unknown, was used, ran out, or waits for its second person."""

    code: ClassVar[str] = "recovery_unusable"


class IdentifierTaken(AdminRefusal):
    """Another login has this identifier: choose another."""

    code: ClassVar[str] = "identifier_taken"


class IdentifierMissing(AdminRefusal):
    """This login has no identifier yet, and a password is found by one: choose one."""

    code: ClassVar[str] = "identifier_missing"


class LastOwner(AdminRefusal):
    """Nobody else acts for this merchant without an end: invite another owner first."""

    code: ClassVar[str] = "last_owner"


class LastMeans(AdminRefusal):
    """Without this passkey nobody could sign in any more: set a password or add another first."""

    code: ClassVar[str] = "last_means"


@dataclass(eq=False)
class ListFull(AdminRefusal):
    """There are `count_max` in use, and that is the most: end one first."""

    code: ClassVar[str] = "list_full"
    count_max: int


class CodeConfirmed(AdminRefusal):
    """An authenticator application is set up: whoever lost it shows themselves at a counter."""

    code: ClassVar[str] = "code_confirmed"


# Secrets a person chooses ------------------------------------------------------------------


@dataclass(eq=False)
class PasswordLength(AdminRefusal):
    """A password has `characters_min` to `characters_max` characters, of any sort."""

    code: ClassVar[str] = "password_length"
    characters_min: int
    characters_max: int


class PasswordGuessable(AdminRefusal):
    """This password is among the first that are tried: choose several unrelated words."""

    code: ClassVar[str] = "password_guessable"


class PinGuessable(AdminRefusal):
    """A PIN has 4 to 6 digits, which are neither one digit repeated nor a row: choose another."""

    code: ClassVar[str] = "pin_guessable"


class WrongPin(AdminRefusal):
    """Not this PIN; after five wrong ones it is locked."""

    code: ClassVar[str] = "wrong_pin"


class PinLocked(AdminRefusal):
    """Five tries were wrong: a comptoir, the association or the CCAS sets a new PIN."""

    code: ClassVar[str] = "pin_locked"


class ConfirmationInvalid(AdminRefusal):
    """The confirmation is for another act, was altered, or is too old: confirm again."""

    code: ClassVar[str] = "confirmation_invalid"


class ConfirmationSpent(AdminRefusal):
    """The confirmation was used: ask whether its payment went through, or confirm again."""

    code: ClassVar[str] = "confirmation_spent"


# What a role may do ------------------------------------------------------------------------


class NotAllowed(AdminRefusal):
    """No role held at this instant does this act."""

    code: ClassVar[str] = "not_allowed"


class SamePerson(AdminRefusal):
    """This act needs two persons, and both halves are the same one's: ask another, or a deputy."""

    code: ClassVar[str] = "same_person"


class RoleMisfit(AdminRefusal):
    """This role does not act for a party of this class."""

    code: ClassVar[str] = "role_misfit"


class DeputyUndated(AdminRefusal):
    """A deputy stands in for somebody else, from a day until a day: name both."""

    code: ClassVar[str] = "deputy_undated"


# Cards, members, identity ------------------------------------------------------------------


class UnknownCard(AdminRefusal):
    """No card has this number or opposition number: read it again, its last digit checks it."""

    code: ClassVar[str] = "unknown_card"


class CardNotInStock(AdminRefusal):
    """This card does not lie in this comptoir's stock: take one that does."""

    code: ClassVar[str] = "card_not_in_stock"


class CardAlreadyReplaced(AdminRefusal):
    """Another card was already issued for this one: the holder has it, or block that one."""

    code: ClassVar[str] = "card_already_replaced"


class UnknownParty(AdminRefusal):
    """No open account has this number."""

    code: ClassVar[str] = "unknown_party"


@dataclass(eq=False)
class IdentityIncomplete(AdminRefusal):
    """This tier needs more to be known of its holder: `missing` names it."""

    code: ClassVar[str] = "identity_incomplete"
    missing: str


@dataclass(eq=False)
class FactKnown(AdminRefusal):
    """Something else is known of the holder already: `known` names it; replace it on purpose."""

    code: ClassVar[str] = "fact_known"
    known: str


class MembershipMissing(AdminRefusal):
    """Nobody buys without a membership: pay the fee first."""

    code: ClassVar[str] = "membership_missing"


@dataclass(eq=False)
class MembershipLapsed(AdminRefusal):
    """The membership ran out at `since`: spend what is there, pay the fee to buy again."""

    code: ClassVar[str] = "membership_lapsed"
    since: datetime


class MembershipOpen(AdminRefusal):
    """A membership is already asked for: pay its fee."""

    code: ClassVar[str] = "membership_open"


# Redemptions -------------------------------------------------------------------------------


class IbanMissing(AdminRefusal):
    """Euros are paid to a bank account: give its IBAN first."""

    code: ClassVar[str] = "iban_missing"


class NotRedeemable(AdminRefusal):
    """Only merchants and associations redeem: residents spend, a public body is paid in euros."""

    code: ClassVar[str] = "not_redeemable"


class RedemptionDecided(AdminRefusal):
    """The request was approved or rejected meanwhile: look at it again."""

    code: ClassVar[str] = "redemption_decided"


# Buying --------------------------------------------------------------------------------------


class AccountMissing(AdminRefusal):
    """This party has no account that a purchase could fill: open one first."""

    code: ClassVar[str] = "account_missing"


class BankAccountMissing(AdminRefusal):
    """The installation does not say on which bank account it is paid: nobody can buy yet."""

    code: ClassVar[str] = "bank_account_missing"


@dataclass(eq=False)
class OrderAboveCap(AdminRefusal):
    """The account would hold more than its holder's tier allows: order at most `possible`."""

    code: ClassVar[str] = "order_above_cap"
    possible: Amount


class BankReferenceTaken(AdminRefusal):
    """A credit with this reference of the bank was booked or proposed: look at that one."""

    code: ClassVar[str] = "bank_reference_taken"


class BookedAhead(AdminRefusal):
    """The bank cannot have booked it on a day that has not come: look at the statement."""

    code: ClassVar[str] = "booked_ahead"


class CreditDecided(AdminRefusal):
    """This credit was booked, refused or matched meanwhile: look at it again."""

    code: ClassVar[str] = "credit_decided"


class NothingWaits(AdminRefusal):
    """No euros wait here: everything that arrived was credited or returned."""

    code: ClassVar[str] = "nothing_waits"


class NothingFits(AdminRefusal):
    """The account is full for now: spend some of it, or be identified further, and ask again."""

    code: ClassVar[str] = "nothing_fits"


# Person to person ----------------------------------------------------------------------------


class PayeeIsPayer(AdminRefusal):
    """The card is of the account that pays: give the number of somebody else's."""

    code: ClassVar[str] = "payee_is_payer"


class ConfirmationNeeded(AdminRefusal):
    """Above what goes without it, this amount is confirmed with PIN or passkey: confirm it."""

    code: ClassVar[str] = "confirmation_needed"
