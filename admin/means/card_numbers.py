"""The two numbers of a card that people read out: its own, and the one that blocks it.

Both are random, so that they say nothing of when or for whom the card was made, and both end in
check digits: a wrong digit or two neighbours exchanged name no other card.
"""

from __future__ import annotations

import secrets
from typing import Final

from stdnum import damm
from stdnum.iso7064 import mod_97_10

from admin.refusals import UnknownCard

NUMBER_DIGITS: Final = 12
OPPOSITION_DIGITS: Final = 10
_GROUPS: Final = {NUMBER_DIGITS: 4, OPPOSITION_DIGITS: 5}


def new_number() -> str:
    """Eleven random digits and a check digit of Damm's scheme."""
    digits = f"{secrets.randbelow(10**11):011}"
    return digits + damm.calc_check_digit(digits)


def new_opposition() -> str:
    """Eight random digits and the two check digits of ISO 7064 MOD 97-10."""
    digits = f"{secrets.randbelow(10**8):08}"
    return digits + mod_97_10.calc_check_digits(digits)


def spoken(number: str) -> str:
    """A number in groups, as it is printed: 4821 0937 5520, or 12345 67890."""
    size = _GROUPS[len(number)]
    return " ".join(number[i : i + size] for i in range(0, len(number), size))


def read(text: str) -> str:
    """The digits of a number as a person typed it, with its check digits verified.

    Raises:
        UnknownCard: no card can have this number.
    """
    digits = "".join(character for character in text if character not in " .-\u00a0\u202f")
    valid = {NUMBER_DIGITS: damm.is_valid, OPPOSITION_DIGITS: mod_97_10.is_valid}.get(len(digits))
    if valid is None or not (digits.isascii() and digits.isdigit()) or not valid(digits):
        raise UnknownCard
    return digits
