"""The proof of a programme on one A4 page: figures, the head of the chain, and the signature.

Figures, words and dates alone: no name, no pseudonym. A supplement has three columns: what an
earlier proof said, what is so now, and the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from api.papers.days import in_words
from api.papers.sheet import DEEP, EDGE, FOAM, INK_2, SUNK, WHITE, WIDTH, Sheet, Type
from api.wire.days import day_of
from api.wire.figures import Figures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from admin.aid.proof import Proof
    from admin.aid.proof_bytes import At
    from api.wire.figures import Language

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "end": "Preuve de fin de programme",
        "open": "Situation du programme",
        "supplement": "Supplément à la preuve",
        "at": "Au {}, d’après le journal",
        "bousols": "En Bou’Sols",
        "euros": "En euros",
        "before": "Au {}",
        "now": "Au {}",
        "change": "Écart",
        "issued": "Donnés aux bénéficiaires",
        "spent": "Dépensés, remboursements déduits",
        "expired": "Repris à l’échéance",
        "released": "Devenus libres à l’échéance",
        "backing": "Encore à dépenser",
        "funded": "Reçus du financeur",
        "spent_euros": "Dépensés",
        "unused": "Encore au programme",
        "returned": "Rendus au financeur",
        "released_euros": "Devenus libres",
        "backing_euros": "Derrière ce qui reste à dépenser",
        "reclaimed": "Pour mémoire : revenus d’aides échues",
        "sum": "Chaque total est la somme des lignes qui le suivent, au centime. Les euros "
        "dépensés sont ce qui reste des euros reçus quand on retire les autres lignes.",
        "of": "Programme {}",
        "chain": "Tête de la chaîne",
        "entry": "Écriture no {}",
        "earlier": "Preuve précédente : écriture no {}",
        "signature": "Signature (Ed25519)",
        "how": "Vérifier : la clé publique est sur {}/v1/signing-keys ; les octets signés sont "
        "décrits dans docs/reference/codes.md.",
    },
    "en": {
        "end": "End-of-programme proof",
        "open": "State of the programme",
        "supplement": "Supplement to the proof",
        "at": "On {}, from the journal",
        "bousols": "In Bou’Sols",
        "euros": "In euros",
        "before": "On {}",
        "now": "On {}",
        "change": "Difference",
        "issued": "Given to beneficiaries",
        "spent": "Spent, refunds deducted",
        "expired": "Taken back at their end",
        "released": "Released at their end",
        "backing": "Still to be spent",
        "funded": "Received from the sponsor",
        "spent_euros": "Spent",
        "unused": "Still the programme’s",
        "returned": "Returned to the sponsor",
        "released_euros": "Released",
        "backing_euros": "Behind what is still to be spent",
        "reclaimed": "For the record: came back to the programme from lapsed aid",
        "sum": "Each total is the sum of the lines that follow it, to the cent. The euros spent "
        "are what is left of the euros received once the other lines are taken away.",
        "of": "Programme {}",
        "chain": "Head of the chain",
        "entry": "Entry no. {}",
        "earlier": "Earlier proof: entry no. {}",
        "signature": "Signature (Ed25519)",
        "how": "To verify: the public key is at {}/v1/signing-keys; the signed bytes are described "
        "in docs/reference/codes.md.",
    },
}
BOUSOLS: Final = ("issued", "spent", "expired", "released", "backing")
EUROS: Final = ("funded", "spent_euros", "unused", "returned", "released_euros", "backing_euros")
BESIDE: Final = ("reclaimed",)
"""Told, and part of no sum."""
_LEFT, _RIGHT = 20.0, WIDTH - 20.0
_ROW: Final = 8.2
_COLUMN: Final = 29.0
_BODY: Final = Type(11)
_FINE: Final = Type(9, colour=INK_2)


class ProofFacts(NamedTuple):
    """What a proof says.

    Attributes:
        programme: its id, which is signed too.
        name: of the programme.
        convention: what founds it.
        ends_on: its last day, after which its state is the proof of its end.
        before: of a supplement.
        host: where the key is published.
    """

    programme: UUID
    name: str
    convention: str
    ends_on: date
    now: At
    before: At | None
    signature: str
    host: str


def kind_of(facts: ProofFacts) -> Literal["open", "end", "supplement"]:
    """What a proof is: a supplement, the proof of the end, or a state before it."""
    if facts.before is not None:
        return "supplement"
    return "end" if day_of(facts.now.posted_at) > facts.ends_on else "open"


def title_of(facts: ProofFacts, language: Language) -> str:
    """The same in words."""
    return WORDS[language][kind_of(facts)]


def proof_sheet(facts: ProofFacts, language: Language = "fr") -> bytes:
    """One A4 page as PDF."""
    page = _Page(facts, language)
    page.head()
    page.table("bousols", BOUSOLS)
    page.table("euros", EUROS, BESIDE)
    page.chain()
    return page.sheet.bytes()


@dataclass
class _Page:
    facts: ProofFacts
    language: Language
    y: float = 0.0

    def __post_init__(self) -> None:
        self.words = WORDS[self.language]
        self.title = title_of(self.facts, self.language)
        on = day_of(self.facts.now.posted_at)
        name = f"{self.title} · {self.facts.name}"
        self.sheet = Sheet(name, language=self.language, on=on)

    def head(self) -> None:
        sheet, facts = self.sheet, self.facts
        sheet.brand(_LEFT, 14, 13)
        sheet.put(self.title, _LEFT, 43, Type(23, bold=True))
        lines, look = sheet.fitted(facts.name, (_RIGHT - _LEFT, 7), Type(14, bold=True))
        sheet.put(lines[0], _LEFT, 51.5, look)
        lines, look = sheet.fitted(facts.convention, (_RIGHT - _LEFT, 5), Type(11, colour=INK_2))
        sheet.put(lines[0], _LEFT, 57.5, look)
        day = in_words(day_of(facts.now.posted_at), self.language)
        sheet.put(self.words["at"].format(day), _LEFT, 63.5, Type(11, colour=INK_2))
        self.y = 69.0

    def table(self, unit: str, names: Sequence[str], beside: Sequence[str] = ()) -> None:
        sheet, y = self.sheet, self.y
        sheet.panel((_LEFT, y, _RIGHT - _LEFT, _ROW), DEEP, radius=1.5)
        white = Type(11, bold=True, colour=WHITE)
        sheet.put(self.words[unit], _LEFT + 3, y + 5.6, white)
        if self.facts.before is not None:
            self._cells(y, Type(9, bold=True, colour=WHITE), self._heads())
        self.y += _ROW
        for number, name in enumerate((*names, *beside)):
            self._row(unit, name, total=number == 0, fine=name in beside)
        self.y += 5

    def chain(self) -> None:
        sheet, facts, wide = self.sheet, self.facts, _RIGHT - _LEFT - 8
        self.y = sheet.block(self.words["sum"], _LEFT, self.y + 2, _RIGHT - _LEFT, Type(10.5)) + 2
        height = 54 if facts.before is None else 65
        sheet.panel((_LEFT, self.y, _RIGHT - _LEFT, height), FOAM, radius=3, edge=EDGE)
        self.y += 7
        sheet.put(self.words["of"].format(facts.programme), _LEFT + 4, self.y, Type(10))
        self.y += 7
        self._at("entry", facts.now, self.words["chain"])
        if facts.before is not None:
            self._at("earlier", facts.before, None)
        sheet.put(self.words["signature"], _LEFT + 4, self.y, Type(10.5, bold=True))
        self.y = sheet.block(facts.signature, _LEFT + 4, self.y + 4.8, wide, Type(8.5)) + 1
        sheet.block(self.words["how"].format(facts.host), _LEFT + 4, self.y + 1, wide, _FINE)

    def _at(self, word: str, one: At, title: str | None) -> None:
        if title is not None:
            self.sheet.put(title, _LEFT + 4, self.y, Type(10.5, bold=True))
            self.y += 5
        entry = self.words[word].format(one.seq)
        instant = f"{one.posted_at:%Y-%m-%dT%H:%M:%S.%fZ}"
        self.sheet.put(f"{entry} · {instant}", _LEFT + 4, self.y, Type(10))
        self.sheet.put(one.hash.hex(), _LEFT + 4, self.y + 4.8, Type(8.5))
        self.y += 11

    def _heads(self) -> list[str]:
        assert self.facts.before is not None, "only a supplement has columns"
        days = (day_of(one.posted_at) for one in (self.facts.before, self.facts.now))
        before, now = (f"{day:%d/%m/%Y}" for day in days)
        return [before, now, self.words["change"]]

    def _row(self, unit: str, name: str, *, total: bool, fine: bool) -> None:
        height = _ROW - 1
        if total:
            self.sheet.panel((_LEFT, self.y, _RIGHT - _LEFT, height), SUNK)
        look = Type(9.5, colour=INK_2) if fine else Type(11, bold=total)
        room = (_RIGHT - _LEFT - 8) - _COLUMN * (1 if self.facts.before is None else 3)
        (shown, *_), small = self.sheet.fitted(self.words[name], (room, look.line), look)
        self.sheet.put(shown, _LEFT + (6 if fine else 3), self.y + 5, small)
        self._cells(self.y - 0.6, look, self._figures(unit, name))
        self.y += height

    def _figures(self, unit: str, name: str) -> list[str]:
        now = figure(self.facts.now.proof, name)
        if self.facts.before is None:
            return [self._money(unit, now)]
        before = figure(self.facts.before.proof, name)
        sign = "+" if now > before else ""
        return [
            self._money(unit, before),
            self._money(unit, now),
            f"{sign}{self._money(unit, now - before)}",
        ]

    def _money(self, unit: str, cents: int) -> str:
        figures = Figures(self.language)
        text = figures.bousols(cents) if unit == "bousols" else figures.euros(cents)
        return text.replace("-", "−")

    def _cells(self, y: float, look: Type, cells: Sequence[str]) -> None:
        for number, cell in enumerate(reversed(cells)):
            self.sheet.put(cell, _RIGHT - 3 - number * _COLUMN, y + 5.6, look, "R")


def rows_of(facts: ProofFacts, language: Language) -> list[tuple[str | int, ...]]:
    """The same as lines of a table: what, unit, figure and, of a supplement, before and change."""
    words = WORDS[language]
    lines: list[tuple[str | int, ...]] = [
        (words[name], unit, *_figures_of(facts, name))
        for unit, names in (("BSL", BOUSOLS), ("EUR", EUROS + BESIDE))
        for name in names
    ]
    for word, one in (("entry", facts.now), ("earlier", facts.before)):
        if one is not None:
            instant = f"{one.posted_at:%Y-%m-%dT%H:%M:%S.%fZ}"
            lines.append((words[word].format(one.seq), instant, one.hash.hex()))
    lines.append((words["signature"], "", facts.signature))
    return lines


def _figures_of(facts: ProofFacts, name: str) -> tuple[int, ...]:
    now = figure(facts.now.proof, name)
    if facts.before is None:
        return (now,)
    before = figure(facts.before.proof, name)
    return now, before, now - before


def figure(proof: Proof, name: str) -> int:
    """One figure of a proof by its name, cents."""
    found: int = getattr(proof, name)
    return found
