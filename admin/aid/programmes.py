"""What a programme of aid is: its instrument, what its lots become at their end, its formula.

Pure rules. Sources: domain model 4 (how a CCAS decides), 7 (LR-08 to LR-12, LR-19), 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from admin.aid.refusals import (
    ClauseMissing,
    FiliereExcluded,
    NotExtended,
    ProgrammeMisfit,
    ProgrammeShut,
)
from admin.roles import PartyClass

if TYPE_CHECKING:
    from uuid import UUID

PARIS: Final = ZoneInfo("Europe/Paris")
LATEST: Final = date(2999, 12, 31)
"""No end is set after it: the calendar of these machines ends."""
EXCLUDED_OF_CSE: Final = frozenset({"alimentation"})
"""Ordinary food is no gift of a works council (LR-19)."""


class Instrument(StrEnum):
    """By which title a sponsor pays."""

    MANDAT_CIVIL = "mandat_civil"
    SUBVENTION = "subvention"
    CAP = "cap"
    CSE = "cse"
    FOOD_FUND = "food_fund"


class OnExpiry(StrEnum):
    """What becomes of a lot at its end."""

    RETURN = "return"
    """Its euros are the programme's again."""
    RELEASE = "release"
    """It loses its earmark: the money is the holder's own."""


_C = PartyClass
SPONSORS: Final[dict[Instrument, frozenset[PartyClass]]] = {
    Instrument.MANDAT_CIVIL: frozenset({_C.CCAS}),
    Instrument.SUBVENTION: frozenset({_C.CCAS, _C.SPONSOR}),
    Instrument.CAP: frozenset({_C.CCAS}),
    Instrument.CSE: frozenset({_C.WORKS_COUNCIL}),
    Instrument.FOOD_FUND: frozenset({_C.CCAS, _C.SPONSOR}),
}
"""Who may use which instrument."""


def on_expiry(instrument: Instrument, asked: OnExpiry | None, clause: str | None) -> OnExpiry:
    """What becomes of the lots of an instrument (LR-12).

    Under a civil mandate the CCAS has paid once the association has the euros: its aid is
    released, unless a clause of the decision says that it lapses. Every other one returns.

    Args:
        instrument: of the programme.
        asked: what the sponsor wants; None for the rule of the instrument.
        clause: what lets aid lapse under a civil mandate.

    Raises:
        ClauseMissing: a return under a civil mandate names no clause.
        ProgrammeMisfit: only a civil mandate releases.
    """
    mandate = instrument is Instrument.MANDAT_CIVIL
    wanted = asked or (OnExpiry.RELEASE if mandate else OnExpiry.RETURN)
    if wanted is OnExpiry.RELEASE and not mandate:
        raise ProgrammeMisfit
    if wanted is OnExpiry.RETURN and mandate and not clause:
        raise ClauseMissing
    return wanted


def check_sponsor(instrument: Instrument, party_class: PartyClass) -> None:
    """An instrument is used by whom the law gives it to.

    Raises:
        ProgrammeMisfit: another class of sponsor.
    """
    if party_class not in SPONSORS[instrument]:
        raise ProgrammeMisfit


@dataclass(frozen=True, slots=True)
class Formula:
    """Euro-cents of one award by household, never above `most_cents`.

    All three 0 is no formula: the list names each amount.
    """

    first_cents: int = 0
    adult_cents: int = 0
    child_cents: int = 0
    most_cents: int = 0

    @property
    def known(self) -> bool:
        """Whether there is a formula."""
        return self.first_cents > 0

    def of(self, adults: int, children: int) -> int:
        """2 adults and 1 child at 150.00, 75.00 and 75.00 are 300.00, or the most if less."""
        assert adults > 0, adults
        assert children >= 0, children
        more = self.adult_cents * (adults - 1) + self.child_cents * children
        return min(self.first_cents + more, self.most_cents)


