"""Cash for a wallet, and five euros that are missing at the bank (F-05, F-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from api.tour.chapters.cast import LINEAR
from api.tour.story import Chapter, Text
from ledger import flows
from ledger.flows.accounts import TRANSIT

if TYPE_CHECKING:
    from api.tour.stage import Stage

CHAPTER = Chapter(Text("Il manque 5,00 € à la banque", "5.00 € are missing at the bank"))
_NOW = (2591_29, 2720_84, 29)


@CHAPTER.step(
    "F-05",
    fr="Au comptoir, Alice donne 100,00 € : 105,00 B sur son compte",
    en="At the exchange point, Alice gives 100.00 €: 105.00 B in her account",
    leaves=_NOW,
)
async def _sell(stage: Stage) -> None:
    sale = flows.issue_cash_wallet(
        stage.act(),
        euros_cents=100_00,
        holder=stage["BSL.W.alice"],
        cash=stage["EUR.A.CASH.C1"],
        terms=LINEAR,
    )
    await stage.post(sale)


@CHAPTER.step(
    "F-06",
    fr="Le comptoir remet 101,00 € : la vente, et l'euro de la réactivation",
    en="The exchange point hands over 101.00 €: the sale, and the euro of the revival",
    leaves=_NOW,
)
async def _remit(stage: Stage) -> None:
    cash = stage["EUR.A.CASH.C1"]
    await stage.post(flows.cash_remit(stage.act(), euros_cents=101_00, cash=cash))


@CHAPTER.step(
    "F-06",
    fr="La banque n'en compte que 96,00 : 95,00 € à la garantie, 1,00 € à l'association",
    en="The bank counts only 96.00: 95.00 € to the guarantee, 1.00 € to the association",
    leaves=_NOW,
)
async def _banked(stage: Stage) -> None:
    banked = flows.cash_banked(stage.act(), bank_line=uuid4(), reserve_cents=95_00, own_cents=1_00)
    await stage.post(banked)


@CHAPTER.step(
    "F-06",
    fr="5,00 € sont réclamés au comptoir, et l'association complète la réserve le jour même",
    en="5.00 € are claimed from the exchange point; the association fills the reserve at once",
    leaves=_NOW,
)
async def _claim(stage: Stage) -> None:
    claim = flows.cash_shortage(
        stage.act(),
        euros_cents=5_00,
        missing_from=TRANSIT,
        receivable=stage["EUR.A.RECV.C1"],
    )
    await stage.post(claim)


@CHAPTER.step(
    "F-06",
    fr="Le comptoir en retrouve 2,00",
    en="The exchange point finds 2.00 of them",
    leaves=_NOW,
)
async def _recover(stage: Stage) -> None:
    claim = stage["EUR.A.RECV.C1"]
    await stage.post(flows.shortage_recovered(stage.act(), euros_cents=2_00, receivable=claim))


@CHAPTER.step(
    "F-06",
    fr="Les 3,00 autres sont une perte de l'association, jamais des porteurs",
    en="The other 3.00 are a loss of the association, never of holders",
    leaves=_NOW,
)
async def _write_off(stage: Stage) -> None:
    claim = stage["EUR.A.RECV.C1"]
    await stage.post(flows.shortage_written_off(stage.act(), euros_cents=3_00, receivable=claim))
