"""A card and its stub on one A4 page: the card is cut out, the stub stays at home.

The card says nothing of its holder, of aid or of a sponsor: mark, code, number. The number that
blocks it is on the stub alone, so that whoever finds or steals the card cannot play with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.papers import qr
from api.papers.sheet import EDGE, FOAM, INK_2, SUNK, WHITE, WIDTH, Sheet, Type

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from api.wire.figures import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Votre carte Bou’Sol",
        "stub": "À garder chez vous",
        "opposition": "Numéro pour bloquer la carte",
        "why": "Carte perdue ou volée ? Appelez le {phone} et donnez ce numéro. "
        "La carte est bloquée tout de suite. Votre argent reste à vous.",
        "1": "Détachez la carte en bas de cette page. Gardez-la comme un billet.",
        "2": "Gardez ce talon chez vous, loin de la carte.",
        "3": "À la caisse, montrez la carte. Parfois, vous tapez votre code secret.",
        "rest": "Combien reste-t-il ? Sur {host}, avec le numéro de la carte et le code secret.",
        "cut": "Pliez et détachez ici",
        "found": "Carte trouvée ou perdue",
        "secret": "Le code secret ne se dit à personne, même pas au commerce.",
        "number": "Carte {}",
    },
    "en": {
        "title": "Your Bou’Sol card",
        "stub": "Keep this at home",
        "opposition": "Number that blocks the card",
        "why": "Card lost or stolen? Call {phone} and give this number. "
        "The card is blocked at once. Your money stays yours.",
        "1": "Cut out the card at the foot of this page. Keep it as you would a note.",
        "2": "Keep this stub at home, away from the card.",
        "3": "At the till, show the card. Sometimes you type your secret code.",
        "rest": "How much is left? On {host}, with the card’s number and the secret code.",
        "cut": "Fold and cut here",
        "found": "Card found or lost",
        "secret": "Tell the secret code to nobody, not even to the shop.",
        "number": "Card {}",
    },
}
CARD_WIDTH: Final = 85.6
CARD_HEIGHT: Final = 54.0
_TOP: Final = 233.0
_FRONT: Final = 19.0
_BACK: Final = 106.5
_ROUND: Final = 3.2


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card and its stub say; nothing of the holder.

    Attributes:
        link: of the card's token (`merchants.codes.card_link`).
        number: in groups, as it is read out; `opposition` likewise.
        phone: where a card is blocked, `host` where it is looked up.
        issuer: who is answerable for it.
    """

    link: str
    number: str
    opposition: str
    phone: str
    host: str
    issuer: str
    printed_on: date


def card(facts: CardFacts, language: Language = "fr") -> bytes:
    """One A4 page as PDF."""
    return card_sheets([facts], language)


def card_sheets(cards: Sequence[CardFacts], language: Language = "fr") -> bytes:
    """Several cards as one PDF, a page each."""
    words = WORDS[language]
    sheet = Sheet(words["title"], language=language, on=cards[0].printed_on)
    for number, facts in enumerate(cards):
        if number:
            sheet.pdf.add_page()
        _page(sheet, facts, words)
    return sheet.bytes()


def _page(sheet: Sheet, facts: CardFacts, words: dict[str, str]) -> None:
    _stub(sheet, facts, words)
    sheet.line(0, 226, WIDTH, EDGE, dashed=True)
    sheet.put(words["cut"], WIDTH - 20, 224, Type(8.5, colour=INK_2), "R")
    front(sheet, facts)
    back(sheet, facts, words)


def _stub(sheet: Sheet, facts: CardFacts, words: dict[str, str]) -> None:
    sheet.brand(20, 20, 15)
    sheet.put(words["stub"], WIDTH - 20, 29.5, Type(14, bold=True, colour=INK_2), "R")
    sheet.put(words["title"], 20, 58, Type(28, bold=True))
    body, y = Type(14), 74.0
    for number in ("1", "2", "3"):
        sheet.disc(20, y - 6, 8.5, number)
        y = sheet.block(words[number], 33, y, WIDTH - 53, body) + 4
    sheet.panel((20, 112, WIDTH - 40, 62), FOAM, radius=4, edge=EDGE)
    sheet.put(words["opposition"], 28, 125, Type(14, colour=INK_2))
    sheet.put(facts.opposition, 28, 141, Type(34, bold=True))
    sheet.block(words["why"].format(phone=facts.phone), 28, 153, WIDTH - 56, Type(13))
    sheet.put(words["number"].format(facts.number), 20, 186, Type(13, bold=True))
    sheet.block(words["rest"].format(host=facts.host), 20, 194, WIDTH - 40, Type(13))


