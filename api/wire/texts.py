"""Texts that people and their programs send, each with its bound."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from admin.aid.lists import CELL_CHARACTERS_MAX, file_number

UNSEEN: Final = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
"""Controls and what has no width or turns the line around, for a class of a pattern.

A reader takes what others wrote for what it looks like: a sign that turns the line would show
another number than the one that is stored.
"""
SEEN: Final = rf"^[^{UNSEEN}]*$"
SEEN_SOME: Final = rf"^[^{UNSEEN}]*[^\s{UNSEEN}][^{UNSEEN}]*$"
"""One line whose signs are all seen, and the same with something on it."""
SEEN_LINES: Final = rf"^(?:[^{UNSEEN}]|\n)+$"
"""Lines of them, as an address has."""
Label = Annotated[
    str,
    Field(
        min_length=1,
        max_length=60,
        pattern=SEEN,
        description="How its owner recognises it.",
    ),
]
"""A name somebody gives to a thing of theirs."""
PersonName = Annotated[str, Field(min_length=1, max_length=120, pattern=SEEN_SOME)]
"""How a human being is called."""


_PASTED: Final = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
"""A file's number may be pasted out of a spreadsheet: what is not seen in it is left out."""


def _file_number(typed: str) -> str:
    number = file_number(typed)
    if not number:
        raise PydanticCustomError("missing", "signs that do not show are no number")
    return number


FileNumber = Annotated[
    str,
    Field(
        min_length=1,
        max_length=CELL_CHARACTERS_MAX,
        pattern=_PASTED,
        description="The sponsor's own number of the file.",
    ),
    AfterValidator(_file_number),
]
"""A file's number as a list would have it."""
Identifier = Annotated[
    str,
    Field(
        min_length=3,
        max_length=254,
        pattern=r"^[^\x00-\x20\x7f]+$",
        description="What a login is found by, such as an e-mail address.",
    ),
]
"""What a login is found by."""
Password = Annotated[str, Field(min_length=1, max_length=256)]
"""A password as it was typed; what it must be is `password_length` and `password_guessable`."""
Pin = Annotated[str, Field(pattern="^[0-9]{4,6}$")]
"""The secret number of a card."""
OneTimeCode = Annotated[
    str, Field(pattern="^[0-9]{6}$", description="From an authenticator application.")
]
"""A second factor of the moment."""
Secret = Annotated[str, Field(min_length=1, max_length=128, pattern="^[A-Za-z0-9_-]+$")]
"""A token that a machine made."""
PasskeyAnswer = Annotated[
    str,
    Field(
        min_length=2,
        max_length=16_384,
        description="What the browser answered: `JSON.stringify(credential)`.",
    ),
]
"""A browser's answer to a challenge, as JSON text."""
