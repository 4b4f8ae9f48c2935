"""The association's own books: fees, gifts, a works council, the placement (F-18, F-21 to F-23)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from api.tour.chapters.cast import FOOD_RULE, LINEAR
from api.tour.story import Chapter, Text
from ledger import flows
from ledger.conversion import SYMMETRIC, part
from ledger.lots import Share

if TYPE_CHECKING:
    from api.tour.stage import Stage

CHAPTER = Chapter(Text("La vie de l'association", "The life of the association"))
_LASTS: Final = timedelta(days=90)
_LAPSES_SOON: Final = timedelta(milliseconds=300)
_EMPLOYEES: Final = [f"s{n:02}" for n in range(1, 11)]


@CHAPTER.step(
    "F-21",
    fr="Une cotisation de 3,00 €",
    en="A membership fee of 3.00 €",
    leaves=(357_36, 374_71, 1036),
)
async def _fee(stage: Stage) -> None:
    await stage.post(flows.fee_eur(stage.act(), euros_cents=3_00))


@CHAPTER.step(
    "F-21",
    fr="Bob paie la sienne en Bou'Sols : 3,00 B valent 2,85 €, l'association perd 0,15 €",
    en="Bob pays his in Bou'Sols: 3.00 B are worth 2.85 €, the association loses 0.15 €",
    leaves=(354_51, 371_71, 1051),
)
async def _fee_in_bousols(stage: Stage) -> None:
    bob = stage["BSL.W.bob"]
    act = stage.act("bob")
    await stage.post(flows.fee_bsl(act, holder=bob, bousol_cents=3_00, scheme=SYMMETRIC))


@CHAPTER.step(
    "F-22",
    fr="Chloé donne 5,00 B à une association",
    en="Chloe gives 5.00 B to a charity",
    leaves=(354_51, 371_71, 1051),
)
async def _donation(stage: Stage) -> None:
    chloe, charity = stage["BSL.W.chloé"], stage["BSL.M.ressourcerie"]
    act = stage.act("chloé")
    await stage.post(flows.donation(act, giver=chloe, association=charity, bousol_cents=5_00))


@CHAPTER.step(
    "F-22",
    fr="Et l'émetteur y ajoute 3 % de 20,00 € changés : 0,60 € font 0,63 B",
    en="And the issuer adds 3% of 20.00 € exchanged: 0.60 € make 0.63 B",
    leaves=(355_11, 372_34, 1051),
)
async def _gift(stage: Stage) -> None:
    euros_cents = part(20_00, 30_000)
    charity = stage["BSL.M.ressourcerie"]
    act = stage.act()
    await stage.post(flows.issuer_gift(act, euros_cents=euros_cents, holder=charity, terms=LINEAR))


@CHAPTER.step(
    "F-18",
    fr="Un CSE verse 1 000,00 € pour 10 salariés : 105,00 B fléchés pour chacun",
    en="A works council pays 1,000.00 € for 10 employees: 105.00 B earmarked for each",
    leaves=(1355_11, 1422_34, 1051),
)
async def _works_council(stage: Stage) -> None:
    now = await stage.now()
    stage.kept["grant lapses"] = now + _LAPSES_SOON
    for name in _EMPLOYEES:
        lasts = _LAPSES_SOON if name == "s10" else _LASTS
        await stage.open(f"BSL.LOT.{name}", rule=FOOD_RULE, expires=now + lasts)
    grants = flows.cse_disburse(
        stage.act(),
        grants=[Share(stage[f"BSL.LOT.{name}"], 100_00) for name in _EMPLOYEES],
        source=stage["EUR.A.GUAR"],
        batch=uuid4(),
        terms=LINEAR,
    )
    await stage.post(grants)


@CHAPTER.step(
    "F-17",
    fr="S10 n'a rien dépensé à temps : ici la règle libère la somme, elle devient la sienne",
    en="S10 spent nothing in time: here the rule releases the sum, it becomes his own",
    leaves=(1355_11, 1422_34, 1051),
)
async def _release(stage: Stage) -> None:
    await stage.wait_until(stage.kept["grant lapses"])
    lot = await stage.share("BSL.LOT.s10")
    await stage.post(flows.aid_release(stage.act(), lot=lot, wallet=stage["BSL.W.s10"]))


@CHAPTER.step(
    "F-23",
    fr="500,00 € de la réserve sont placés, capital garanti",
    en="500.00 € of the reserve are placed, capital guaranteed",
    leaves=(1355_11, 1422_34, 1051),
)
async def _place(stage: Stage) -> None:
    await stage.post(flows.placement(stage.act(), euros_cents=500_00))


@CHAPTER.step(
    "F-23",
    fr="2,50 € d'intérêts : un produit de l'association, jamais des porteurs",
    en="2.50 € of interest: income of the association, never of holders",
    leaves=(1355_11, 1422_34, 1051),
)
async def _interest(stage: Stage) -> None:
    await stage.post(flows.interest(stage.act(), euros_cents=2_50))