def front(sheet: Sheet, facts: CardFacts, at: tuple[float, float] = (_FRONT, _TOP)) -> None:
    """The side with the code and the number, whose left top corner is given."""
    left, top = at
    sheet.panel((left, top, CARD_WIDTH, CARD_HEIGHT), FOAM, radius=_ROUND, edge=EDGE)
    sea = (left + 0.15, top + 36, CARD_WIDTH - 0.3, CARD_HEIGHT - 36.15)
    sheet.sea(sea, wave=14.3, round_by=_ROUND)
    sheet.brand(left + 5, top + 4.5, 10)
    code = 36.0
    corner = (left + CARD_WIDTH - code - 4, top + 4)
    sheet.panel((*corner, code, code), WHITE, radius=2)
    qr.draw(sheet, facts.link, "M", at=corner, width=code)
    sheet.put(facts.number, left + 5, top + CARD_HEIGHT - 5, Type(15, bold=True, colour=WHITE))


def back(
    sheet: Sheet,
    facts: CardFacts,
    words: dict[str, str],
    at: tuple[float, float] = (_BACK, _TOP),
) -> None:
    """The side that says whose card it is not, and whom to call."""
    x, top = at
    sheet.panel((x, top, CARD_WIDTH, CARD_HEIGHT), WHITE, radius=_ROUND, edge=EDGE)
    left, width, small = x + 5, CARD_WIDTH - 10, Type(9)
    sheet.put(words["found"], left, top + 9, Type(9, bold=True))
    contact, look = sheet.fitted(f"{facts.phone} · {facts.host}", (width, small.line), small)
    sheet.rows(contact, left, top + 14, look)
    sheet.block(words["secret"], left, top + 26, width, small)
    sheet.line(left, top + 38, left + width, SUNK)
    issuer, look = sheet.fitted(facts.issuer, (width, 2 * small.line), small)
    sheet.rows(issuer, left, top + 43.5, look)


def eights(cards: Sequence[CardFacts], language: Language = "fr") -> bytes:
    """Eight cards to a sheet, fronts then backs, so that both sides meet when a sheet is turned.

    After them, each card's number beside the one that blocks it, for who hands them out.
    """
    words = WORDS[language]
    sheet = Sheet(words["title"], language=language, on=cards[0].printed_on)
    for first in range(0, len(cards), _EIGHT):
        some = cards[first : first + _EIGHT]
        if first:
            sheet.pdf.add_page()
        for facts, (column, row) in zip(some, _PLACES, strict=False):
            front(sheet, facts, _corner(column, row))
        sheet.pdf.add_page()
        for facts, (column, row) in zip(some, _PLACES, strict=False):
            back(sheet, facts, words, _corner(1 - column, row))
    for first in range(0, len(cards), _LISTED):
        sheet.pdf.add_page()
        _numbers(sheet, cards[first : first + _LISTED], words)
    return sheet.bytes()


def _corner(column: int, row: int) -> tuple[float, float]:
    left = (WIDTH - 2 * CARD_WIDTH - _GUTTER) / 2
    return left + column * (CARD_WIDTH + _GUTTER), 28 + row * (CARD_HEIGHT + _GUTTER)


def _numbers(sheet: Sheet, cards: Sequence[CardFacts], words: dict[str, str]) -> None:
    sheet.put(words["opposition"], 20, 26, Type(16, bold=True))
    for number, facts in enumerate(cards):
        y = 38 + number * 9
        sheet.put(words["number"].format(facts.number), 20, y, Type(13))
        sheet.put(facts.opposition, 120, y, Type(13, bold=True))
        sheet.line(20, y + 2.5, WIDTH - 20, SUNK)


_EIGHT: Final = 8
_GUTTER: Final = 6.0
_LISTED: Final = 26
_PLACES: Final = [(n % 2, n // 2) for n in range(_EIGHT)]
