"""Between merchants, and out to euros: only merchants redeem (F-11, F-19, F-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from api.tour.chapters.cast import LINEAR
from api.tour.story import Chapter, Text
from ledger import flows
from ledger.flows import Terms
from ledger.lots import Share

if TYPE_CHECKING:
    from api.tour.stage import Stage

CHAPTER = Chapter(Text("Entre commerces, et vers l'euro", "Between merchants, and out to euros"))
_TWO_PER_CENT: Final = Terms(commission_ppm=20_000)


@CHAPTER.step(
    "F-11",
    fr="L'épicerie paie 200,00 B à la ferme qui la fournit",
    en="The grocer pays 200.00 B to the farm that supplies her",
    leaves=(477_36, 500_71, 1036),
)
async def _supplier(stage: Stage) -> None:
    grocer, farm = stage["BSL.M.épicerie"], stage["BSL.M.ferme"]
    act = stage.act("épicerie")
    await stage.post(flows.b2b(act, payer=grocer, payee=farm, bousol_cents=200_00))


@CHAPTER.step(
    "F-19",
    fr="La ferme demande l'échange de 105,00 B : ils sont mis de côté",
    en="The farm asks to redeem 105.00 B: they are set aside",
    leaves=(477_36, 500_71, 1036),
)
async def _ask(stage: Stage) -> None:
    await _request(stage, "BSL.L.HOLD.r1", 105_00)


@CHAPTER.step(
    "F-19",
    fr="La trésorière approuve : 105,00 B disparaissent, 100,00 € sont dus à la ferme",
    en="The treasurer approves: 105.00 B vanish, the farm is owed 100.00 €",
    leaves=(377_36, 395_71, 1036),
)
async def _approve(stage: Stage) -> None:
    approval = flows.redeem_approve(
        stage.act(),
        source=stage["BSL.L.HOLD.r1"],
        payable=stage["EUR.L.PAYABLE.ferme"],
        bousol_cents=105_00,
        hold_id=uuid4(),
        terms=LINEAR,
    )
    await stage.post_and_commit(approval)


@CHAPTER.step(
    "F-19",
    fr="Le virement de 100,00 € part",
    en="The transfer of 100.00 € leaves",
    leaves=(377_36, 395_71, 1036),
)
async def _paid(stage: Stage) -> None:
    await _pay_out(stage)


@CHAPTER.step(
    "F-19",
    fr="Le compte bancaire était clos : la banque renvoie les 100,00 €…",
    en="The account was closed: the bank sends the 100.00 € back…",
    leaves=(377_36, 395_71, 1036),
)
async def _bounced(stage: Stage) -> None:
    payable = stage["EUR.L.PAYABLE.ferme"]
    act = stage.act()
    await stage.post(
        flows.redeem_bounced(act, euros_cents=100_00, payable=payable, bank_line=uuid4())
    )


@CHAPTER.step(
    "F-19",
    fr="… et ils repartent, vers le bon compte",
    en="… and they leave again, to the right account",
    leaves=(377_36, 395_71, 1036),
)
async def _paid_again(stage: Stage) -> None:
    await _pay_out(stage)


@CHAPTER.step(
    "F-19",
    fr="La ferme demande encore 21,00 B, puis se ravise : refusé, tout lui revient",
    en="The farm asks for 21.00 B more, then thinks again: rejected, everything returns",
    leaves=(377_36, 395_71, 1036),
)
async def _rejected(stage: Stage) -> None:
    await _request(stage, "BSL.L.HOLD.r2", 21_00)
    held = await stage.share("BSL.L.HOLD.r2")
    farm = stage["BSL.M.ferme"]
    act = stage.act()
    await stage.post(flows.redeem_refused(act, hold_id=uuid4(), held=held, merchant=farm))


@CHAPTER.step(
    "F-20",
    fr="La boulangerie échange 21,00 B avec 2 % de commission : 19,60 € et 0,40 €",
    en="The bakery redeems 21.00 B with 2% commission: 19.60 € and 0.40 €",
    leaves=(357_36, 374_71, 1036),
)
async def _commission(stage: Stage) -> None:
    approval = flows.redeem_approve(
        stage.act(),
        source=stage["BSL.M.boulangerie"],
        payable=stage["EUR.L.PAYABLE.boulangerie"],
        bousol_cents=21_00,
        hold_id=None,
        terms=_TWO_PER_CENT,
    )
    await stage.post_and_commit(approval)


@CHAPTER.step(
    "F-20",
    fr="Payés ; la commission passe sur le compte de l'association",
    en="Paid; the commission moves to the association's own account",
    leaves=(357_36, 374_71, 1036),
)
async def _commission_paid(stage: Stage) -> None:
    owed = [Share(stage["EUR.L.PAYABLE.boulangerie"], 19_60)]
    act = stage.act()
    await stage.post(flows.redeem_paid(act, payables=owed, bank_line=uuid4(), commission_cents=40))


async def _request(stage: Stage, hold: str, cents: int) -> None:
    act = stage.act("ferme")
    farm, held = stage["BSL.M.ferme"], stage[hold]
    await stage.post_and_commit(
        flows.redeem_hold(act, merchant=farm, held=held, bousol_cents=cents)
    )


async def _pay_out(stage: Stage) -> None:
    owed = [Share(stage["EUR.L.PAYABLE.ferme"], 100_00)]
    await stage.post(flows.redeem_paid(stage.act(), payables=owed, bank_line=uuid4()))
