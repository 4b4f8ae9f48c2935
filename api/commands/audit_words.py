"""What `bousol audit` says, in French and English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.audit import Proved

if TYPE_CHECKING:
    from api.wire.figures import Language

PROOFS: Final[dict[Proved, tuple[str, str]]] = {
    Proved.PROTECTIONS: (
        "colonnes, index uniques et déclencheurs en place",
        "columns, unique indexes and triggers are in place",
    ),
    Proved.CHART: (
        "classes, types et modèles de la base égaux à ceux du code",
        "the database's classes, kinds and templates are the code's",
    ),
    Proved.CHAIN: (
        "maillons sans trou, chaque empreinte recalculée",
        "links without a gap, each hash re-computed",
    ),
    Proved.SEQUENCE: (
        "écritures numérotées sans trou, entières, aucune ligne égarée",
        "entries numbered without a gap, whole, no stray row",
    ),
    Proved.CONTINUITY: (
        "chaque virement prolonge ses deux comptes",
        "each transfer continues both its accounts",
    ),
    Proved.TRANSFERS: (
        "deux comptes existants, une seule unité, un montant positif",
        "two accounts that exist, one commodity, a positive amount",
    ),
    Proved.FLOORS: (
        "aucun compte n'est jamais passé sous zéro",
        "no account was ever below zero",
    ),
    Proved.TEMPLATES: (
        "chaque virement est permis à son type d'écriture",
        "each transfer is one its kind may write",
    ),
    Proved.DOCUMENTS: (
        "une pièce justificative partout où il en faut une",
        "a source document wherever one is due",
    ),
    Proved.POLICIES: (
        "la politique de chaque écriture existe",
        "the policy of each entry exists",
    ),
    Proved.LAW: (
        "la loi de conservation et la réserve, écriture par écriture",
        "the conservation law and the reserve, entry by entry",
    ),
    Proved.REMAINDERS: (
        "le reste de chaque conversion recalculé",
        "what each conversion leaves, re-computed",
    ),
    Proved.CORRECTIONS: (
        "contre-passations en miroir, une fois ; remboursements dans la limite du payé",
        "reversals are mirrors, once; refunds within what was paid",
    ),
    Proved.LOTS: (
        "aides dépensées à temps et chez qui les accepte",
        "earmarked money spent in time and where it is accepted",
    ),
    Proved.CARDS: (
        "chaque carte est celle de qui paie",
        "each card is the payer's",
    ),
    Proved.PUBLIC: (
        "un organisme public ne garde rien",
        "a public body keeps nothing",
    ),
    Proved.AWARDS: (
        "chaque lot d'aides distribué comme déclaré",
        "each batch of awards given out as declared",
    ),
    Proved.NOTES: (
        "les billets dehors valent le papier en circulation",
        "notes out are worth the paper in circulation",
    ),
    Proved.IDENTITIES: (
        "aucun identifiant ni aucune clé deux fois",
        "no identity and no key twice",
    ),
    Proved.ACCOUNTS: (
        "chaque compte est là où le journal le laisse, les sommes sont nulles",
        "each account stands where the journal leaves it, sums are zero",
    ),
    Proved.HEADS: (
        "la chaîne passe par les têtes publiées",
        "the chain passes through the published heads",
    ),
}
"""What each proof shows when it holds."""

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "walking": ("Relecture du journal", "Reading the journal again"),
    "finding": (
        "{table}, {row} : {fact} vaut {stored} ; attendu : {expected}",
        "{table}, {row}: {fact} is {stored}; expected: {expected}",
    ),
    "ok": (
        "{entries} écritures en {seconds} s : tout est prouvé.",
        "{entries} entries in {seconds} s: all is proved.",
    ),
    "failed": (
        "{entries} écritures en {seconds} s : {count} preuve(s) manquent.",
        "{entries} entries in {seconds} s: {count} proof(s) fail.",
    ),
    "head": ("Tête à publier : {head}", "Head to publish: {head}"),
}


def proof(name: Proved, language: Language) -> str:
    """What a proof shows, in one line."""
    return _chosen(PROOFS[name], language)


def sentence(name: str, language: Language, **values: object) -> str:
    """A sentence with its {names} in place."""
    return _chosen(_SENTENCES[name], language).format(**values)


def _chosen(both: tuple[str, str], language: Language) -> str:
    return both[0] if language == "fr" else both[1]
