"""Aid of the CCAS: funded in euros, issued at disbursement, spent where its rule accepts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from api.tour.chapters.cast import FOOD_RULE, LINEAR
from api.tour.story import Chapter, Text
from ledger import flows, store
from ledger.conversion import SYMMETRIC
from ledger.lots import Share, plan_refund

if TYPE_CHECKING:
    from api.tour.stage import Stage

CHAPTER = Chapter(Text("L'aide alimentaire du CCAS", "The food aid of the CCAS"))
_LASTS: Final = timedelta(days=90)
_BENEFICIARIES: Final = [f"e{n}" for n in range(1, 9)]


@CHAPTER.step(
    "F-12",
    fr="Le CCAS verse 400,00 € au programme P1 : pas un Bou'Sol n'est créé",
    en="The CCAS pays 400.00 € into programme P1: not one Bou'Sol is created",
    leaves=(127_35, 133_21, 1015),
)
async def _fund(stage: Stage) -> None:
    funded = flows.programme_fund(
        stage.act(), euros_cents=400_00, programme=stage["EUR.L.PROG.P1"], bank_line=uuid4()
    )
    await stage.post(funded)


@CHAPTER.step(
    "F-13",
    fr="La commission accorde 8 aides de 50,00 € : 420,00 B sont émis, en une écriture",
    en="The committee awards 8 aids of 50.00 €: 420.00 B are issued, in one entry",
    leaves=(527_35, 553_21, 1015),
)
async def _batch(stage: Stage) -> None:
    batch = flows.aid_batch(
        stage.act(),
        awards_euros_cents=[50_00] * len(_BENEFICIARIES),
        programme=stage["EUR.L.PROG.P1"],
        awards=stage["BSL.L.AWARDS.B1"],
        batch=uuid4(),
        terms=LINEAR,
    )
    await stage.post_and_commit(batch)


@CHAPTER.step(
    "F-13",
    fr="Puis chaque aide rejoint son bénéficiaire : 52,50 B, fléchés et datés",
    en="Then each award reaches its beneficiary: 52.50 B, earmarked and dated",
    leaves=(527_35, 553_21, 1015),
)
async def _awards(stage: Stage) -> None:
    now = await stage.now()
    # The aid of two lapses soon, but not before it is used, however slow this machine is today.
    soon = stage.kept["aid lapses"] = now + timedelta(seconds=1) + 2 * stage.lasted()
    for name in _BENEFICIARIES:
        expires = soon if name in {"e1", "e2"} else now + _LASTS
        await stage.open(f"BSL.LOT.{name}", rule=FOOD_RULE, expires=expires)
    awards = [
        flows.aid_award(
            stage.act(),
            euros_cents=50_00,
            awards=stage["BSL.L.AWARDS.B1"],
            lot=stage[f"BSL.LOT.{name}"],
            award=uuid4(),
            terms=LINEAR,
        )
        for name in _BENEFICIARIES
    ]
    await stage.post(*awards)


@CHAPTER.step(
    "F-14",
    fr="E1 achète pour 20,00 B à l'épicerie, avec son aide",
    en="E1 buys for 20.00 B at the grocer's, with her aid",
    leaves=(527_35, 553_21, 1015),
)
async def _spend(stage: Stage) -> None:
    await stage.pay(("e1", "BSL.M.épicerie", 20_00))


@CHAPTER.step(
    "F-14",
    fr="La même aide, forcée à la librairie, est refusée par la base elle-même",
    en="The same aid, forced upon the bookshop, is refused by the database itself",
    leaves=(527_35, 553_21, 1015),
)
async def _wrong_shop(stage: Stage) -> None:
    shares = [Share(stage["BSL.LOT.e1"], 5_00)]
    bookshop = stage["BSL.M.librairie"]
    await stage.refused(flows.payment(stage.act("e1"), shares=shares, merchant=bookshop))


@CHAPTER.step(
    "F-02",
    fr="E1 achète 10,00 B de son propre argent : 9,53 €, arrondi au centime supérieur",
    en="E1 buys 10.00 B with her own money: 9.53 €, rounded up to the cent",
    leaves=(536_88, 563_21, 1028),
)
async def _own_money(stage: Stage) -> None:
    bought = flows.issue_transfer(
        stage.act(),
        euros_cents=SYMMETRIC.price(10_00),
        holder=stage["BSL.W.e1"],
        bank_line=uuid4(),
        terms=LINEAR,
    )
    await stage.post(bought)


@CHAPTER.step(
    "F-15",
    fr="E1 paie 40,00 B à l'épicerie : d'abord l'aide, le reste de sa poche",
    en="E1 pays the grocer 40.00 B: the aid first, the rest of her own",
    leaves=(536_88, 563_21, 1028),
)
async def _mixed(stage: Stage) -> None:
    stage.kept["mixed payment"] = await stage.pay(("e1", "BSL.M.épicerie", 40_00))
    stage.remark(
        fr="L'épicerie voit 40,00 B, et rien de plus : l'aide ne regarde qu'E1 et le CCAS.",
        en="The grocer sees 40.00 B and nothing more: the aid is between E1 and the CCAS.",
    )


@CHAPTER.step(
    "F-16",
    fr="L'épicerie rembourse 10,00 B : l'aide est rétablie d'abord",
    en="The grocer refunds 10.00 B: the aid is restored first",
    leaves=(536_88, 563_21, 1028),
)
async def _refund(stage: Stage) -> None:
    origin = stage.kept["mixed payment"].seq
    async with stage.pool.acquire() as connection:
        used = await store.used_by(connection, origin)
    shares = plan_refund(10_00, used=used)
    grocer = stage["BSL.M.épicerie"]
    act = stage.act("épicerie")
    await stage.post(flows.refund(act, origin=origin, merchant=grocer, shares=shares))


@CHAPTER.step(
    "F-14",
    fr="E3 à E8 dépensent chacun leurs 52,50 B, tous au même instant",
    en="E3 to E8 each spend their 52.50 B, all at the same instant",
    leaves=(536_88, 563_21, 1028),
)
async def _together(stage: Stage) -> None:
    await stage.pay(*((name, "BSL.M.épicerie", 52_50) for name in _BENEFICIARIES[2:]))


@CHAPTER.step(
    "F-17",
    fr="Le terme est passé : 62,50 B non dépensés redeviennent 59,52 € du programme",
    en="The term is over: 62.50 B not spent are 59.52 € of the programme again",
    leaves=(477_36, 500_71, 1036),
)
async def _expire(stage: Stage) -> None:
    lots = [await stage.share(f"BSL.LOT.{name}") for name in _BENEFICIARIES[:2]]
    await stage.wait_until(stage.kept["aid lapses"])
    programme = stage["EUR.L.PROG.P1"]
    await stage.post(flows.aid_expire(stage.act(), lots=lots, programme=programme, terms=LINEAR))


@CHAPTER.step(
    "F-17",
    fr="Ces 59,52 € retournent au CCAS",
    en="These 59.52 € return to the CCAS",
    leaves=(477_36, 500_71, 1036),
)
async def _return(stage: Stage) -> None:
    programme = stage["EUR.L.PROG.P1"]
    await stage.post(flows.programme_return(stage.act(), euros_cents=59_52, programme=programme))
