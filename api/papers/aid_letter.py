"""Letters of a sponsor: the card to detach, and apart from it, another day, its secret code.

A4; the address stands at 110/48 mm, for a window on the right; the card is 85.6 × 54 mm at the foot
of the page, the shops near on its other side. Plain words, large type, one thing to do at a time.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from api.papers import card as cards
from api.papers.days import in_words
from api.papers.sheet import EDGE, FOAM, INK_2, WIDTH, Piece, Sheet, Type
from api.wire.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from api.papers.card import CardFacts
    from api.wire.figures import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "date": "Le {}",
        "file": "Dossier {}",
        "title": "Voici votre carte Bou’Sol",
        "again": "Votre carte Bou’Sol est rechargée",
        "hello": "Bonjour,",
        "sum": "Vous avez *{amount}* pour « {what_for} », jusqu’au *{until}*. "
        "Un Bou’Sol vaut un euro.",
        "1": "*Détachez la carte* en bas de cette page. Gardez-la comme un billet.",
        "2": "*Attendez le code secret.* Il arrive dans une autre lettre. La carte marche ensuite.",
        "3": "*À la caisse, montrez la carte.* Parfois, vous tapez le code. "
        "Le commerce ne sait pas d’où vient votre argent.",
        "use": "*À la caisse, montrez votre carte,* comme d’habitude. "
        "Le commerce ne sait pas d’où vient votre argent.",
        "near": "*Près de chez vous :* {near}. La liste des commerces est au dos.",
        "where": "*Où payer, par exemple :* {near}. La liste des commerces est au dos.",
        "rest": "*Combien reste-t-il ? Pourquoi un refus ?* Sur {host}/carte, "
        "avec le numéro de la carte et le code. Ou à notre accueil.",
        "lost": "*Carte perdue ?* Appelez le {phone} : nous la bloquons, "
        "votre argent reste à vous.",
        "decision": "Décision : {}",
        "appeal": "Vous pouvez contester cette décision dans les deux mois : par lettre à nous "
        "(recours gracieux), ou au tribunal administratif, par lettre ou sur www.telerecours.fr.",
        "bye": "Bonnes courses,",
        "shops": "Où payer avec votre carte",
        "more": "Et d’autres encore : {}/commerces",
        "code_title": "Votre code secret",
        "code_card": "Pour la carte qui finit par {}",
        "code_1": "*Apprenez ce code,* puis déchirez cette lettre.",
        "code_2": "*Ne l’écrivez pas sur la carte.* Ne le dites à personne, même pas au commerce.",
        "code_3": "*Votre carte marche dès maintenant.* La caisse demande parfois ce code.",
        "code_lost": "*La carte n’est pas arrivée ?* Appelez le {phone} : nous la bloquons.",
    },
    "en": {
        "date": "{}",
        "file": "File {}",
        "title": "Here is your Bou’Sol card",
        "again": "Your Bou’Sol card has been topped up",
        "hello": "Hello,",
        "sum": "You have *{amount}* for “{what_for}”, until *{until}*. "
        "One Bou’Sol is worth one euro.",
        "1": "*Cut out the card* at the foot of this page. Keep it as you would a note.",
        "2": "*Wait for the secret code.* It comes in another letter. Then the card works.",
        "3": "*At the till, show the card.* Sometimes you type the code. "
        "The shop does not know where your money comes from.",
        "use": "*At the till, show your card,* as always. "
        "The shop does not know where your money comes from.",
        "near": "*Near you:* {near}. The shops are listed on the other side.",
        "where": "*Where it pays, for example:* {near}. The shops are listed on the other side.",
        "rest": "*How much is left? Why a refusal?* On {host}/carte, "
        "with the card’s number and the code. Or at our office.",
        "lost": "*Card lost?* Call {phone}: we block it, your money stays yours.",
        "decision": "Decision: {}",
        "appeal": "You may contest this decision within two months: by letter to us, or before the "
        "administrative court, by letter or on www.telerecours.fr.",
        "bye": "Good shopping,",
        "shops": "Where your card pays",
        "more": "And more: {}/commerces",
        "code_title": "Your secret code",
        "code_card": "For the card that ends with {}",
        "code_1": "*Learn this code,* then tear this letter up.",
        "code_2": "*Do not write it on the card.* Tell it to nobody, not even to the shop.",
        "code_3": "*Your card works from now on.* A till sometimes asks for this code.",
        "code_lost": "*The card has not come?* Call {phone}: we block it.",
    },
}
"""What stands between stars is bold; what is filled in is text, whatever signs it has."""
SHOPS_MAX: Final = 34
_ROWS: Final = SHOPS_MAX // 2
_SHOP: Final = 10.8
_LINES_MAX: Final = 6
_NEAR: Final = 3
_SAINTS: Final = {"st": "saint", "ste": "sainte"}
_LEFT, _WIDE = 20.0, WIDTH - 40.0
_COLUMN: Final = (_WIDE - 8) / 2
_BODY: Final = Type(12.5)
_CUT: Final = 226.0


@dataclass(frozen=True, slots=True)
class Shop:
    """Where a card pays."""

    name: str
    street: str
    commune: str

    def stands_in(self, place: str) -> bool:
        """Whether an address, as `place_of` has it, names this commune."""
        return _commune(self.commune) in place


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every letter of a sponsor has.

    Attributes:
        sender: lines, the first one in bold.
        address: lines of the window, the name first.
        reference: of the sponsor's file, so that a question can name it.
    """

    sender: Sequence[str]
    address: Sequence[str]
    reference: str
    written_on: date


