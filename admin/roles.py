"""The closed list of roles, what each may do, and which acts need two persons.

A role is a user acting for a party, from and until. One human being may hold several and acts in
one at a time; where an act needs two persons, they are two human beings, whatever their logins,
their roles or whose deputies they are. Source: domain model, 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from admin.refusals import DeputyUndated, NotAllowed, RoleMisfit, SamePerson

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class PartyClass(StrEnum):
    """What a party is before the law."""

    ISSUER = "issuer"
    SOLISTE = "soliste"
    MERCHANT = "merchant"
    ASSOCIATION = "association"
    PUBLIC = "public"
    SPONSOR = "sponsor"
    CCAS = "ccas"
    WORKS_COUNCIL = "works_council"


class Role(StrEnum):
    """In which quality a user acts."""

    SOLISTE = "SOL"
    MERCHANT = "MER"
    CASHIER = "CSH"
    COMPTOIR = "CPT"
    TREASURER = "TRE"
    MANAGER = "GES"
    VAULT = "VLT"
    AUDITOR = "AUD"
    CASEWORKER = "CIN"
    CCAS_VALIDATOR = "CVA"
    WORKS_COUNCIL = "CSE"
    CASH_OFFICER = "REG"
    SPONSOR = "SPO"
    TECHNICIAN = "ADM"


class Act(StrEnum):
    """What a person may want to do; a route names one of these."""

    SEE_OWN_ACCOUNT = "see_own_account"
    BUY = "buy"
    PAY = "pay"
    SEND = "send"
    BLOCK_ONESELF = "block_oneself"
    PAY_BY_CODE = "pay_by_code"
    REQUEST_PAYMENT = "request_payment"
    SEE_PAYMENT = "see_payment"
    ROTATE_SIGNING_KEY = "rotate_signing_key"
    REFUND = "refund"
    PAY_SUPPLIER = "pay_supplier"
    REFUND_INVOICE = "refund_invoice"
    SEE_INVOICES = "see_invoices"
    SEE_MONTH = "see_month"
    REQUEST_REDEMPTION = "request_redemption"
    SEE_REDEMPTIONS = "see_redemptions"
    APPROVE_REDEMPTION = "approve_redemption"
    EXECUTE_PAYOUTS = "execute_payouts"
    SELL_NOTES = "sell_notes"
    MOVE_NOTES = "move_notes"
    MATCH_BANK_LINES = "match_bank_lines"
    CREDIT_BY_HAND = "credit_by_hand"
    ADMIT_MERCHANT = "admit_merchant"
    FREEZE = "freeze"
    OPEN_COUNTER_ACCOUNT = "open_counter_account"
    BLOCK_CARD = "block_card"
    REISSUE_CARD = "reissue_card"
    RECOVER_LOGIN = "recover_login"
    PRINT_CARDS = "print_cards"
    MOVE_CARDS = "move_cards"
    COUNT_CARDS = "count_cards"
    POST_LETTERS = "post_letters"
    JOIN = "join"
    BOOK_FEE = "book_fee"
    CREATE_PROGRAMME = "create_programme"
    PROPOSE_AWARD = "propose_award"
    APPROVE_AWARD = "approve_award"
    SEE_BENEFICIARIES = "see_beneficiaries"
    SEE_PROGRAMMES = "see_programmes"
    SEE_AWARDS = "see_awards"
    AWARD_AT_DESK = "award_at_desk"
    OPEN_LINE = "open_line"
    EXTEND_AID = "extend_aid"
    PRINT_AID_LETTERS = "print_aid_letters"
    KEEP_MANDATES = "keep_mandates"
    ERASE_BENEFICIARY = "erase_beneficiary"
    RETURN_PROGRAMME = "return_programme"
    SEE_CEILINGS = "see_ceilings"
    SET_CEILING = "set_ceiling"
    JOIN_FUND = "join_fund"
    SEE_FUND = "see_fund"
    SHARE_FUND = "share_fund"
    FUND_CSE_PROGRAMME = "fund_cse_programme"
    REVERSE = "reverse"
    CHANGE_POLICY = "change_policy"
    CLOSE_PERIOD = "close_period"
    EXPORT_BOOKS = "export_books"
    MANAGE_USERS = "manage_users"
    GRANT_ROLE = "grant_role"
    GRANT_CCAS_ROLE = "grant_ccas_role"
    CONFIRM_DECISION = "confirm_decision"
    SETTLE_CLOSING = "settle_closing"
    MANAGE_SHOP = "manage_shop"
    STAND_AT_TILL = "stand_at_till"
    SEE_NOTICES = "see_notices"
    MANAGE_ROLES = "manage_roles"
    CONFIRM_ROLE = "confirm_role"
    SEE_ROLES = "see_roles"
    GIVE_LOGIN_BACK = "give_login_back"
    MANAGE_KEYS = "manage_keys"


_R, _A = Role, Act
_SPONSORS: Final = frozenset({_R.CASEWORKER, _R.CCAS_VALIDATOR, _R.WORKS_COUNCIL, _R.SPONSOR})
"""Those of a sponsor: each sees its own people and no other's."""

