"""What the golden scenario leaves out: openings, a food fund, notes lost and found, melting."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from api.tour.chapters.cast import FOOD_RULE, LINEAR
from api.tour.chapters.corrections import reversal_of
from api.tour.stage import named
from api.tour.story import Chapter, Text
from ledger import flows
from ledger.conversion import SYMMETRIC, part
from ledger.flows.accounts import CIRC, GUAR, NOTES_OUT, NOTES_PRINTED, PAPER
from ledger.flows.notes import counted
from ledger.journal import Transfer
from ledger.kinds import Kind
from ledger.lots import Share

if TYPE_CHECKING:
    from api.tour.stage import Stage

CHAPTER = Chapter(Text("Ce qui arrive aussi", "What happens too"))
_LASTS: Final = timedelta(days=90)


@CHAPTER.step(
    "F-36",
    fr="Un ancien fichier est repris : 1 000,00 € en banque pour 1 050,00 B dehors",
    en="An old file is taken over: 1,000.00 € in the bank for 1,050.00 B outside",
    leaves=(2383_66, 2502_84, 6),
)
async def _opening(stage: Stage) -> None:
    holders = [Share(await stage.open("BSL.W.gaston"), 630_00), Share(PAPER, 420_00)]
    taken_over = flows.opening(
        stage.act(),
        accounts=[Transfer(GUAR, CIRC, 1_000_00)],
        holders=holders,
        notes=counted(named({20: 21}), to=NOTES_OUT, source=NOTES_PRINTED),
        scheme=SYMMETRIC,
    )
    await stage.post(taken_over)


@CHAPTER.step(
    "F-31",
    fr="Caisse alimentaire : 60,00 € d'un cotisant, 40,00 € de la ville",
    en="Food fund: 60.00 € from a contributor, 40.00 € from the town",
    leaves=(2383_66, 2502_84, 6),
)
async def _contribute(stage: Stage) -> None:
    programme = stage["EUR.L.PROG.ALIM"]
    paid_in = [
        flows.programme_fund(stage.act(), euros_cents=cents, programme=programme, bank_line=uuid4())
        for cents in (60_00, 40_00)
    ]
    await stage.post(*paid_in)


@CHAPTER.step(
    "F-31",
    fr="Didier y reçoit son allocation du mois : 100,00 € font 105,00 B d'alimentation",
    en="Didier receives this month's allotment: 100.00 € make 105.00 B of food",
    leaves=(2483_66, 2607_84, 6),
)
async def _allot(stage: Stage) -> None:
    awards = stage["BSL.L.AWARDS.B2"]
    expires = await stage.now() + _LASTS
    lot = await stage.open("BSL.LOT.didier", rule=FOOD_RULE, expires=expires)
    batch = flows.aid_batch(
        stage.act(),
        awards_euros_cents=[100_00],
        programme=stage["EUR.L.PROG.ALIM"],
        awards=awards,
        batch=uuid4(),
        terms=LINEAR,
    )
    award = flows.aid_award(
        stage.act(), euros_cents=100_00, awards=awards, lot=lot, award=uuid4(), terms=LINEAR
    )
    await stage.post_and_commit(batch)
    await stage.post(award)


@CHAPTER.step(
    "F-25",
    fr="Un billet de 5 B manque : couvert par 4,77 €…",
    en="A note of 5 B is missing: covered by 4.77 €…",
    leaves=(2488_43, 2612_84, 23),
)
async def _lose(stage: Stage) -> None:
    stage.kept["lost"] = await _lose_notes(stage, {5: 1})


@CHAPTER.step(
    "F-25",
    fr="… et il était sous le tiroir : la perte est contre-passée, jusqu'au dernier 21e",
    en="… and it was under the drawer: the loss is reversed, to the last 21st",
    leaves=(2483_66, 2607_84, 6),
)
async def _find(stage: Stage) -> None:
    await stage.post(await reversal_of(stage, stage.kept["lost"]))


@CHAPTER.step(
    "F-25",
    fr="Deux billets de 10 B manquent : couverts par 19,05 €…",
    en="Two notes of 10 B are missing: covered by 19.05 €…",
    leaves=(2502_71, 2627_84, 11),
)
async def _lose_two(stage: Stage) -> None:
    await _lose_notes(stage, {10: 2})


@CHAPTER.step(
    "F-25",
    fr="… un seul est retrouvé : 9,52 € reviennent à l'association",
    en="… only one is found: 9.52 € return to the association",
    leaves=(2493_19, 2617_84, 19),
)
async def _find_one(stage: Stage) -> None:
    found = flows.note_found(
        stage.act(), notes=named({10: 1}), to=stage.notes("STOCK", "C1"), scheme=SYMMETRIC
    )
    await stage.post(found)


@CHAPTER.step(
    "F-32",
    fr="Un billet périmé de 20 B est réactivé pour 1,00 € en espèces",
    en="An outdated note of 20 B is revived for 1.00 € in cash",
    leaves=(2493_19, 2617_84, 19),
)
async def _revive(stage: Stage) -> None:
    cash = stage["EUR.A.CASH.C1"]
    await stage.post(flows.reactivation_paid(stage.act(), euros_cents=1_00, cash=cash))


@CHAPTER.step(
    "F-32",
    fr="Un autre l'est sans espèces : 20 B rentrent, 19 B ressortent",
    en="Another without cash: 20 B come in, 19 B go out",
    leaves=(2492_24, 2616_84, 24),
)
async def _withhold(stage: Stage) -> None:
    withheld = flows.reactivation_withheld(
        stage.act(),
        handed_in=named({20: 1}),
        handed_out=named({10: 1, 5: 1, 2: 2}),
        returns=stage.notes("RETURNS", "C1"),
        stock=stage.notes("STOCK", "C1"),
        scheme=SYMMETRIC,
    )
    await stage.post(withheld)


@CHAPTER.step(
    "F-37",
    fr="La fonte, désactivée d'ordinaire : 5 % des 20,00 B dormants de Gaston",
    en="Melting, off by default: 5% of Gaston's 20.00 dormant B",
    leaves=(2491_29, 2615_84, 29),
)
async def _melt(stage: Stage) -> None:
    melted = flows.melting(
        stage.act(),
        holder=stage["BSL.W.gaston"],
        bousol_cents=part(20_00, 50_000),
        scheme=SYMMETRIC,
    )
    await stage.post(melted)


@CHAPTER.step(
    "",
    fr="Alerte : les paiements sont arrêtés. La clé d'Alice reste libre…",
    en="Alert: payments are stopped. Alice's key stays free…",
    leaves=(2491_29, 2615_84, 29),
)
async def _stop(stage: Stage) -> None:
    shares = [Share(stage["BSL.W.alice"], 2_00)]
    bookshop = stage["BSL.M.librairie"]
    stage.kept["stopped"] = flows.payment(stage.act("alice"), shares=shares, merchant=bookshop)
    await stage.call("set_switch", [int(Kind.PAYMENT)], True)
    await stage.refused(stage.kept["stopped"])
    await stage.call("set_switch", [int(Kind.PAYMENT)], False)


@CHAPTER.step(
    "",
    fr="… et passe dès la reprise, sans payer deux fois",
    en="… and goes through once they resume, without paying twice",
    leaves=(2491_29, 2615_84, 29),
)
async def _resume(stage: Stage) -> None:
    await stage.post(replace(stage.kept["stopped"], id=uuid4()))


async def _lose_notes(stage: Stage, notes: dict[int, int]) -> int:
    lost = flows.note_loss(
        stage.act(),
        notes=named(notes),
        source=stage.notes("STOCK", "C1"),
        scheme=SYMMETRIC,
    )
    return (await stage.post(lost)).seq