@dataclass(frozen=True, slots=True)
class AidLetter:
    """A letter with a card, or of a holder who has one.

    Attributes:
        cents: Bou'Sols of the award.
        what_for: the programme's public name.
        decision: the reference of the award (LR-14); "" when none is known.
        until: the last day on which they pay.
        card: None: the holder has one.
        shops: near first.
    """

    envelope: Envelope
    cents: int
    what_for: str
    decision: str
    until: date
    card: CardFacts | None
    shops: Sequence[Shop]
    phone: str
    host: str


@dataclass(frozen=True, slots=True)
class CodeLetter:
    """A letter with a secret code; the card is named by its last four digits alone."""

    envelope: Envelope
    code: str
    card_ends: str
    phone: str


def aid_letters(batch: Sequence[AidLetter], language: Language = "fr") -> bytes:
    """Two pages each, to be printed on both sides."""
    words, first = WORDS[language], batch[0]
    sheet = Sheet(words["title"], language=language, on=first.envelope.written_on)
    listing = _Listing(sheet, words)
    for number, facts in enumerate(batch):
        if number:
            sheet.pdf.add_page()
        _front(sheet, facts, words, language)
        sheet.pdf.add_page()
        listing.page(facts.shops, facts.host)
    return sheet.bytes()


def code_letters(batch: Sequence[CodeLetter], language: Language = "fr") -> bytes:
    """A page each."""
    words = WORDS[language]
    sheet = Sheet(words["code_title"], language=language, on=batch[0].envelope.written_on)
    for number, facts in enumerate(batch):
        if number:
            sheet.pdf.add_page()
        _envelope(sheet, facts.envelope, words, language)
        sheet.put(words["code_title"], _LEFT, 104, Type(22, bold=True))
        sheet.put(words["code_card"].format(facts.card_ends), _LEFT, 114, _BODY)
        sheet.panel((_LEFT, 122, 80, 26), FOAM, radius=4, edge=EDGE)
        sheet.put(" ".join(facts.code), _LEFT + 40, 140, Type(34, bold=True), "C")
        y = 164.0
        for step in ("1", "2", "3"):
            y = _step(sheet, step, words[f"code_{step}"], y)
        sheet.mixed(_pieces(words["code_lost"], phone=facts.phone), _LEFT, y + 6, _WIDE, _BODY)
    return sheet.bytes()


