"""What a refusal names by a word of the code, as its reader calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from merchants.admission import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.wire.figures import Language

_STATUS: Final = {
    Status.CANDIDATE: ("en attente de décision", "a candidate"),
    Status.APPROVED: ("agréé", "approved"),
    Status.SUSPENDED: ("suspendu", "suspended"),
    Status.FROZEN: ("gelé", "frozen"),
    Status.CLOSING: ("en cours de fermeture", "closing"),
    Status.CLOSED: ("fermé", "closed"),
    Status.REFUSED: ("refusé", "refused"),
}
_REASON: Final = {
    "length": ("la longueur", "the length"),
    "sign": ("un signe qui ne se voit pas, ou une image", "a sign that is not seen, or a picture"),
    "marks": ("trop d’accents sur une lettre", "too many accents on a letter"),
    "start": ("le premier signe", "the first sign"),
    "letters": ("il n’y a aucune lettre", "there is no letter"),
}
_MISSING: Final = {
    "birth_date": ("la date de naissance", "the birth date"),
    "contact": ("comment joindre la personne", "how the person is reached"),
    "document": ("une pièce d’identité", "an identity document"),
    "card_number": ("le numéro de la carte", "the number of the card"),
    "lost_number": ("le numéro de la carte perdue", "the number of the lost card"),
}
WORDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "status": {str(status): words for status, words in _STATUS.items()},
    "reason": _REASON,
    "missing": _MISSING,
}
"""By the name of the fact, in French and in English."""


def said(name: str, fact: str, language: Language) -> str:
    """The reader's words for a fact; the fact itself where it is no word of the code."""
    words = WORDS.get(name, {}).get(str(fact))
    return str(fact) if words is None else words[language == "en"]
