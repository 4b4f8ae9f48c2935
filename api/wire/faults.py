"""What is wrong with one field, in the reader's language; never the value itself.

The codes are pydantic's; what it has no words for here is told in general ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.wire.figures import Language

FAULTS_MAX: Final = 20
"""Most faults told of one request."""


class Fault(NamedTuple):
    """One fault: where, as a JSON pointer or a parameter's name; its code; its figures."""

    pointer: str
    code: str
    facts: Mapping[str, Any] = {}

    def told(self, language: Language) -> dict[str, str]:
        """The fault as a member of `errors`."""
        words = WORDS.get(self.code, WORDS["unfit"])[language]
        code = self.code if self.code in WORDS else "unfit"
        return {"pointer": self.pointer, "code": code, "message": words.format_map(self.facts)}


WORDS: Final[dict[str, dict[Language, str]]] = {
    code: {"fr": fr, "en": en}
    for code, fr, en in (
        ("unfit", "Cette valeur ne convient pas.", "This value does not fit."),
        ("missing", "Ce champ manque.", "This field is missing."),
        ("extra_forbidden", "Ce champ est inconnu.", "This field is unknown."),
        ("json_invalid", "Ce n’est pas du JSON.", "This is not JSON."),
        ("model_type", "Il faut un objet.", "An object is needed."),
        ("list_type", "Il faut une liste.", "A list is needed."),
        ("int_type", "Il faut un nombre entier.", "A whole number is needed."),
        ("bool_type", "Il faut true ou false.", "true or false is needed."),
        ("string_type", "Il faut un texte.", "Text is needed."),
        ("uuid_type", "Il faut un UUID.", "A UUID is needed."),
        ("uuid_parsing", "Il faut un UUID.", "A UUID is needed."),
        ("greater_than_equal", "Au moins {ge}.", "At least {ge}."),
        ("less_than_equal", "Au plus {le}.", "At most {le}."),
        (
            "string_too_long",
            "Au plus {max_length} caractères.",
            "At most {max_length} characters.",
        ),
        (
            "string_too_short",
            "Au moins {min_length} caractères.",
            "At least {min_length} characters.",
        ),
        ("too_long", "Au plus {max_length} éléments.", "At most {max_length} items."),
        ("too_short", "Au moins {min_length} éléments.", "At least {min_length} items."),
        ("string_pattern_mismatch", "La forme est {pattern}.", "The form is {pattern}."),
        ("enum", "Valeurs possibles : {expected}.", "Possible values: {expected}."),
        ("literal_error", "Valeurs possibles : {expected}.", "Possible values: {expected}."),
        (
            "malformed_amount",
            "Il faut un entier de centimes de 1 à 2^53-1 et le code d’une monnaie d’ici.",
            "A whole number of cents from 1 to 2^53-1 and the code of a currency used here.",
        ),
        (
            "wrong_currency",
            "Une autre monnaie est demandée ici.",
            "Another currency is asked for here.",
        ),
        (
            "contradiction",
            "Ces champs ne vont pas ensemble.",
            "These fields do not go together.",
        ),
        (
            "one_proof",
            "Donnez une preuve, et une seule.",
            "Give one proof, and one only.",
        ),
        ("no_answer", "Pas de réponse.", "No answer."),
        ("other_version", "Une autre version.", "Another version."),
        ("stuck", "Rien n’avance.", "Nothing moves."),
        ("other_years", "De {first} à {last}.", "From {first} to {last}."),
        ("unknown_parameter", "Ce paramètre est inconnu.", "This parameter is unknown."),
    )
}


def pointer(place: Sequence[int | str]) -> str:
    """A place in a JSON body as an RFC 6901 pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in place)
