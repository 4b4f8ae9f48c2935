"""Corrections, losses and departures; nothing is ever rubbed out (F-24 to F-30, F-34, F-35)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from api.tour.chapters.cast import LINEAR
from api.tour.stage import named
from api.tour.story import Chapter, Text
from ledger import flows, store
from ledger.chart import AccountClass, single_account
from ledger.conversion import SYMMETRIC
from ledger.flows.accounts import SUBSIDY
from ledger.lots import Share

if TYPE_CHECKING:
    from api.tour.stage import Stage
    from ledger.journal import JournalEntry

CHAPTER = Chapter(Text("Corriger, perdre, partir", "Correcting, losing, leaving"))
_NO_RECEIPTS, _FROZEN, _CLOSED = 1, 2, 3


@CHAPTER.step(
    "F-24",
    fr="Alice s'était trompée : ses 3,00 B à Bob sont contre-passés, rien n'est effacé",
    en="Alice had made a mistake: her 3.00 B to Bob are reversed, nothing is rubbed out",
    leaves=(1355_11, 1422_34, 1051),
)
async def _reverse(stage: Stage) -> None:
    _, posted = stage.kept["sent"]
    await stage.post(await reversal_of(stage, posted.seq))


@CHAPTER.step(
    "F-34",
    fr="Une subvention de 100,00 € arrive sur le compte courant, jamais sur la garantie",
    en="A subsidy of 100.00 € reaches the operating account, never the guarantee",
    leaves=(1355_11, 1422_34, 1051),
)
async def _subsidy(stage: Stage) -> None:
    act = stage.act()
    receipt = flows.operating_receipt(act, euros_cents=100_00, income=SUBSIDY)
    stage.kept["subsidy"] = await stage.post(receipt)


@CHAPTER.step(
    "F-34",
    fr="Une facture d'imprimeur de 30,00 € en sort",
    en="A printer's bill of 30.00 € leaves it",
    leaves=(1355_11, 1422_34, 1051),
)
async def _expense(stage: Stage) -> None:
    cost = single_account(AccountClass.EXPENSE)
    await stage.post(flows.operating_expense(stage.act(), euros_cents=30_00, cost=cost))


@CHAPTER.step(
    "F-35",
    fr="La banque prend 4,20 € de frais sur la garantie : l'association les rend le jour même",
    en="The bank charges the guarantee 4.20 €: the association gives them back the same day",
    leaves=(1355_11, 1422_34, 1051),
)
async def _charge(stage: Stage) -> None:
    await stage.post(flows.bank_charge(stage.act(), euros_cents=4_20, bank_line=uuid4()))


@CHAPTER.step(
    "F-25",
    fr="Un billet de 20 B manque au comptoir : réputé en circulation, couvert à 19,05 €",
    en="A note of 20 B is missing at the exchange point: deemed out, covered by 19.05 €",
    leaves=(1374_16, 1442_34, 1056),
)
async def _loss(stage: Stage) -> None:
    lost = flows.note_loss(
        stage.act(),
        notes=named({20: 1}),
        source=stage.notes("STOCK", "C1"),
        scheme=SYMMETRIC,
    )
    await stage.post(lost)


@CHAPTER.step(
    "F-01",
    fr="Fanny paie 20,00 € par prélèvement : 21,00 B",
    en="Fanny pays 20.00 € by direct debit: 21.00 B",
    leaves=(1394_16, 1463_34, 1056),
)
async def _debit(stage: Stage) -> None:
    bought = flows.issue_transfer(
        stage.act(),
        euros_cents=20_00,
        holder=stage["BSL.W.fanny"],
        bank_line=uuid4(),
        terms=LINEAR,
    )
    await stage.post(bought)


@CHAPTER.step(
    "F-08",
    fr="Elle en dépense 15,00 à l'épicerie",
    en="She spends 15.00 of them at the grocer's",
    leaves=(1394_16, 1463_34, 1056),
)
async def _spend(stage: Stage) -> None:
    await stage.pay(("fanny", "BSL.M.épicerie", 15_00))


@CHAPTER.step(
    "F-26",
    fr="Le prélèvement est rejeté : 6,00 B repris, 14,29 € réclamés, la réserve complétée",
    en="The debit is returned: 6.00 B taken back, 14.29 € claimed, the reserve filled up",
    leaves=(1388_45, 1457_34, 1065),
)
async def _bounce(stage: Stage) -> None:
    returned = flows.sdd_return(
        stage.act(),
        euros_cents=20_00,
        taken_back=Share(stage["BSL.W.fanny"], 6_00),
        receivable=stage["EUR.A.RECV.fanny"],
        bank_line=uuid4(),
        terms=LINEAR,
    )
    await stage.post(returned)


@CHAPTER.step(
    "F-30",
    fr="Bob est mort : son compte est gelé, puis ses 4,71 B vont à son héritière",
    en="Bob has died: his account is frozen, then his 4.71 B go to his heir",
    leaves=(1388_45, 1457_34, 1065),
)
async def _estate(stage: Stage) -> None:
    bob, heir = stage["BSL.W.bob"], stage["BSL.W.héritière"]
    await stage.call("set_status", bob, _FROZEN)
    act = stage.act()
    await stage.post(flows.estate_transfer(act, deceased=bob, heir=heir, bousol_cents=4_71))
    await stage.call("set_status", bob, _CLOSED)


@CHAPTER.step(
    "F-28",
    fr="La boulangerie est suspendue : elle ne reçoit plus rien",
    en="The bakery is suspended: it receives nothing any more",
    leaves=(1388_45, 1457_34, 1065),
)
async def _suspend(stage: Stage) -> None:
    await stage.call("set_status", stage["BSL.M.boulangerie"], _NO_RECEIPTS)
    shares = [Share(stage["BSL.W.didier"], 1_00)]
    bakery = stage["BSL.M.boulangerie"]
    await stage.refused(flows.payment(stage.act("didier"), shares=shares, merchant=bakery))


@CHAPTER.step(
    "F-28",
    fr="Elle quitte le réseau : ses 4,50 B lui sont payés 4,28 €, son compte est clos",
    en="It leaves the network: its 4.50 B are paid as 4.28 €, its account is closed",
    leaves=(1384_17, 1452_84, 1077),
)
async def _leave(stage: Stage) -> None:
    bakery = stage["BSL.M.boulangerie"]
    act = stage.act()
    await stage.post(flows.closure(act, merchant=bakery, bousol_cents=4_50, scheme=SYMMETRIC))
    await stage.call("set_status", bakery, _CLOSED)


async def reversal_of(stage: Stage, seq: int) -> JournalEntry:
    """The entry that undoes one that stands."""
    async with stage.pool.acquire() as connection:
        original = await store.recorded(connection, seq)
    assert original is not None, seq
    return flows.reversal(stage.act(), original=original)
