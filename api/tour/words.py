"""What the tour says around its steps, in both languages."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Final

from api.tour.story import Text

if TYPE_CHECKING:
    from api.wire.figures import Language
    from ledger.refusals import PostingRefusal

TITLE: Final = Text("Le tour du Bou'Sol", "The tour of the Bou'Sol")
INTRODUCTION: Final = Text(
    "Chaque écriture ci-dessous est passée pour de bon, par le code du service, dans une base"
    " PostgreSQL créée pour l'occasion. 20 € achètent 21 Bou'Sols (B) ; chez un commerce,"
    " 1 B règle 1 €.",
    "Each entry below is really posted, by the code of the service, in a PostgreSQL database made"
    " for the occasion. 20 € buy 21 Bou'Sols (B); at a shop, 1 B settles 1 €.",
)
LEGEND: Final = (
    (Text("L", "L"), Text("les euros dus aux porteurs", "euros owed to holders")),
    (Text("C", "C"), Text("les Bou'Sols en circulation", "Bou'Sols in circulation")),
    (
        Text("R", "R"),
        Text(
            "les arrondis, en 1/21 de centime : 21 × L − 20 × C = R, jamais négatif",
            "the roundings, in 1/21 of a cent: 21 × L − 20 × C = R, never negative",
        ),
    ),
    (
        Text("réserve/L", "reserve/L"),
        Text(
            "euros gardés par euro dû : au moins 100 %", "euros held per euro owed: at least 100%"
        ),
    ),
    (
        Text("réserve/C", "reserve/C"),
        Text(
            "euros gardés par Bou'Sol : au moins 20/21, soit 95,23 %",
            "euros held per Bou'Sol: at least 20/21, that is 95.23%",
        ),
    ),
)
ACCOUNTS: Final = (
    (
        "EUR.A.GUAR",
        Text("la banque de garantie, qui couvre L", "the bank that covers L"),
    ),
    ("EUR.A.OPER", Text("la banque de l'association", "the association's own bank")),
    ("EUR.L.CIRC", Text("la dette envers les porteurs : L", "the debt to holders: L")),
    (
        "BSL.X.ISSUED",
        Text("la contrepartie de tout Bou'Sol : C", "what stands against every Bou'Sol: C"),
    ),
    ("BSL.W.alice", Text("le compte d'une soliste", "the wallet of a resident")),
    ("BSL.M.ferme", Text("le compte d'un commerce agréé", "the account of an approved merchant")),
    ("BSL.LOT.e1", Text("une aide fléchée et datée", "an earmarked, dated aid")),
    ("NOTE20.OUT", Text("les billets de 20 B en circulation", "notes of 20 B in circulation")),
)
"""The accounts met most often."""
RESERVE: Final = Text("réserve", "reserve")
DEBIT, CREDIT = Text("débit", "debit"), Text("crédit", "credit")
ENTRY, ENTRIES = Text("écriture n°", "entry no."), Text("écritures n°", "entries no.")
TO: Final = Text("à", "to")
AND: Final = Text("et", "and")
HELD, SHARE = Text("détenu", "held"), Text("sa part", "share")
REFUSED: Final = Text("Refusé", "Refused")
HOLDERS: Final = Text("les plus grands comptes", "the largest accounts")
OTHERS: Final = Text("et {count} autres comptes", "and {count} other accounts")
PAUSE: Final = Text("Entrée pour la suite…", "Enter to go on…")
RECKONED: Final = Text(
    "{count} étapes ont laissé L, C et R au centime près où le calcul à la main les attendait.",
    "{count} steps left L, C and R to the cent where they had been reckoned by hand.",
)
AUDITED: Final = Text(
    "L'audit a relu {entries} écritures par un autre chemin que celui qui les a passées :"
    " {proofs} preuves sur {proofs} tiennent.",
    "The audit read {entries} entries again by another path than the one that posted them:"
    " {proofs} proofs of {proofs} hold.",
)
FAILED: Final = Text("Une preuve manque : {what}.", "A proof fails: {what}.")
COVERED: Final = Text(
    "Chaque Bou'Sol est couvert : {held} sont gardés pour les {owed} dus aux porteurs des {out}"
    " en circulation.",
    "Every Bou'Sol is covered: {held} are held for the {owed} owed to the holders of the {out}"
    " in circulation.",
)

_REFUSALS: Final = {
    "already_reversed": "L'écriture est déjà contre-passée.",
    "insufficient_funds": "Le compte passerait sous zéro : payez moins, ou rechargez.",
    "key_closed": "On a demandé si cette clé était passée, et elle a été fermée :"
    " il en faut une neuve.",
    "lot_not_accepted": "Cette aide ne sert pas dans ce commerce : payez autrement.",
    "origin_period_closed": "L'écriture est dans une période close :"
    " corrigez-la par un acte nouveau.",
    "payee_blocked": "Le compte qui reçoit est suspendu, gelé ou clos.",
    "pin_needed": "Au-delà de ce que la carte paie sans code : demandez le code,"
    " avec une clé neuve.",
    "stopped": "L'association a arrêté ces écritures : redemandez plus tard, avec la même clé.",
}
"""The refusals the tour shows, in French; in English each class says its own words."""

_NBSP: Final = "\N{NO-BREAK SPACE}"
_UNBREAKABLE: Final = re.compile(r"(?<=\d) (?=€|B\b|%|\d)|(?<=n°) ")
_FRENCH: Final = re.compile(r" (?=[:;?!»])|(?<=«) ")


def words_of(refusal: PostingRefusal, language: Language) -> str:
    """What a refusal says to people, and what to do next."""
    if language == "fr":
        return _REFUSALS[refusal.code]
    return " ".join((inspect.getdoc(type(refusal)) or "").split())


def spaced(text: str, language: Language) -> str:
    """The same words as printers set them: curly apostrophes, spaces that do not break a line."""
    text = _UNBREAKABLE.sub(_NBSP, text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"))
    return _FRENCH.sub(_NBSP, text) if language == "fr" else text
