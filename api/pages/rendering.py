"""Templates into pages: two environments, one for each language, every value escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from babel.dates import format_date, format_time
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.pages import assets
from api.pages.public.shapes import KINDS, OTHER
from api.pages.words import translations
from api.papers import qr
from api.wire.catalogue import LANGUAGES
from api.wire.days import PARIS
from api.wire.figures import Figures
from api.wire.shapes import Sum
from ledger.chart import Commodity
from merchants.short_code import spoken, written

if TYPE_CHECKING:
    from api.wire.figures import Language

LOCALES: Final[dict[Language, str]] = {"fr": "fr_FR", "en": "en_GB"}
_I18N: Final = "jinja2.ext.i18n"
_FIRST: Final = re.compile(r"\b1 ")


def render(template: str, language: Language, symbol: str, **facts: Any) -> bytes:
    """A page."""
    return environment(language, symbol).get_template(template).render(**facts).encode()


@cache
def environment(language: Language, symbol: str) -> Environment:
    """The templates in a language, for a currency with this symbol."""
    made = Environment(
        loader=PackageLoader("api", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_I18N],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # why: the extension adds it
    writer = _Writer(language, Figures(language, symbol))
    made.filters |= {
        "money": writer.money,
        "eur": writer.eur,
        "number": writer.number,
        "day": writer.day,
        "dated": writer.dated,
        "month": writer.month,
        "period": writer.period,
        "hour": writer.hour,
        "when": writer.when,
        "spoken": lambda code: spoken(code, language),
        "code": written,
        "qr": _qr,
    }
    made.globals |= {
        "asset": assets.address,
        "kind_of_branch": lambda branch: KINDS.get(branch, OTHER),
        "language": language,
        "languages": LANGUAGES,
        "symbol": symbol,
        "euro": "€",
    }
    return made


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes figures and times as one reader sees them; civil time is that of Paris."""

    language: Language
    figures: Figures

    def money(self, amount: Sum | int, *, sign: bool = False) -> str:
        """12,60 B or 4,40 €; a bare number is in cents of the local currency."""
        cents, local = (amount, True) if isinstance(amount, int) else _parts(amount)
        shown = self.figures.amount(abs(cents), Commodity.BSL if local else Commodity.EUR)
        if cents < 0:
            return f"−\N{NO-BREAK SPACE}{shown}"
        return f"+\N{NO-BREAK SPACE}{shown}" if sign else shown

    def eur(self, cents: int, *, sign: bool = False) -> str:
        """4,40 €, of euro-cents; with `sign`, which way they go: + 4,40 €."""
        shown = self.money(Sum(amount=abs(cents), currency=Commodity.EUR.name))
        if cents < 0:
            return f"−\N{NO-BREAK SPACE}{shown}"
        return f"+\N{NO-BREAK SPACE}{shown}" if sign and cents else shown

    def number(self, amount: Sum | int) -> str:
        """12,60 without its unit."""
        cents = amount if isinstance(amount, int) else amount.amount
        return self.figures.bousols(cents).rpartition("\N{NO-BREAK SPACE}")[0]

    def day(self, at: datetime | date) -> str:
        """Jeudi 19 novembre."""
        return self._said(_civil(at), "EEEE d MMMM")

    def dated(self, at: datetime | date | str) -> str:
        """19 nov. 2026; of an instant, a day, or a day as 2026-11-19."""
        on = date.fromisoformat(at) if isinstance(at, str) else _civil(at)
        return self._said(on, "d MMM y")

    def month(self, at: datetime | date) -> str:
        """Novembre 2026, as it stands in a sentence."""
        return str(format_date(_civil(at), "LLLL y", locale=LOCALES[self.language]))

    def period(self, text: str) -> str:
        """Mars 2027 for 2027-03, as it stands in a sentence."""
        year, _, month = text.partition("-")
        return self.month(date(int(year), int(month), 1))

    def hour(self, at: datetime) -> str:
        """18:42."""
        return str(format_time(at.astimezone(PARIS), "HH:mm", tzinfo=PARIS, locale="fr_FR"))

    def when(self, at: datetime) -> str:
        """19 nov. 2026, 18:42."""
        return f"{self.dated(at)}, {self.hour(at)}"

    def _said(self, on: date, pattern: str) -> str:
        """The first of a month is an ordinal in French: 1er mars."""
        text = str(format_date(on, pattern, locale=LOCALES[self.language]))
        first = self.language == "fr" and on.day == 1
        return _FIRST.sub("1er ", text, count=1) if first else text


def _parts(amount: Sum) -> tuple[int, bool]:
    return amount.amount, amount.currency != Commodity.EUR.name


def _civil(at: datetime | date) -> date:
    """An instant at the place of the currency; a day is a day everywhere."""
    return at.astimezone(PARIS).date() if isinstance(at, datetime) else at


def _qr(text: str, title: str, level: qr.Level = "M") -> Markup:
    """A code to scan, with a title for those who do not see it; `svg` escapes the title."""
    return Markup(qr.svg(text, level, title=title))  # noqa: S704  why: made of numbers, and escaped there
