"""Names that people see: written in one way, without tricks, and never the twin of another's.

A payer decides by the name on the screen. So a name holds no invisible or turning sign, no pile
of accents, and its skeleton (what is left when look-alikes are made one, after UTS 39) is compared
with the skeletons of all other merchants.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from merchants.refusals import NameUnusable

if TYPE_CHECKING:
    from collections.abc import Mapping

LENGTH_MIN: Final = 2
LENGTH_MAX: Final = 80
MARKS_MAX: Final = 2
"""Combining marks on one letter: more is a pile that runs over its neighbours."""
FORMULA_SIGNS: Final = "=+-@\t"
_READ_MAX: Final = 4 * LENGTH_MAX
_SIGNS_OF_TRADE: Final = "°®©™"
_REFUSED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "So", "Me"})
"""Controls, formats (the bidirectional ones too), halves of pairs, unassigned; emoji; rings."""


def clean(name: str) -> str:
    """A name as it is stored: NFC, single plain spaces, nothing at either end.

    Raises:
        NameUnusable: `reason` is "length", "sign" (invisible, turning, a picture, half a
            character), "marks" (a pile of accents), "start" (what a spreadsheet computes), or
            "letters" (it has none).
    """
    if len(name) > _READ_MAX:
        raise NameUnusable("length")
    if any(_refused(character) for character in name):
        raise NameUnusable("start" if name[0] in FORMULA_SIGNS else "sign")
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not LENGTH_MIN <= len(text) <= LENGTH_MAX:
        raise NameUnusable("length")
    if text[0] in FORMULA_SIGNS or unicodedata.normalize("NFKC", text[0])[0] in FORMULA_SIGNS:
        raise NameUnusable("start")
    if _is_piled(text):
        raise NameUnusable("marks")
    if not skeleton(text):
        raise NameUnusable("letters")
    return text


def skeleton(name: str) -> str:
    """What two names share that a hurried reader takes for one another; stored and unique.

    Look-alike letters, case, accents, spaces and punctuation make no difference: "Boulangerie
    Delattre" and "B0ulangerie-DeIattre" have the same.
    """
    folded = _bare(_prototyped(unicodedata.normalize("NFKD", name)).casefold())
    return _prototyped(folded).replace("i", "l")


def _refused(character: str) -> bool:
    return character not in _SIGNS_OF_TRADE and unicodedata.category(character) in _REFUSED


def _is_piled(text: str) -> bool:
    marks = 0
    for character in unicodedata.normalize("NFD", text):
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        if marks > MARKS_MAX:
            return True
    return unicodedata.combining(text[0]) > 0


def _bare(text: str) -> str:
    """Letters and digits alone, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isalnum())


def _prototyped(text: str) -> str:
    table = _prototypes()
    return "".join(table.get(character, character) for character in text)


@cache
def _prototypes() -> Mapping[str, str]:
    """The letter each look-alike stands for: a plain one where there is one."""
    # why: 40 ms, for merchants only; it ships no types.
    from confusable_homoglyphs import confusables  # type: ignore[import-untyped]  # noqa: PLC0415

    found: dict[str, str] = {}
    for character, twins in confusables.confusables_data.items():
        if len(character) == 1:
            shapes = [_bare(twin["c"]) for twin in twins]
            found[character] = _prototype(character, [shape for shape in shapes if shape])
    return found


def _prototype(character: str, shapes: list[str]) -> str:
    """A look-alike in plain letters; else the first of its family.

    A plain sign is its own, but for those that UTS 39 maps to another one: 0, 1, I, | and m.
    """
    plain = [shape for shape in shapes if shape.isascii()]
    if character.isascii():
        return plain[0] if character in "01I|m" and plain else character
    return plain[0] if plain else min([character, *shapes])
