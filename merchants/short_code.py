"""The short code of a payment: KM 47, said "K M, quarante-sept", the same on both screens.

It lets two people compare one payment across a counter. It names nothing: 52,900 codes come round
again, and only the entry's id finds an entry.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from uuid import UUID

LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""No I, O or Q, which are read as 1 and 0."""
_CODES: Final = len(LETTERS) ** 2 * 100

_FRENCH: Final = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf",
    "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize",
)  # fmt: skip
_FRENCH_STEPS: Final = {
    10: "dix",
    20: "vingt",
    30: "trente",
    40: "quarante",
    50: "cinquante",
    60: "soixante",
    80: "quatre-vingt",
}
"""The language counts in tens to sixty, and in twenties from there."""
_SIXTY: Final = 60
_ENGLISH: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip
_ENGLISH_TENS: Final = (
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip


def short_code(entry: UUID) -> str:
    """Two letters and two digits from the SHA-256 of an entry's id, such as "KM47"."""
    number = int.from_bytes(sha256(entry.bytes).digest()) % _CODES
    letters, digits = divmod(number, 100)
    first, second = divmod(letters, len(LETTERS))
    return f"{LETTERS[first]}{LETTERS[second]}{digits:02}"


def written(code: str) -> str:
    """In pairs, as it is shown: "KM 47"."""
    return f"{code[:2]} {code[2:]}"


def spoken(code: str, language: Literal["fr", "en"]) -> str:
    """In pairs, as it is said: "K M, quarante-sept"; 07 is "zéro sept"."""
    say = _french if language == "fr" else _english
    digits = code[2:]
    number = f"{say(0)} {say(int(digits))}" if digits[0] == "0" else say(int(digits))
    return f"{code[0]} {code[1]}, {number}"


def _french(number: int) -> str:
    """0 to 99 in the spelling of 1990: every part joined by a hyphen."""
    if number < len(_FRENCH):
        return _FRENCH[number]
    rest = number % (10 if number < _SIXTY else 20)
    step = _FRENCH_STEPS[number - rest]
    if rest == 0:
        return f"{step}s" if step == "quatre-vingt" else step
    joined = "-et-" if rest in {1, 11} and step != "quatre-vingt" else "-"
    return f"{step}{joined}{_french(rest)}"


def _english(number: int) -> str:
    if number < len(_ENGLISH):
        return _ENGLISH[number]
    tens, units = divmod(number, 10)
    word = _ENGLISH_TENS[tens - 2]
    return f"{word}-{_ENGLISH[units]}" if units else word