OF_THE_CCAS: Final = frozenset({_R.CASEWORKER, _R.CCAS_VALIDATOR})
"""Roles that see beneficiaries: once a CCAS has two persons, they alone give them."""

BUSINESS: Final = frozenset({_R.MERCHANT, _R.CASH_OFFICER})
"""Who answers for a shop's tills: a merchant, or a public body's cash officer."""

MAY: Final[dict[Act, frozenset[Role]]] = {
    _A.SEE_OWN_ACCOUNT: frozenset({_R.SOLISTE, _R.MERCHANT, _R.WORKS_COUNCIL, _R.CASH_OFFICER}),
    _A.BUY: frozenset({_R.SOLISTE, _R.MERCHANT, _R.WORKS_COUNCIL}),
    _A.PAY: frozenset({_R.SOLISTE, _R.MERCHANT}),
    _A.SEND: frozenset({_R.SOLISTE}),
    _A.BLOCK_ONESELF: frozenset({_R.SOLISTE}),
    _A.PAY_BY_CODE: frozenset({_R.SOLISTE}),
    _A.SEE_PAYMENT: frozenset({_R.SOLISTE, _R.MERCHANT, _R.CASHIER, _R.CASH_OFFICER}),
    _A.ROTATE_SIGNING_KEY: frozenset({_R.TECHNICIAN}),
    _A.REQUEST_PAYMENT: frozenset({_R.MERCHANT, _R.CASHIER, _R.CASH_OFFICER}),
    _A.REFUND: frozenset({_R.MERCHANT, _R.CASHIER, _R.CASH_OFFICER}),
    _A.PAY_SUPPLIER: frozenset({_R.MERCHANT}),
    _A.REFUND_INVOICE: frozenset({_R.MERCHANT}),
    _A.SEE_INVOICES: frozenset({_R.MERCHANT, _R.CASH_OFFICER}),
    _A.SEE_MONTH: frozenset({_R.MERCHANT}),
    _A.REQUEST_REDEMPTION: frozenset({_R.MERCHANT}),
    _A.SEE_REDEMPTIONS: frozenset({_R.MERCHANT, _R.TREASURER}),
    _A.APPROVE_REDEMPTION: frozenset({_R.TREASURER}),
    _A.EXECUTE_PAYOUTS: frozenset({_R.TREASURER}),
    _A.SELL_NOTES: frozenset({_R.COMPTOIR}),
    _A.MOVE_NOTES: frozenset({_R.VAULT, _R.TREASURER}),
    _A.MATCH_BANK_LINES: frozenset({_R.TREASURER}),
    _A.CREDIT_BY_HAND: frozenset({_R.TREASURER}),
    _A.ADMIT_MERCHANT: frozenset({_R.MANAGER}),
    _A.FREEZE: frozenset({_R.TREASURER}),
    _A.OPEN_COUNTER_ACCOUNT: frozenset({_R.COMPTOIR, _R.MANAGER}),
    _A.BLOCK_CARD: OF_THE_CCAS | {_R.COMPTOIR, _R.MANAGER},
    _A.REISSUE_CARD: OF_THE_CCAS | {_R.COMPTOIR, _R.MANAGER},
    _A.RECOVER_LOGIN: OF_THE_CCAS | {_R.COMPTOIR, _R.MANAGER},
    _A.PRINT_CARDS: frozenset({_R.MANAGER, _R.VAULT}),
    _A.MOVE_CARDS: frozenset({_R.COMPTOIR, _R.MANAGER, _R.VAULT}),
    _A.COUNT_CARDS: OF_THE_CCAS | {_R.COMPTOIR, _R.MANAGER, _R.VAULT},
    _A.POST_LETTERS: frozenset({_R.MANAGER}),
    _A.JOIN: frozenset({_R.SOLISTE, _R.MERCHANT}),
    _A.BOOK_FEE: frozenset({_R.TREASURER}),
    _A.CREATE_PROGRAMME: frozenset({_R.CCAS_VALIDATOR, _R.WORKS_COUNCIL, _R.SPONSOR}),
    _A.PROPOSE_AWARD: frozenset({_R.CASEWORKER, _R.WORKS_COUNCIL, _R.SPONSOR}),
    _A.APPROVE_AWARD: frozenset({_R.CCAS_VALIDATOR, _R.WORKS_COUNCIL, _R.SPONSOR}),
    _A.SEE_BENEFICIARIES: _SPONSORS,
    _A.SEE_PROGRAMMES: _SPONSORS | {_R.TREASURER},
    _A.SEE_AWARDS: _SPONSORS,
    _A.AWARD_AT_DESK: frozenset({_R.CASEWORKER}),
    _A.OPEN_LINE: frozenset({_R.CCAS_VALIDATOR}),
    _A.EXTEND_AID: frozenset({_R.CCAS_VALIDATOR, _R.WORKS_COUNCIL, _R.SPONSOR}),
    _A.PRINT_AID_LETTERS: OF_THE_CCAS,
    _A.KEEP_MANDATES: OF_THE_CCAS,
    _A.ERASE_BENEFICIARY: frozenset({_R.CCAS_VALIDATOR, _R.WORKS_COUNCIL, _R.SPONSOR}),
    _A.RETURN_PROGRAMME: frozenset({_R.TREASURER}),
    _A.SEE_CEILINGS: frozenset({_R.WORKS_COUNCIL, _R.TREASURER}),
    _A.SET_CEILING: frozenset({_R.TREASURER}),
    _A.JOIN_FUND: frozenset({_R.SOLISTE}),
    _A.SEE_FUND: frozenset({_R.CASEWORKER, _R.CCAS_VALIDATOR, _R.SPONSOR}),
    _A.SHARE_FUND: frozenset({_R.CASEWORKER, _R.SPONSOR}),
    _A.FUND_CSE_PROGRAMME: frozenset({_R.WORKS_COUNCIL}),
    _A.REVERSE: frozenset({_R.TREASURER}),
    _A.CHANGE_POLICY: frozenset({_R.TREASURER}),
    _A.CLOSE_PERIOD: frozenset({_R.TREASURER}),
    _A.EXPORT_BOOKS: frozenset({_R.TREASURER, _R.AUDITOR}),
    _A.MANAGE_USERS: frozenset({_R.TECHNICIAN}),
    _A.GRANT_ROLE: frozenset({_R.TECHNICIAN}),
    _A.GRANT_CCAS_ROLE: frozenset({_R.CCAS_VALIDATOR}),
    _A.CONFIRM_DECISION: frozenset({_R.MANAGER, _R.TREASURER}),
    _A.SETTLE_CLOSING: frozenset({_R.TREASURER}),
    _A.MANAGE_SHOP: frozenset({_R.MERCHANT, _R.CASH_OFFICER}),
    _A.STAND_AT_TILL: frozenset({_R.MERCHANT, _R.CASHIER, _R.CASH_OFFICER}),
    _A.SEE_NOTICES: frozenset({_R.MERCHANT}),
    _A.MANAGE_ROLES: BUSINESS | {_R.TECHNICIAN, _R.CCAS_VALIDATOR},
    _A.CONFIRM_ROLE: frozenset({_R.TREASURER, _R.MANAGER, _R.CASEWORKER, _R.CCAS_VALIDATOR}),
    _A.SEE_ROLES: BUSINESS | _SPONSORS | {_R.TECHNICIAN, _R.TREASURER, _R.MANAGER},
    _A.GIVE_LOGIN_BACK: OF_THE_CCAS | {_R.TECHNICIAN, _R.TREASURER, _R.MANAGER},
    _A.MANAGE_KEYS: BUSINESS,
}
"""Who may do what. A technician has no act that moves money."""

