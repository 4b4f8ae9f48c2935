"""Paper notes: printed, sold for cash, swapped, sorted and destroyed (F-04 to F-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from api.tour.chapters.cast import TRANCHE
from api.tour.stage import named
from api.tour.story import Chapter, Text
from ledger import flows
from ledger.flows.accounts import NOTES_VAULT

if TYPE_CHECKING:
    from api.tour.stage import Stage

CHAPTER = Chapter(Text("Des billets dans les mains", "Notes in people's hands"))
_WORN: Final = named({10: 1})


@CHAPTER.step(
    "F-04",
    fr="L'imprimeur livre 5 000 billets au coffre : du papier, pas encore de la monnaie",
    en="The printer delivers 5,000 notes to the vault: paper, not money yet",
    leaves=(77_35, 81_21, 15),
)
async def _print(stage: Stage) -> None:
    printed = named({20: 500, 10: 500, 5: 1000, 2: 1000, 1: 2000})
    await stage.post(flows.note_print(stage.act(), notes=printed))


@CHAPTER.step(
    "F-04",
    fr="80 billets partent du coffre au comptoir C1",
    en="80 notes go from the vault to exchange point C1",
    leaves=(77_35, 81_21, 15),
)
async def _deliver(stage: Stage) -> None:
    notes = named({20: 10, 10: 10, 5: 20, 2: 20, 1: 20})
    to = stage.notes("STOCK", "C1")
    await stage.post(flows.note_move(stage.act(), notes=notes, to=to, source=NOTES_VAULT))


@CHAPTER.step(
    "F-05",
    fr="Au comptoir, 50,00 € en espèces contre 52 B en billets (1 B de plus par tranche de 20 €)",
    en="At the exchange point, 50.00 € in cash for 52 B in notes (1 B more per full 20 €)",
    leaves=(127_35, 133_21, 1015),
)
async def _sell(stage: Stage) -> None:
    sale = flows.issue_cash_paper(
        stage.act(),
        euros_cents=50_00,
        notes=named({20: 2, 10: 1, 2: 1}),
        cash=stage["EUR.A.CASH.C1"],
        stock=stage.notes("STOCK", "C1"),
        terms=TRANCHE,
    )
    await stage.post(sale)


@CHAPTER.step(
    "F-06",
    fr="Le comptoir remet ses 50,00 €",
    en="The exchange point hands over its 50.00 €",
    leaves=(127_35, 133_21, 1015),
)
async def _remit(stage: Stage) -> None:
    cash = stage["EUR.A.CASH.C1"]
    await stage.post(flows.cash_remit(stage.act(), euros_cents=50_00, cash=cash))


@CHAPTER.step(
    "F-06",
    fr="Le relevé de la banque les confirme",
    en="The bank's statement confirms them",
    leaves=(127_35, 133_21, 1015),
)
async def _banked(stage: Stage) -> None:
    await stage.post(flows.cash_banked(stage.act(), bank_line=uuid4(), reserve_cents=50_00))


@CHAPTER.step(
    "F-07",
    fr="Didier dépose un billet de 10 B : 10,00 B sur son compte",
    en="Didier pays in a note of 10 B: 10.00 B in his account",
    leaves=(127_35, 133_21, 1015),
)
async def _pay_in(stage: Stage) -> None:
    swap = flows.swap_in(
        stage.act("didier"),
        notes=named({10: 1}),
        holder=stage["BSL.W.didier"],
        returns=stage.notes("RETURNS", "C1"),
    )
    await stage.post(swap)


@CHAPTER.step(
    "F-07",
    fr="Alice retire 5,00 B : un billet de 5 B",
    en="Alice takes 5.00 B out: a note of 5 B",
    leaves=(127_35, 133_21, 1015),
)
async def _take_out(stage: Stage) -> None:
    swap = flows.swap_out(
        stage.act("alice"),
        notes=named({5: 1}),
        holder=stage["BSL.W.alice"],
        stock=stage.notes("STOCK", "C1"),
    )
    await stage.post(swap)


@CHAPTER.step(
    "F-04",
    fr="Le billet de Didier est usé : il retourne au coffre…",
    en="Didier's note is worn: it returns to the vault…",
    leaves=(127_35, 133_21, 1015),
)
async def _sort(stage: Stage) -> None:
    source = stage.notes("RETURNS", "C1")
    await stage.post(flows.note_move(stage.act(), notes=_WORN, to=NOTES_VAULT, source=source))


@CHAPTER.step(
    "F-04",
    fr="… et il est détruit devant deux témoins ; le compte des imprimés reste juste",
    en="… and is destroyed before two witnesses; the count of those printed stays whole",
    leaves=(127_35, 133_21, 1015),
)
async def _destroy(stage: Stage) -> None:
    await stage.post(flows.note_destroy(stage.act(), notes=_WORN))
