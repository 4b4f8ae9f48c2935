"""A food fund's month: everybody pays by their means, everybody gets the same (A16, F-31).

Pure rules. The rule of the programme says what one gets; without one, what is there is shared out.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from admin.aid.lists import CONTRIBUTION_CENTS_MAX, CONTRIBUTION_CENTS_MIN
from admin.aid.refusals import ContributionUnfit, FundMonthFar
from ledger.money import euros

if TYPE_CHECKING:
    from admin.aid.programmes import Formula


class Share(NamedTuple):
    """What each member gets of a fund's free euros, in cents.

    Attributes:
        each: of one member; the same for all.
        total: of all who get one.
        remainder: what stays in the fund; below 0, what must still arrive.
    """

    each: int
    total: int
    remainder: int


def share(free_cents: int, count: int, formula: Formula, before: int | None = None) -> Share:
    """100.00 EUR among 3 members are 33.33 each, and 0.01 stays in the fund.

    Args:
        free_cents: euros of the fund that nothing waits for.
        count: members who get one now.
        formula: of the programme; its first adult is what every member gets, if it says so.
        before: what others got for this month already: whoever comes later gets the same.
    """
    assert free_cents >= 0 <= count, (free_cents, count)
    each = before
    if each is None and formula.known:
        each = min(formula.first_cents, formula.most_cents)
    if each is None:
        each = min(free_cents // count, formula.most_cents) if count else 0
    return Share(each, each * count, free_cents - each * count)


def check_contribution(cents: int) -> None:
    """A member pays 1.00 to 150.00 EUR a month, by their means.

    Raises:
        ContributionUnfit: less, or more.
    """
    if not CONTRIBUTION_CENTS_MIN <= cents <= CONTRIBUTION_CENTS_MAX:
        raise ContributionUnfit(euros(CONTRIBUTION_CENTS_MIN), euros(CONTRIBUTION_CENTS_MAX))


def check_month(period: str, today: date) -> None:
    """This month or the one before it is shared out.

    Raises:
        FundMonthFar: another one.
    """
    if period not in {_month(today, 0), _month(today, -1)}:
        raise FundMonthFar


def bounds(period: str) -> tuple[date, date]:
    """The first day of a month, and of the next one: the bank's day is whose month it was paid."""
    first = date.fromisoformat(f"{period}-01")
    return first, date.fromisoformat(f"{_month(first, 1)}-01")


def _month(day: date, later: int) -> str:
    months = day.year * 12 + day.month - 1 + later
    return f"{months // 12:04}-{months % 12 + 1:02}"
