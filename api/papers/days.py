"""Days as they stand on paper: "1er mars 2027" in French, "1 March 2027" in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from babel.dates import format_date

if TYPE_CHECKING:
    from datetime import date

    from api.wire.figures import Language

_LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}


def in_words(day: date, language: Language) -> str:
    """The first of a month is an ordinal in French."""
    text = str(format_date(day, "long", locale=_LOCALES[language]))
    return f"1er {text[2:]}" if language == "fr" and day.day == 1 else text


def in_figures(day: date) -> str:
    """01/03/2027, in both languages."""
    return f"{day:%d/%m/%Y}"
