"""The poster of a till for a counter, A6: the same promise as the large one, in few words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from api.papers import qr
from api.papers.poster import SEAL
from api.papers.sheet import GREEN, WHITE, YELLOW, Sheet, Type

if TYPE_CHECKING:
    from api.papers.poster import PosterFacts
    from api.wire.figures import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Affiche de comptoir",
        "approved": "Commerce agréé",
        "pay": "Payez avec votre téléphone",
        "how": "Visez le code. Tapez le prix. Montrez l’écran vert.",
        "check": "Un autre nom s’affiche ? Ne payez pas.",
        "number": "Affiche n° {}",
    },
    "en": {
        "title": "Poster for a counter",
        "approved": "Approved shop",
        "pay": "Pay with your phone",
        "how": "Aim at the code. Type the price. Show the green screen.",
        "check": "Another name appears? Do not pay.",
        "number": "Poster no. {}",
    },
}
A6: Final = (105.0, 148.0)
_WIDTH, _HEIGHT = A6
_LEFT: Final = 8.0
_BOX: Final = (18.5, 30.0, 68.0, 74.5)
_CODE: Final = 62.0
_SEA_TOP: Final = 117.0


def small_poster(facts: PosterFacts, language: Language = "fr") -> bytes:
    """One A6 page as PDF."""
    words = WORDS[language]
    title = f"{words['title']} · {facts.name}"
    sheet = Sheet(title, language=language, on=facts.printed_on, size=A6)
    sheet.brand(_LEFT, 6, 9)
    look = Type(9, bold=True, colour=GREEN)
    width = sheet.put(words["approved"], _WIDTH - _LEFT, 11.8, look, "R")
    sheet.drawing(SEAL, _WIDTH - _LEFT - width - 6, 8, 5, 5)
    (pay, *_), large = sheet.fitted(words["pay"], (_WIDTH - 2 * _LEFT, 10), Type(20, bold=True))
    sheet.put(pay, _WIDTH / 2, 25.5, large, "C")
    _code(sheet, facts)
    sheet.put(words["how"], _WIDTH / 2, 111.5, Type(10), "C")
    _sea(sheet, facts, words)
    return sheet.bytes()


def _code(sheet: Sheet, facts: PosterFacts) -> None:
    x, y, width, height = _BOX
    margin = (width - _CODE) / 2
    sheet.panel(_BOX, YELLOW, radius=4)
    sheet.panel((x + margin, y + margin, _CODE, _CODE), WHITE, radius=2)
    qr.draw(sheet, facts.link, "Q", at=(x + margin, y + margin), width=_CODE)
    shown = facts.link.removeprefix("https://")
    base = y + margin + _CODE + (height - margin - _CODE) / 2 + 1.4
    sheet.put(shown, _WIDTH / 2, base, Type(11, bold=True), "C")


def _sea(sheet: Sheet, facts: PosterFacts, words: dict[str, str]) -> None:
    sheet.sea((0, _SEA_TOP, _WIDTH, _HEIGHT - _SEA_TOP), wave=17.5)
    wide = _WIDTH - 2 * _LEFT
    lines, look = sheet.fitted(facts.name, (wide, 9), Type(17, bold=True, colour=WHITE, leading=1))
    after = sheet.rows(lines, _LEFT, 128.5 + look.rise, look) - look.line
    small = Type(9, colour=WHITE)
    address = ", ".join(part for part in (facts.street, facts.town) if part)
    (line, *_), fitted = sheet.fitted(address, (wide, small.line), small)
    sheet.put(line, _LEFT, max(after + 4.4, 136.4), fitted)
    sheet.put(words["check"], _LEFT, 143, replace(small, bold=True))
    sheet.put(
        words["number"].format(facts.number), _WIDTH - _LEFT, 143, replace(small, size=7), "R"
    )