SECOND: Final[dict[Act, frozenset[Role]]] = {
    _A.PAY_SUPPLIER: frozenset({_R.MERCHANT}),
    _A.APPROVE_REDEMPTION: frozenset({_R.TREASURER}),
    _A.MOVE_NOTES: frozenset({_R.VAULT, _R.TREASURER}),
    _A.CREDIT_BY_HAND: frozenset({_R.TREASURER}),
    _A.ADMIT_MERCHANT: frozenset({_R.MANAGER}),
    _A.FREEZE: frozenset({_R.TREASURER, _R.MANAGER}),
    _A.PROPOSE_AWARD: frozenset({_R.CCAS_VALIDATOR, _R.WORKS_COUNCIL, _R.SPONSOR}),
    _A.OPEN_LINE: frozenset({_R.CASEWORKER}),
    _A.RETURN_PROGRAMME: frozenset({_R.TREASURER}),
    _A.SET_CEILING: frozenset({_R.TREASURER}),
    _A.REVERSE: frozenset({_R.TREASURER}),
    _A.CHANGE_POLICY: frozenset({_R.TREASURER, _R.MANAGER}),
    _A.GRANT_ROLE: frozenset({_R.TREASURER, _R.MANAGER}),
    _A.GRANT_CCAS_ROLE: OF_THE_CCAS,
}
"""Acts of which one person does the first half, and another confirms it in one of these roles."""

