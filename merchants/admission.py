"""How a business becomes a prestataire agréé, and what may become of one: rules, no rows.

candidate > approved > (suspended | frozen) > closing > closed. A decision is proposed by one person
and confirmed by another; only a freeze holds from its first half on, for a while. An approval ends
on a day, and nothing changes by itself then: it is renewed, or the merchant is closed. Source:
domain model, 4, 8 and F-28.
"""

from __future__ import annotations

import hashlib
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from stdnum import iban
from stdnum.fr import siret

from merchants.refusals import (
    CharterOutdated,
    ConventionMissing,
    IbanWrong,
    SiretWrong,
    StandingMisfit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

CHARTER: Final = "2026-1"
"""The version of the charter that is signed now."""


class MerchantClass(StrEnum):
    """What a candidate is before the law; a public body is paid in euros and holds nothing."""

    MERCHANT = "merchant"
    ASSOCIATION = "association"
    PUBLIC = "public"


class Status(StrEnum):
    """Where a merchant stands."""

    CANDIDATE = "candidate"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    FROZEN = "frozen"
    CLOSING = "closing"
    CLOSED = "closed"
    REFUSED = "refused"


class What(StrEnum):
    """What may be decided of a merchant."""

    APPROVE = "approve"
    RENEW = "renew"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESUME = "resume"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    CLOSE = "close"


_S, _W = Status, What
_STEPS: Final[Mapping[What, Mapping[Status, Status]]] = {
    _W.APPROVE: {_S.CANDIDATE: _S.APPROVED},
    _W.RENEW: {_S.APPROVED: _S.APPROVED, _S.SUSPENDED: _S.SUSPENDED},
    _W.REFUSE: {_S.CANDIDATE: _S.REFUSED},
    _W.SUSPEND: {_S.APPROVED: _S.SUSPENDED},
    _W.RESUME: {_S.SUSPENDED: _S.APPROVED},
    _W.FREEZE: {_S.APPROVED: _S.FROZEN, _S.SUSPENDED: _S.FROZEN, _S.CLOSING: _S.FROZEN},
    _W.UNFREEZE: {_S.FROZEN: _S.FROZEN},
    _W.CLOSE: {_S.APPROVED: _S.CLOSING, _S.SUSPENDED: _S.CLOSING},
}
OPEN, RECEIVES_NOTHING, MOVES_NOTHING, CLOSED = range(4)
"""What the ledger knows of an account (ledger.set_status)."""
ACCOUNT_STATUS: Final[Mapping[Status, int]] = {
    _S.APPROVED: OPEN,
    _S.SUSPENDED: RECEIVES_NOTHING,
    _S.CLOSING: RECEIVES_NOTHING,
    _S.FROZEN: MOVES_NOTHING,
    _S.CLOSED: CLOSED,
}
"""Of a merchant's account, by where the merchant stands: refunds leave it but when frozen."""
STANDING: Final = frozenset(ACCOUNT_STATUS) - {_S.CLOSED}
"""Those that have tills, a profile and a name nobody else may take."""


_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a merchant stands, and where a freeze leads back to.

    `frozen_until` is None for a freeze that a second person has confirmed.
    """

    status: Status
    frozen_from: Status | None = None
    frozen_until: datetime | None = None

    def has_run_out(self, at: datetime) -> bool:
        """Whether this is a freeze that nobody confirmed in time."""
        return self.frozen_until is not None and self.frozen_until <= at

    def at(self, at: datetime) -> Standing:
        """Where the merchant stands at an instant: a freeze may have run out by itself."""
        return self.thawed() if self.has_run_out(at) else self

    def thawed(self) -> Standing:
        """Where the end of the freeze leads back to."""
        assert self.frozen_from is not None, self
        return Standing(self.frozen_from)

    def after(self, what: What, *, frozen_until: datetime | None = None) -> Standing:
        """Where a decision leads.

        Raises:
            StandingMisfit: not from here.
        """
        target = _STEPS[what].get(self.status)
        if target is None:
            raise StandingMisfit(self.status)
        if what is What.UNFREEZE:
            return self.thawed()
        if target is Status.FROZEN:
            return Standing(target, self.status, frozen_until)
        return Standing(target)


def payable_status(status: Status) -> int:
    """Of the account of euros owed to a merchant: they are paid, unless nothing moves."""
    return MOVES_NOTHING if status is Status.FROZEN else OPEN


def takes_away(before: Status, after: Status) -> bool:
    """Whether a step leaves the merchant fewer rights: then the ledger hears of it first."""
    return ACCOUNT_STATUS[after] > ACCOUNT_STATUS[before]


def read_siret(text: str) -> str:
    """The 14 digits of an establishment, their check digits verified.

    Raises:
        SiretWrong: no establishment can have them.
    """
    digits: str = siret.compact(text)
    if not digits.isascii() or not siret.is_valid(digits):
        raise SiretWrong
    return digits


def read_iban(text: str) -> str:
    """A bank account's number in capital letters without spaces.

    Raises:
        IbanWrong: no account can have it.
    """
    compact: str = iban.compact(text)
    if not compact.isascii() or not iban.is_valid(compact):
        raise IbanWrong
    return compact


def check_papers(merchant_class: MerchantClass, *, charter: str, convention: UUID | None) -> None:
    """The charter is the one in force; a public body names the convention that allows it (LR-08).

    Raises:
        CharterOutdated, ConventionMissing: as said.
    """
    if charter != CHARTER:
        raise CharterOutdated(CHARTER)
    if merchant_class is MerchantClass.PUBLIC and convention is None:
        raise ConventionMissing


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return day.replace(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def renewed_until(until: date | None, today: date, months: int) -> date:
    """The end of an approval that is renewed: from its end on, or from today once that is past."""
    return months_after(max(until or today, today), months)


def folded(text: str) -> str:
    """A text as it is searched: small letters without accents, nothing that does not print."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join("".join(c if c.isprintable() else " " for c in bare).split())


def tidied(text: str) -> str:
    """A text as it is stored: NFC, no control or invisible sign but the ends of lines."""
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def version_of(*facts: object) -> str:
    """What tells two states of a row apart, for who changes it."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def masked_iban(text: str) -> str:
    """FR76 •••• 189: who knows it recognises it, who looks on learns nothing."""
    return "\N{NO-BREAK SPACE}".join((text[:4], "••••", text[-3:]))