@dataclass(frozen=True, slots=True)
class Version:
    """What holds of a programme from `valid_from` on."""

    version: int
    valid_from: datetime
    opens_on: date
    ends_on: date
    aid_days: int
    formula: Formula
    filieres: frozenset[str]
    merchants: frozenset[UUID]
    budget_line: str = ""


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme, with the version in force."""

    id: UUID
    sponsor: int
    instrument: Instrument
    name: str
    convention: UUID
    convention_reference: str
    clause: str | None
    on_expiry: OnExpiry
    account: int
    rule: int
    made_at: datetime
    version: Version


def check_filieres(
    instrument: Instrument, filieres: frozenset[str], excluded: frozenset[str]
) -> None:
    """A works council's gift pays no ordinary food.

    Args:
        instrument: of the programme.
        filieres: eligible ones.
        excluded: those of `EXCLUDED_OF_CSE` and all below them.

    Raises:
        FiliereExcluded: one of them is.
    """
    if instrument is Instrument.CSE and filieres & excluded:
        raise FiliereExcluded


def last_instant(programme: Programme, at: datetime) -> datetime:
    """The last instant of a lot given at `at`: the end of its last civil day in Paris.

    So many days after, for a food fund the end of the next month; never after the programme's
    end, nor, for a CAP, after the calendar year (LR-11).

    Raises:
        ProgrammeShut: the programme does not give on this day.
    """
    today, version = at.astimezone(PARIS).date(), programme.version
    if not version.opens_on <= today <= version.ends_on:
        raise ProgrammeShut
    last = today + timedelta(days=version.aid_days)
    if programme.instrument is Instrument.FOOD_FUND:
        last = _end_of_next_month(today)
    return end_of(min(last, _bound(programme, today)))


def check_extension(programme: Programme, expires: datetime, until: date, today: date) -> datetime:
    """The last instant of a lot that lives until the end of a later day.

    Raises:
        NotExtended: it is not later, is past, or after the programme's end or, for a CAP, after
            the calendar year in which the lot ends (LR-11).
    """
    bound = min(_bound(programme, expires.astimezone(PARIS).date()), LATEST)
    if not today <= until <= bound or end_of(until) <= expires:
        raise NotExtended
    return end_of(until)


def end_of(day: date) -> datetime:
    """The last microsecond of a civil day in Paris."""
    following = datetime.combine(day + timedelta(days=1), time(), PARIS)
    return following - timedelta(microseconds=1)


def _bound(programme: Programme, today: date) -> date:
    ends_on = programme.version.ends_on
    if programme.instrument is Instrument.CAP:
        return min(ends_on, _year_end(today))
    return ends_on


def _year_end(day: date) -> date:
    return date(day.year, 12, 31)


def _end_of_next_month(today: date) -> date:
    months = today.year * 12 + today.month + 1
    return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


WARNINGS: Final = (timedelta(weeks=6), timedelta(weeks=3))
"""How long before its end the holder of a lot is written to."""


def warning_due(expires: datetime, given_at: datetime, warned: int, at: datetime) -> int | None:
    """Which warning is due now, 1 or 2; None when none is.

    A lot that lives less long than a warning's notice is not warned of at once: it was told of when
    it was given. One that ends later than it did is warned of anew, at once if its end is near.
    """
    due = [
        nth
        for nth, notice in enumerate(WARNINGS, 1)
        if nth > warned and given_at <= expires - notice <= at <= expires
    ]
    return max(due, default=None)


def grace_end(
    expires: datetime, restored_at: datetime | None, grace: timedelta, instrument: Instrument
) -> datetime | None:
    """Until when what came back to an expired lot may be spent; None without such a refund (F-16).

    Never, for a CAP, after the calendar year in which the lot ended: what comes back later is the
    programme's again at once (LR-11).

    Args:
        expires: the last instant of the lot.
        restored_at: when a refund last came back to it; None: never.
        grace: the 30 days of the policy.
        instrument: by which the lot was given.
    """
    if restored_at is None or restored_at <= expires:
        return None
    if instrument is not Instrument.CAP:
        return restored_at + grace
    return min(restored_at + grace, end_of(_year_end(expires.astimezone(PARIS).date())))
