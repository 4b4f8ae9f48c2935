"""The conditions of an account opened at a counter: one page in plain words, for its holder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.papers.days import in_words
from api.papers.sheet import EDGE, FOAM, INK_2, WIDTH, Sheet, Type
from api.wire.figures import Figures

if TYPE_CHECKING:
    from datetime import date

    from api.wire.figures import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "title": "Votre compte Bou’Sol",
        "opened": "Ouvert le {day} · {counter}",
        "holder": "Au nom de",
        "card": "Carte n°",
        "sign": "J’ai reçu ma carte et cette page.",
        "hand": "Date et signature",
    },
    "en": {
        "title": "Your Bou’Sol account",
        "opened": "Opened on {day} · {counter}",
        "holder": "In the name of",
        "card": "Card no.",
        "sign": "I have received my card and this page.",
        "hand": "Date and signature",
    },
}
RULES: Final[dict[Language, tuple[tuple[str, str], ...]]] = {
    "fr": (
        (
            "Ce que vaut un Bou’Sol",
            (
                "Un Bou’Sol vaut un euro dans les commerces agréés. "
                "Un Bou’Sol ne se rechange pas en euros."
            ),
        ),
        (
            "Ce que le compte peut contenir",
            (
                "Ce compte peut contenir {cap}. "
                "Pour en avoir plus, montrez une pièce d’identité à un comptoir."
            ),
        ),
        (
            "Payer avec la carte",
            (
                "Montrez la carte à la caisse. Au-dessus de {pin}, ou de {pin_sum} "
                "depuis le dernier code, vous tapez votre code secret."
            ),
        ),
        (
            "Votre code secret",
            (
                "Vous l’avez choisi vous-même. Ne le dites à personne. "
                "Après cinq codes faux, il est bloqué ; un comptoir en pose un nouveau."
            ),
        ),
        (
            "Carte perdue ou volée",
            (
                "Appelez le {phone}, ou allez à un comptoir. La carte est "
                "bloquée tout de suite. Votre argent reste à vous, vous recevez une autre carte."
            ),
        ),
        (
            "Voir votre compte",
            (
                "Sur {host}, avec le numéro de la carte et le code secret. "
                "Vous pouvez ajouter un téléphone plus tard."
            ),
        ),
        (
            "Un remboursement",
            (
                "Le commerce peut vous rembourser. L’argent revient sur ce compte, "
                "même s’il est plein."
            ),
        ),
        (
            "Ce que nous savons de vous",
            (
                "Votre nom et vos paiements, pour tenir le compte. "
                "Le commerce ne voit ni votre nom ni votre solde."
            ),
        ),
        ("Fermer le compte", "Demandez-le quand vous voulez, à un comptoir ou à l’association."),
        ("Une question, une plainte", "{issuer}, {phone}. Nous vous répondons par écrit."),
    ),
    "en": (
        (
            "What a Bou’Sol is worth",
            (
                "A Bou’Sol is worth one euro in approved shops. "
                "Bou’Sols cannot be changed back into euros."
            ),
        ),
        (
            "What the account can hold",
            ("This account can hold {cap}. To hold more, show an identity document at a counter."),
        ),
        (
            "Paying with the card",
            (
                "Show the card at the till. Above {pin}, or {pin_sum} "
                "since the last code, you type your secret code."
            ),
        ),
        (
            "Your secret code",
            (
                "You chose it yourself. Tell it to nobody. "
                "After five wrong codes it is locked; a counter sets a new one."
            ),
        ),
        (
            "Card lost or stolen",
            (
                "Call {phone}, or go to a counter. The card is blocked "
                "at once. Your money stays yours, and you are given a new card."
            ),
        ),
        (
            "Seeing your account",
            ("On {host}, with the card’s number and the secret code. You can add a phone later."),
        ),
        (
            "A refund",
            (
                "The shop can refund you. The money comes back to this account, "
                "even when it is full."
            ),
        ),
        (
            "What we know of you",
            (
                "Your name and your payments, to keep the account. "
                "The shop sees neither your name nor your balance."
            ),
        ),
        (
            "Closing the account",
            "Ask for it whenever you like, at a counter or at the association.",
        ),
        ("A question, a complaint", "{issuer}, {phone}. We answer in writing."),
    ),
}
_LEFT: Final = 20.0
_BODY: Final = Type(11.5, leading=1.24)


@dataclass(frozen=True, slots=True)
class ConditionsFacts:
    """What the page says of this account.

    Attributes:
        holder: as far as the tier knows it; may be a first name.
        card_number: in groups.
        cap_minor: what the account's tier may hold; `pin_above_minor` from which payment on a code
            is asked for, `pin_sum_minor` after how much without one. Hundredths of a Bou'Sol.
    """

    holder: str
    card_number: str
    counter: str
    opened_on: date
    cap_minor: int
    pin_above_minor: int
    pin_sum_minor: int
    phone: str
    host: str
    issuer: str


def conditions(facts: ConditionsFacts, language: Language = "fr") -> bytes:
    """One A4 page as PDF."""
    words = WORDS[language]
    sheet = Sheet(words["title"], language=language, on=facts.opened_on)
    sheet.brand(_LEFT, 14, 13)
    _head(sheet, facts, language)
    y = 88.0
    for title, text in RULES[language]:
        sheet.put(title, _LEFT, y, Type(11.5, bold=True))
        y = sheet.block(text.format_map(_told(facts, language)), _LEFT, y + 5, 170, _BODY) + 2.2
    sheet.put(words["sign"], _LEFT, 260, Type(11.5))
    sheet.put(words["hand"], _LEFT, 272, Type(10, colour=INK_2))
    sheet.line(70, 272.5, WIDTH - 20, EDGE)
    return sheet.bytes()


def _head(sheet: Sheet, facts: ConditionsFacts, language: Language) -> None:
    words = WORDS[language]
    day = in_words(facts.opened_on, language)
    sheet.put(words["title"], _LEFT, 44, Type(26, bold=True))
    opened = words["opened"].format(day=day, counter=facts.counter)
    (line, *_), look = sheet.fitted(opened, (170, 6), Type(12, colour=INK_2))
    sheet.put(line, _LEFT, 52, look)
    sheet.panel((_LEFT, 57, WIDTH - 40, 22), FOAM, radius=3, edge=EDGE)
    for word, text, x, width in (
        (words["holder"], facts.holder, 26.0, 92.0),
        (words["card"], facts.card_number, 126.0, 60.0),
    ):
        sheet.put(word, x, 64, Type(10, colour=INK_2))
        lines, look = sheet.fitted(text, (width, 10), Type(15, bold=True, leading=1.1))
        sheet.rows(lines, x, 71, look)


def _told(facts: ConditionsFacts, language: Language) -> dict[str, str]:
    figures = Figures(language)
    return {
        "cap": figures.bousols(facts.cap_minor),
        "pin": figures.bousols(facts.pin_above_minor),
        "pin_sum": figures.bousols(facts.pin_sum_minor),
        "phone": facts.phone.replace(" ", "\N{NO-BREAK SPACE}"),
        "host": facts.host,
        "issuer": facts.issuer,
    }
