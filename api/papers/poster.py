"""The poster of a till, A4: who is paid, the code to scan, what to do, and when not to pay.

The name stands on the sea in large type, so that a sticker over the code is found out: the phone
shows another name than the poster.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from api.papers import qr
from api.papers.sheet import DEEP, GREEN, HEIGHT, TEAL, WHITE, WIDTH, YELLOW, Sheet, Type

if TYPE_CHECKING:
    from datetime import date

    from api.wire.figures import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Affiche",
        "approved": "Commerce agréé",
        "pay": "Payez ici",
        "phone": "avec votre téléphone",
        "1": "Ouvrez l’appareil photo et visez le code.",
        "2": "Tapez le prix.",
        "3": "Touchez « Payer ». Montrez l’écran vert.",
        "good": "Ce nom s’affiche ? C’est bon.",
        "bad": "Un autre nom ? Ne payez pas.",
        "foot": "Pas de téléphone ? Présentez votre carte Bou’Sol.  ·  1 Bou’Sol = 1 euro ici",
        "number": "Affiche n° {}",
    },
    "en": {
        "title": "Poster",
        "approved": "Approved shop",
        "pay": "Pay here",
        "phone": "with your phone",
        "1": "Open the camera and aim at the code.",
        "2": "Type the price.",
        "3": "Touch “Pay”. Show the green screen.",
        "good": "This name appears? All is well.",
        "bad": "Another name? Do not pay.",
        "foot": "No phone? Show your Bou’Sol card.  ·  1 Bou’Sol = 1 euro here",
        "number": "Poster no. {}",
    },
}
_LEFT: Final = 16.0
_BOX: Final = (42.0, 72.0, 126.0, 134.0)
_CODE: Final = 114.0
_SEA_TOP: Final = 238.0
SEAL: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    f'<path fill="{GREEN}" d="M12 1l2.9 2.2 3.6-.2 1 3.5 3 2-1.3 3.4 1.3 3.4-3 2-1 3.5-3.6-.2L12 23'
    'l-2.9-2.4-3.6.2-1-3.5-3-2L2.8 12 1.5 8.5l3-2 1-3.5 3.6.2z"/>'
    f'<path d="M7.5 12.2l3 3 6-6.4" fill="none" stroke="{WHITE}" stroke-width="2.4" '
    'stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


@dataclass(frozen=True, slots=True)
class PosterFacts:
    """What a poster says.

    Attributes:
        name: verified, as payers see it on their phones.
        street: may be empty.
        link: of the poster's code (`merchants.codes.poster_link`).
        number: of this print, so that a replaced one is told apart.
    """

    name: str
    street: str
    town: str
    link: str
    number: str
    printed_on: date


def poster(facts: PosterFacts, language: Language = "fr") -> bytes:
    """One A4 page as PDF."""
    words = WORDS[language]
    sheet = Sheet(f"{words['title']} · {facts.name}", language=language, on=facts.printed_on)
    _head(sheet, words)
    _code(sheet, facts)
    _steps(sheet, words)
    _sea(sheet, facts, words)
    return sheet.bytes()


def _head(sheet: Sheet, words: dict[str, str]) -> None:
    sheet.brand(_LEFT, 14, 17)
    look = Type(16, bold=True, colour=GREEN)
    width = sheet.put(words["approved"], WIDTH - _LEFT, 24.6, look, "R")
    sheet.drawing(SEAL, WIDTH - _LEFT - width - 11, 18, 9, 9)
    title = Type(42, bold=True)
    sheet.put(words["pay"], WIDTH / 2, 49, title, "C")
    sheet.put(words["phone"], WIDTH / 2, 65, title, "C")


def _code(sheet: Sheet, facts: PosterFacts) -> None:
    x, y, width, _ = _BOX
    margin = (width - _CODE) / 2
    sheet.panel(_BOX, YELLOW, radius=7)
    sheet.panel((x + margin, y + margin, _CODE, _CODE), WHITE, radius=3)
    qr.draw(sheet, facts.link, "Q", at=(x + margin, y + margin), width=_CODE)
    shown = facts.link.removeprefix("https://")
    sheet.put(shown, WIDTH / 2, y + margin + _CODE + 9, Type(17, bold=True), "C")


def _steps(sheet: Sheet, words: dict[str, str]) -> None:
    look = Type(15, leading=1.22)
    for number, x, width in (("1", _LEFT, 50.0), ("2", 84.0, 34.0), ("3", 134.0, 48.0)):
        sheet.disc(x, 211, 10, number)
        sheet.block(words[number], x + 13, 217, width, look)


def _sea(sheet: Sheet, facts: PosterFacts, words: dict[str, str]) -> None:
    sheet.sea((0, _SEA_TOP, WIDTH, HEIGHT - _SEA_TOP), wave=35)
    name = Type(25, bold=True, colour=WHITE, leading=1.1)
    lines, look = sheet.fitted(facts.name, (98, 18), name)
    place = Type(14, colour=WHITE)
    top = 258 + max(0.0, 12 - len(lines) * look.line) + look.rise
    after = sheet.rows(lines, _LEFT, top, look)
    address = ", ".join(part for part in (facts.street, facts.town) if part)
    (line, *_), small = sheet.fitted(address, (98, place.line), place)
    sheet.put(line, _LEFT, after - look.line + 6.6, small)
    check = replace(place, bold=True)
    sheet.put(words["good"], 120, 269.5, check)
    sheet.put(words["bad"], 120, 276, check)
    sheet.line(_LEFT, 283.5, WIDTH - _LEFT, TEAL)
    foot = Type(11, colour=WHITE)
    sheet.put(words["foot"], _LEFT, 289, foot)
    sheet.put(words["number"].format(facts.number), WIDTH - _LEFT, 289, foot, "R")
    sheet.panel((0, HEIGHT - 0.1, WIDTH, 0.1), DEEP)