def _envelope(sheet: Sheet, facts: Envelope, words: dict[str, str], language: Language) -> None:
    name, *rest = facts.sender
    (shown, *_), look = sheet.fitted(name, (80, 5.5), Type(10.5, bold=True))
    sheet.put(shown, _LEFT, 20, look)
    for number, line in enumerate(rest):
        (shown, *_), look = sheet.fitted(line, (80, 5.5), Type(10.5))
        sheet.put(shown, _LEFT, 25.2 + number * 5.2, look)
    for number, line in enumerate(facts.address[:_LINES_MAX]):
        (shown, *_), look = sheet.fitted(line, (85, 6.2), Type(12.5))
        sheet.put(shown, 110, 52 + number * 6.2, look)
    day = in_words(facts.written_on, language)
    sheet.put(words["date"].format(day), _LEFT, 67, Type(10.5, colour=INK_2))
    if facts.reference:
        sheet.put(words["file"].format(facts.reference), _LEFT, 72, Type(10.5, colour=INK_2))


def _front(sheet: Sheet, facts: AidLetter, words: dict[str, str], language: Language) -> None:
    _envelope(sheet, facts.envelope, words, language)
    if facts.decision:
        told = words["decision"].format(facts.decision)
        (shown, *_), look = sheet.fitted(told, (80, 5.5), Type(10.5, colour=INK_2))
        sheet.put(shown, _LEFT, 77, look)
    sheet.put(words["title" if facts.card else "again"], _LEFT, 91, Type(22, bold=True))
    y = sheet.block(words["hello"], _LEFT, 101, _WIDE, _BODY) + 2
    amount, until = _spoken(facts.cents, language), in_words(facts.until, language)
    said = _pieces(words["sum"], amount=amount, what_for=facts.what_for, until=until)
    y = sheet.mixed(said, _LEFT, y, _WIDE, _BODY) + 3
    if facts.card is None:
        y = sheet.mixed(_pieces(words["use"]), _LEFT, y, _WIDE, _BODY) + 2
    else:
        for step in ("1", "2", "3"):
            y = _step(sheet, step, words[step], y)
    if facts.shops:
        y = sheet.mixed(_nearest(sheet, facts, words), _LEFT, y, _WIDE, _BODY) + 2
    for name in ("rest", "lost"):
        said = _pieces(words[name], host=facts.host, phone=facts.phone)
        y = sheet.mixed(said, _LEFT, y, _WIDE, _BODY) + 2
    y = sheet.block(words["appeal"], _LEFT, y, _WIDE, Type(10.5, colour=INK_2)) + 2
    y = sheet.block(words["bye"], _LEFT, y, _WIDE, _BODY)
    sheet.put(facts.envelope.sender[0], _LEFT, y, _BODY)
    if facts.card is not None:
        sides = cards.WORDS[language]
        sheet.line(0, _CUT, WIDTH, EDGE, dashed=True)
        sheet.put(sides["cut"], WIDTH - 20, _CUT - 2, Type(8.5, colour=INK_2), "R")
        cards.front(sheet, facts.card)
        cards.back(sheet, facts.card, sides)