STAFF: Final = frozenset(Role) - {_R.SOLISTE, _R.MERCHANT, _R.CASHIER}
"""Roles chosen with a second factor only, and granted by two persons."""

_C = PartyClass
ACTS_FOR: Final[dict[Role, frozenset[PartyClass]]] = {
    _R.SOLISTE: frozenset({_C.SOLISTE}),
    _R.MERCHANT: frozenset({_C.MERCHANT, _C.ASSOCIATION}),
    _R.CASHIER: frozenset({_C.MERCHANT, _C.ASSOCIATION, _C.PUBLIC}),
    _R.COMPTOIR: frozenset({_C.MERCHANT, _C.ASSOCIATION, _C.ISSUER}),
    _R.TREASURER: frozenset({_C.ISSUER}),
    _R.MANAGER: frozenset({_C.ISSUER}),
    _R.VAULT: frozenset({_C.ISSUER}),
    _R.AUDITOR: frozenset({_C.ISSUER}),
    _R.CASEWORKER: frozenset({_C.CCAS}),
    _R.CCAS_VALIDATOR: frozenset({_C.CCAS}),
    _R.WORKS_COUNCIL: frozenset({_C.WORKS_COUNCIL}),
    _R.CASH_OFFICER: frozenset({_C.PUBLIC}),
    _R.SPONSOR: frozenset({_C.SPONSOR}),
    _R.TECHNICIAN: frozenset({_C.ISSUER}),
}
"""The classes of party a role acts for."""


