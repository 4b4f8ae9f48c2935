"""Euros that reach the bank become Bou'Sols (F-01 to F-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from api.tour.chapters.cast import LINEAR
from api.tour.story import Chapter, Text
from ledger import flows

if TYPE_CHECKING:
    from api.tour.stage import Stage

CHAPTER = Chapter(Text("Des euros deviennent des Bou'Sols", "Euros become Bou'Sols"))


@CHAPTER.step(
    "F-01",
    fr="Alice vire 20,00 € : elle reçoit 21,00 B",
    en="Alice transfers 20.00 €: she receives 21.00 B",
    leaves=(20_00, 21_00, 0),
)
async def _transfer(stage: Stage) -> None:
    await _buy(stage, "BSL.W.alice", 20_00)


@CHAPTER.step(
    "F-02",
    fr="Bob vire 7,35 € : 7,71 B, et 15/21 de centime restent au circuit",
    en="Bob transfers 7.35 €: 7.71 B, and 15/21 of a cent stay in the circuit",
    leaves=(27_35, 28_71, 15),
)
async def _odd_amount(stage: Stage) -> None:
    await _buy(stage, "BSL.W.bob", 7_35)


@CHAPTER.step(
    "F-03",
    fr="50,00 € arrivent sans référence : ils attendent, sans créer un Bou'Sol",
    en="50.00 € arrive without a reference: they wait and create no Bou'Sol",
    leaves=(27_35, 28_71, 15),
)
async def _unidentified(stage: Stage) -> None:
    await _wait_in_suspense(stage, "chloé", 50_00)


@CHAPTER.step(
    "F-03",
    fr="C'était le virement de Chloé : 52,50 B",
    en="It was Chloe's transfer: 52.50 B",
    leaves=(77_35, 81_21, 15),
)
async def _matched(stage: Stage) -> None:
    match = flows.suspense_match(
        stage.act(),
        euros_cents=50_00,
        holder=stage["BSL.W.chloé"],
        receipt=stage.kept["chloé's transfer"],
        terms=LINEAR,
    )
    await stage.post(match)


@CHAPTER.step(
    "F-03",
    fr="30,00 € de plus, de personne que l'on connaisse…",
    en="30.00 € more, from nobody known…",
    leaves=(77_35, 81_21, 15),
)
async def _unknown(stage: Stage) -> None:
    await _wait_in_suspense(stage, "nobody", 30_00)


@CHAPTER.step(
    "F-03",
    fr="… sont rendus à la banque qui les a envoyés, après 30 jours",
    en="… go back to the bank that sent them, after 30 days",
    leaves=(77_35, 81_21, 15),
)
async def _returned(stage: Stage) -> None:
    receipt = stage.kept["nobody's transfer"]
    await stage.post(flows.suspense_return(stage.act(), euros_cents=30_00, receipt=receipt))


async def _buy(stage: Stage, wallet: str, euros_cents: int) -> None:
    await stage.post(
        flows.issue_transfer(
            stage.act(),
            euros_cents=euros_cents,
            holder=stage[wallet],
            bank_line=uuid4(),
            terms=LINEAR,
        )
    )


async def _wait_in_suspense(stage: Stage, name: str, euros_cents: int) -> None:
    receipt = flows.suspense_in(stage.act(), euros_cents=euros_cents, bank_line=uuid4())
    stage.kept[f"{name}'s transfer"] = receipt.id
    await stage.post(receipt)