class _Listing:
    """The other side; it is drawn once for all letters that name the same shops in one order.

    It ends above the card, over whose back nothing is printed.
    """

    def __init__(self, sheet: Sheet, words: dict[str, str]) -> None:
        self._sheet, self._words = sheet, words
        self._fitted: dict[Shop, tuple[str, Type, str, Type]] = {}
        self._drawn: dict[tuple[Shop, ...], bytes] = {}

    def page(self, shops: Sequence[Shop], host: str) -> None:
        self._sheet.put(self._words["shops"], _LEFT, 26, Type(20, bold=True))
        if len(shops) > SHOPS_MAX:
            self._sheet.put(self._words["more"].format(host), _LEFT, _CUT - 4, Type(10.5))
        shown = tuple(shops[:SHOPS_MAX])
        if shown:
            # The first one is drawn each time: the page then knows both cuts of the type, and what
            # follows finds the pen as it was when it was drawn.
            self._shop(0, shown[0])
            self._rest(shown)

    def _rest(self, shown: tuple[Shop, ...]) -> None:
        drawn = self._sheet.pdf.pages[self._sheet.pdf.page].contents
        assert isinstance(drawn, bytearray), "a page in the making"
        if shown in self._drawn:
            drawn.extend(self._drawn[shown])
            return
        before = len(drawn)
        for number, shop in enumerate(shown[1:], start=1):
            self._shop(number, shop)
        self._drawn[shown] = bytes(drawn[before:])

    def _shop(self, number: int, shop: Shop) -> None:
        name, look, place, small = self._lines(shop)
        x = _LEFT + (number // _ROWS) * (_COLUMN + 8)
        y = 38 + (number % _ROWS) * _SHOP
        self._sheet.put(name, x, y, look)
        self._sheet.put(place, x, y + 4.6, small)

    def _lines(self, shop: Shop) -> tuple[str, Type, str, Type]:
        if shop not in self._fitted:
            place = ", ".join(part for part in (shop.street, shop.commune) if part)
            (name, *_), look = self._sheet.fitted(shop.name, (_COLUMN, 5.5), Type(11, bold=True))
            (line, *_), small = self._sheet.fitted(place, (_COLUMN, 5), Type(10, colour=INK_2))
            self._fitted[shop] = name, look, line, small
        return self._fitted[shop]


def _step(sheet: Sheet, number: str, text: str, y: float) -> float:
    sheet.disc(_LEFT, y - 5, 6.5, number)
    return sheet.mixed(_pieces(text), 30, y, WIDTH - 50, _BODY) + 2.6


def _pieces(text: str, **facts: str) -> tuple[Piece, ...]:
    parts = enumerate(text.split("*"))
    return tuple((part.format(**facts), nth % 2 == 1) for nth, part in parts if part)


def _nearest(sheet: Sheet, facts: AidLetter, words: dict[str, str]) -> tuple[Piece, ...]:
    """As many of the nearest shops as three lines name; none is called near that is elsewhere."""
    place = place_of(" ".join(facts.envelope.address[1:]))
    text = words["near" if facts.shops[0].stands_in(place) else "where"]
    named = [_line(shop, place) for shop in facts.shops[:_NEAR]]
    said = [" · ".join(named[:count]) for count in range(len(named), 0, -1)]
    said.append(f"{facts.shops[0].name}, {facts.shops[0].commune}")
    plain = text.replace("*", "")
    short = (
        near for near in said if len(sheet.lines_of(plain.format(near=near), _WIDE, _BODY)) <= _NEAR
    )
    return _pieces(text, near=next(short, said[-1]))


def _line(shop: Shop, place: str) -> str:
    """Name and street; the commune of one that is not in the holder's."""
    commune = "" if shop.stands_in(place) else shop.commune
    return ", ".join(part for part in (shop.name, shop.street, commune) if part)


def place_of(address: str) -> str:
    """Équihen-Plage and EQUIHEN PLAGE are one place, and so are St-Martin and Saint-Martin."""
    letters = unicodedata.normalize("NFKD", address.casefold())
    words: list[str] = re.findall(
        r"[a-z0-9]+", "".join(c for c in letters if not unicodedata.combining(c))
    )
    return f" {' '.join(_SAINTS.get(word, word) for word in words)} "


@lru_cache(200)
def _commune(name: str) -> str:
    return place_of(name)


def _spoken(cents: int, language: Language) -> str:
    """60 Bou’Sols, or 52,50 Bou’Sols."""
    text = Figures(language, symbol="Bou’Sols").bousols(cents)
    return text.replace(",00", "").replace(".00", "") if cents % 100 == 0 else text
