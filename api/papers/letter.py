"""A letter for those with neither e-mail nor phone: A4, the address in a right-hand window.

What shows through the window is the address. The subject is the same for every letter and the text
is that of the message (`admin.messages`): no name, no sum, no word of aid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.papers.days import in_words
from api.papers.sheet import EDGE, INK_2, WIDTH, Sheet, Type

if TYPE_CHECKING:
    from datetime import date

    from api.figures import Language

ADDRESS_LINES_MAX = 6
"""As many as a French envelope has."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter says.

    Attributes:
        sender: lines, the first one in bold; the association or a comptoir, never an aid office.
        address: lines of the window, at most six.
        subject: neutral.
        text: paragraphs apart by an empty line.
        reference: of the message, so that a question can name it.
    """

    sender: tuple[str, ...]
    address: tuple[str, ...]
    subject: str
    text: str
    reference: str
    written_on: date


def letter(facts: LetterFacts, language: Language = "fr") -> bytes:
    """One A4 page as PDF; a text that is too long for it is set smaller."""
    assert 0 < len(facts.address) <= ADDRESS_LINES_MAX, facts.address
    sheet = Sheet(facts.subject, language=language, on=facts.written_on)
    sheet.brand(20, 14, 12)
    name, *rest = facts.sender
    small = Type(10.5, leading=1.4)
    after = sheet.rows(
        sheet.lines_of(name, 80, Type(10.5, bold=True)), 20, 34, Type(10.5, bold=True)
    )
    sheet.rows(rest, 20, after, small)
    for number, line in enumerate(facts.address):
        (shown, *_), look = sheet.fitted(line, (85, 6.2), Type(12.5))
        sheet.put(shown, 110, 52 + number * 6.2, look)
    day = in_words(facts.written_on, language)
    sheet.put(f"Le {day}" if language == "fr" else day, 20, 74, Type(10.5, colour=INK_2))
    sheet.put(facts.reference, 20, 79, Type(9, colour=INK_2))
    sheet.line(0, 99, 5, EDGE)
    _body(sheet, facts)
    return sheet.bytes()


def _body(sheet: Sheet, facts: LetterFacts) -> None:
    sheet.put(facts.subject, 20, 104, Type(22, bold=True))
    look, width, y = Type(12.5), WIDTH - 40, 117.0
    for paragraph in facts.text.strip().split("\n\n"):
        y = sheet.block(paragraph.replace("\n", " "), 20, y, width, look) + 2.6
