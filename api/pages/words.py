"""Words of the screens: French in the templates, English in gettext catalogues beside them.

The French text is the message; `api/locale/en/*.po` holds its English twin, one file for each room
of the screens. The catalogues are read as they are, so that none is out of date in a wheel. A test
fails on a text without its twin, and on a twin without its text.
"""

from __future__ import annotations

import re
from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

if TYPE_CHECKING:
    from api.wire.figures import Language

_LOCALE: Final = files("api") / "locale"
_WIDE: Final = re.compile(r" (?=[:»])|(?<=«) ")
_THIN: Final = re.compile(r" (?=[;?!])")


class French(NullTranslations):
    """The texts as they stand; in French, nothing is one: 0 montant, 1 montant, 2 montants."""

    def gettext(self, message: str) -> str:
        """The text itself."""
        return bound(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The plural begins at two."""
        return bound(msgid2 if n >= 2 else msgid1)  # noqa: PLR2004  # why: two is what it says


@cache
def bound(text: str) -> str:
    """A French text whose lines do not break before `:` `;` `?` `!` nor inside « ».

    Lexique des règles typographiques en usage à l'Imprimerie nationale: a space that does not
    break before the colon and inside the quotation marks, a thin one before the other three.
    """
    return _THIN.sub("\N{NARROW NO-BREAK SPACE}", _WIDE.sub("\N{NO-BREAK SPACE}", text))


@cache
def translations(language: Language) -> NullTranslations:
    """What turns a French text into one of this language."""
    if language == "fr":
        return French()
    whole, compiled = Catalog(locale=language), BytesIO()
    for catalogue in catalogues(language).values():
        for message in catalogue:
            if message.id:
                whole.add(message.id, message.string, context=message.context)
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


def catalogues(language: Language) -> dict[str, Catalog]:
    """Each file of a language's folder by its name."""
    found = {}
    for file in sorted((_LOCALE / language).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".po"):
            with file.open("rb") as text:
                found[file.name] = read_po(text, locale=language)
    return found