GIVES: Final[dict[Role, frozenset[Role]]] = {
    _R.CASHIER: BUSINESS,
    _R.MERCHANT: frozenset({_R.MERCHANT, _R.MANAGER}),
    _R.SOLISTE: frozenset({_R.COMPTOIR, _R.MANAGER}),
}
"""Who gives the roles that one person gives alone; a business does so for its own party."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A user's role for a party; `until` is None while nobody has ended it.

    `person` is the human being behind the login; a login whose person was erased stands for
    itself.
    """

    id: UUID
    user: UUID
    person: UUID | None
    party: int
    role: Role
    since: datetime
    until: datetime | None = None
    deputy_for: UUID | None = None

    def held_at(self, at: datetime) -> bool:
        """Whether the role is held at an instant; `until` itself is no longer in."""
        return self.since <= at and (self.until is None or at < self.until)

    @property
    def human(self) -> UUID:
        """Who this is when two persons are asked for."""
        return self.person or self.user

    def is_same_person(self, other: Grant) -> bool:
        """Whether one human being holds both, by whatever logins."""
        return other.human == self.human or other.user == self.user


def check_may(grant: Grant, act: Act, at: datetime) -> None:
    """A grant held at `at`, in a role that does this act.

    Raises:
        NotAllowed: the role does not, or is not held now.
    """
    if grant.role not in MAY[act] or not grant.held_at(at):
        raise NotAllowed


def check_second(first: Grant, second: Grant, act: Act, at: datetime) -> None:
    """The second half of an act is another human being's, in a role that confirms it.

    Args:
        first: who did the first half; the role need not be held any more.
        second: who confirms.
        act: one that needs two persons.
        at: the instant of the second half.

    Raises:
        NotAllowed: the role does not confirm this act, is not held now, or is another party's.
        SamePerson: one human being did both halves.
    """
    assert first.role in MAY[act], first
    if second.role not in SECOND[act] or not second.held_at(at) or second.party != first.party:
        raise NotAllowed
    if second.is_same_person(first):
        raise SamePerson


def check_giver(new: Grant, by: Grant, at: datetime) -> None:
    """Whoever gives a role alone may: a business its own, the association's staff anybody's.

    Raises:
        NotAllowed: not this one.
    """
    elsewhere = by.role in BUSINESS and by.party != new.party
    if new.role in STAFF or by.role not in GIVES[new.role] or elsewhere or not by.held_at(at):
        raise NotAllowed


def may_end(target: Grant, by: Grant, *, ccas_alone: bool) -> bool:
    """Whether `by` may take a role back; `ccas_alone`: it is of a CCAS with two persons or more."""
    if target.role is Role.SOLISTE:
        return False
    if by.role is Role.TECHNICIAN:
        return not ccas_alone
    theirs = {
        Role.MERCHANT: {Role.MERCHANT, Role.CASHIER},
        Role.CASH_OFFICER: {Role.CASHIER},
        Role.CCAS_VALIDATOR: OF_THE_CCAS,
    }
    return target.party == by.party and target.role in theirs.get(by.role, ())


def check_grant(new: Grant, party_class: PartyClass, deputised: Grant | None = None) -> None:
    """A role acts for a party it fits; a deputy stands in for somebody else, between two days.

    Args:
        new: the grant that is to be made.
        party_class: of the party it acts for.
        deputised: whose deputy it makes, when `new.deputy_for` says so.

    Raises:
        RoleMisfit: no such role acts for a party of this class.
        DeputyUndated: a deputy without an end, or in another role or for another party.
        SamePerson: nobody is their own deputy.
    """
    if party_class not in ACTS_FOR[new.role]:
        raise RoleMisfit
    if deputised is None:
        return
    if new.until is None or (new.role, new.party) != (deputised.role, deputised.party):
        raise DeputyUndated
    if new.human == deputised.human:
        raise SamePerson
