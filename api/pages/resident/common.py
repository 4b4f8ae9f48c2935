"""What a resident's screens share: whether amounts are hidden here, and refusals in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from babel.dates import format_date

from api.accounts.movement_words import name_of
from api.pages.rendering import LOCALES
from api.wire.asking import asked
from api.wire.days import day_of
from api.wire.figures import Figures
from api.wire.problems import problem_of, told
from api.wire.shapes import Amount
from ledger.chart import Commodity
from ledger.kinds import Kind

if TYPE_CHECKING:
    from litestar import Response

    from api.pages.visit import Visit

HIDING_COOKIE: Final = "bousol-montants"
_HIDDEN: Final = "caches"
_INSTANT: Final = timedelta(microseconds=1)


def hides(visit: Visit) -> bool:
    """Whether amounts are hidden on this device."""
    return visit.request.cookies.get(HIDING_COOKIE) == _HIDDEN


def hiding(*, on: bool) -> str:
    """The value of the cookie that hides amounts on a device."""
    return _HIDDEN if on else ""


def said(visit: Visit, error: Exception) -> dict[str, Any]:
    """Title, advice and code of a refusal, in the reader's language."""
    figures = Figures(visit.language, visit.services.settings.currency_symbol)
    return told(problem_of(error), asked(visit.request.scope), figures)


def shown(
    visit: Visit, template: str, *, back: str = "/compte", status: int = 200, **facts: Any
) -> Response[bytes]:
    """A resident's page: every one knows what day it is, where back is, what is hidden.

    Args:
        visit: of the reader.
        template: below `resident/`.
        back: where the arrow leads.
        status: of the answer.
        facts: of the page.
    """
    known: dict[str, Any] = {
        "back": back,
        "hidden": hides(visit),
        "today": day_of(visit.services.clock.now()),
        "named": lambda kind: name_of(Kind[kind.upper()], visit.language),
        "day_of": day_of,
        "civil": partial(_civil, visit),
        "short_month": lambda first: format_date(first, "LLL", locale=LOCALES[visit.language]),
        "iso_month": lambda first: f"{first:%Y-%m}",
        "phone": visit.services.settings.contact_phone,
    }
    return visit.show(f"resident/{template}", status=status, **(known | facts))


def refused(visit: Visit, template: str, error: Exception, **facts: Any) -> Response[bytes]:
    """The same page with why its form was not taken."""
    wrong = said(visit, error)
    return shown(visit, template, status=wrong["status"], wrong=wrong, **facts)


def bousols(visit: Visit, cents: int) -> Amount:
    """An amount of the local currency, as programs write it."""
    return Amount(amount=cents, currency=visit.services.settings.currency_code)


def euros(cents: int) -> Amount:
    """An amount of euros, as programs write it."""
    return Amount(amount=cents, currency=Commodity.EUR.name)


def last_day(expires: datetime) -> date:
    """The last day on which something that ends at an instant may be used."""
    return day_of(expires - _INSTANT)


def _civil(visit: Visit, at: date | datetime, *, year: bool = False) -> str:
    """31 décembre, or with its year; French says the first of a month with letters."""
    day = day_of(at) if isinstance(at, datetime) else at
    shown = str(format_date(day, "d MMMM y" if year else "d MMMM", locale=LOCALES[visit.language]))
    first = day.day == 1 and visit.language == "fr"
    return shown.replace("1 ", "1er ", 1) if first else shown
