"""The books are closed, then the surplus of the roundings may leave (F-27)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from api.tour.chapters.corrections import reversal_of
from api.tour.story import Chapter, Text
from ledger import flows, store
from ledger.conversion import SYMMETRIC

if TYPE_CHECKING:
    from api.tour.stage import Stage

CHAPTER = Chapter(Text("L'exercice est clos", "The year is closed"))


@CHAPTER.step(
    "F-24",
    fr="Les comptes sont arrêtés : une ancienne écriture ne se corrige plus",
    en="The books are closed: an old entry is corrected no more",
    leaves=(1384_17, 1452_84, 1077),
)
async def _close(stage: Stage) -> None:
    assert stage.day is not None
    await stage.call("close_period", stage.day + timedelta(days=1))
    stage.day = None
    await stage.refused(await reversal_of(stage, stage.kept["subsidy"].seq))


@CHAPTER.step(
    "F-27",
    fr="R vaut 1 077 : 0,51 € d'arrondis sont à l'association, 6/21 de centime restent",
    en="R is 1,077: 0.51 € of roundings are the association's, 6/21 of a cent stay",
    leaves=(1383_66, 1452_84, 6),
)
async def _sweep(stage: Stage) -> None:
    async with stage.pool.acquire() as connection:
        remainder = (await store.head(connection)).remainder
        closed_before = await connection.fetchval("select closed_before from ledger.scheme")
    claimable = await stage.call("claimable", closed_before)
    assert isinstance(claimable, int)
    surplus = flows.sweep(stage.act(), remainder=remainder, claimable=claimable, scheme=SYMMETRIC)
    await stage.post(surplus)
