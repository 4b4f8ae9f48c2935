"""A letter for those with neither e-mail nor phone: A4, the address in a right-hand window.

What shows through the window is the address. The subject is the same for every letter and the text
is that of the message (`admin.telling.messages`): no name, no sum, no word of aid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from api.papers.days import in_words
from api.papers.sheet import EDGE, INK_2, WIDTH, Sheet, Type

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from api.wire.figures import Language

ADDRESS_LINES_MAX: Final = 6
"""As many as a French envelope has."""
_ROOM: Final = 165.0
_GAP: Final = 2.6
_SIZE_MIN: Final = 7.0


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
    """One A4 page as PDF; a text that is too long for it is set smaller, down to 7 points."""
    return letters([(facts, language)])


def letters(batch: Sequence[tuple[LetterFacts, Language]]) -> bytes:
    """Several letters as one PDF, a page each, each in its reader's language."""
    first, language = batch[0]
    sheet = Sheet(first.subject, language=language, on=first.written_on)
    for number, (facts, reads) in enumerate(batch):
        if number:
            sheet.pdf.add_page()
        _page(sheet, facts, reads)
    return sheet.bytes()


def _page(sheet: Sheet, facts: LetterFacts, language: Language) -> None:
    assert 0 < len(facts.address) <= ADDRESS_LINES_MAX, facts.address
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


def _body(sheet: Sheet, facts: LetterFacts) -> None:
    sheet.put(facts.subject, 20, 104, Type(22, bold=True))
    paragraphs = [part.replace("\n", " ") for part in facts.text.strip().split("\n\n")]
    look = Type(12.5)
    while look.size > _SIZE_MIN and _height(sheet, paragraphs, look) > _ROOM:
        look = replace(look, size=look.size - 0.5)
    y = 117.0
    for paragraph in paragraphs:
        y = sheet.block(paragraph, 20, y, WIDTH - 40, look) + _GAP


def _height(sheet: Sheet, paragraphs: list[str], look: Type) -> float:
    lines = (len(sheet.lines_of(paragraph, WIDTH - 40, look)) for paragraph in paragraphs)
    return sum(count * look.line + _GAP for count in lines)
