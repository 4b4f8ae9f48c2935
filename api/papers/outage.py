"""What a till does when the network is down, A4: who may still pay, what to compare, whom to call.

It holds no word of the day: those are on the month's sheet, which hangs beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.papers import qr
from api.papers.sheet import DEEP, EDGE, FOAM, INK_2, SUNK, WHITE, WIDTH, YELLOW, Sheet, Type

if TYPE_CHECKING:
    from datetime import date

    from api.wire.figures import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "En cas de panne",
        "where": "À garder près de la caisse",
        "till": "La caisse n’a plus de réseau",
        "till 1": "Le client vise ce code avec son téléphone. Il tape le prix et touche « Payer ».",
        "till 2": "Sur son écran vert, lisez le nom de votre commerce et le montant. "
        "L’heure avance à chaque seconde.",
        "till 3": "Le mot et le pavillon sont ceux de la feuille du mois. Un autre mot ? Ne servez "
        "pas.",
        "till 4": "Notez l’heure, le montant et le code (deux lettres, deux chiffres).",
        "payer": "Le client n’a pas de réseau",
        "payer 1": "Il présente sa carte Bou’Sol à la caisse, ou il paie en euros.",
        "all": "Personne n’a de réseau",
        "all 1": "Prenez des euros ou des billets Bou’Sol. Une photo ou une promesse ne paie pas.",
        "back": "Le réseau est revenu : comparez ces lignes avec la liste de la caisse.",
        "time": "Heure",
        "amount": "Montant",
        "code": "Code",
        "who": "Servi par",
        "help": "Besoin d’aide ?",
        "number": "Affiche n° {}",
    },
    "en": {
        "title": "When the network is down",
        "where": "Keep this beside the till",
        "till": "The till has no network",
        "till 1": "The customer aims at this code, types the price and touches “Pay”.",
        "till 2": "On the green screen, read the name of your shop and the amount. The clock moves "
        "every second.",
        "till 3": "The word and the flag are those of the month’s sheet. Another word? Do not "
        "serve.",
        "till 4": "Write down the time, the amount and the code (two letters, two digits).",
        "payer": "The customer has no network",
        "payer 1": "They show their Bou’Sol card at the till, or pay in euros.",
        "all": "Nobody has a network",
        "all 1": "Take euros or Bou’Sol notes. A photo or a promise pays nothing.",
        "back": "The network is back: compare these lines with the list of the till.",
        "time": "Time",
        "amount": "Amount",
        "code": "Code",
        "who": "Served by",
        "help": "Need help?",
        "number": "Poster no. {}",
    },
}
_LEFT: Final = 16.0
_TEXT: Final = 92.0
_CODE: Final = 66.0
_LINES: Final = 7
_COLUMNS: Final = (("time", 0.0), ("amount", 34.0), ("code", 80.0), ("who", 122.0))


@dataclass(frozen=True, slots=True)
class OutageFacts:
    """What a sheet says.

    Attributes:
        name: of the shop.
        till: what the till is called.
        link: of a poster of the till.
        number: of that poster's print.
        phone: of the association.
    """

    name: str
    till: str
    link: str
    number: str
    phone: str
    printed_on: date


def outage_sheet(facts: OutageFacts, language: Language = "fr") -> bytes:
    """One A4 page as PDF."""
    words = WORDS[language]
    title = f"{words['title']} · {facts.name}"
    sheet = Sheet(title, language=language, on=facts.printed_on)
    sheet.brand(_LEFT, 12, 12)
    sheet.put(words["where"], WIDTH - _LEFT, 20, Type(12, colour=INK_2), "R")
    sheet.put(words["title"], _LEFT, 42, Type(32, bold=True))
    _till(sheet, facts, words)
    _others(sheet, words)
    _notes(sheet, words)
    _foot(sheet, facts, words)
    return sheet.bytes()


def _till(sheet: Sheet, facts: OutageFacts, words: dict[str, str]) -> None:
    sheet.put(words["till"], _LEFT, 57, Type(17, bold=True))
    look, y = Type(12.5, leading=1.24), 65.0
    for number in "1234":
        sheet.disc(_LEFT, y - 1, 8, number)
        y = max(
            y + 12, sheet.block(words[f"till {number}"], _LEFT + 11, y + 3.6, _TEXT, look) + 0.4
        )
    x = WIDTH - _LEFT - _CODE
    sheet.panel((x - 4, 51, _CODE + 4, 88), YELLOW, radius=5)
    sheet.panel((x - 2, 53, _CODE, _CODE), WHITE, radius=2)
    qr.draw(sheet, facts.link, "Q", at=(x - 2, 53), width=_CODE)
    centre, wide = x - 2 + _CODE / 2, _CODE - 2
    shown = facts.link.removeprefix("https://")
    for text, base, bold in ((shown, 126, True), (f"{facts.name}, {facts.till}", 134, False)):
        lines, fitted = sheet.fitted(text, (wide, 6.4), Type(12, bold=bold))
        sheet.put(lines[0], centre, base, fitted, "C")


def _others(sheet: Sheet, words: dict[str, str]) -> None:
    half = (WIDTH - 2 * _LEFT - 6) / 2
    for index, what in enumerate(("payer", "all")):
        x = _LEFT + index * (half + 6)
        sheet.panel((x, 146, half, 29), FOAM, radius=4, edge=SUNK)
        sheet.put(words[what], x + 5, 155, Type(14, bold=True))
        sheet.block(words[f"{what} 1"], x + 5, 162.5, half - 10, Type(12, leading=1.25))


def _notes(sheet: Sheet, words: dict[str, str]) -> None:
    top, row = 187.0, 10.6
    for name, shift in _COLUMNS:
        sheet.put(words[name], _LEFT + shift, top, Type(10.5, bold=True, colour=INK_2))
    for number in range(_LINES + 1):
        sheet.line(_LEFT, top + 2.5 + number * row, WIDTH - _LEFT, EDGE)
    base = top + 2.5 + _LINES * row + 7
    sheet.put(words["back"], _LEFT, base, Type(11.5))


def _foot(sheet: Sheet, facts: OutageFacts, words: dict[str, str]) -> None:
    sheet.panel((0, 275, WIDTH, 22), DEEP)
    shift = sheet.put(words["help"], _LEFT, 288, Type(15, bold=True, colour=WHITE))
    sheet.put(facts.phone, _LEFT + shift + 4, 288, Type(22, bold=True, colour=YELLOW))
    number = words["number"].format(facts.number)
    sheet.put(number, WIDTH - _LEFT, 288, Type(10.5, colour=WHITE), "R")
