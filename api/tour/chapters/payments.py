"""Payments between members, and what the ledger answers twice, refuses, or sets aside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from api.tour.story import Chapter, Text
from ledger import flows, store
from ledger.lots import Share, plan_refund
from ledger.refusals import KeyClosed

if TYPE_CHECKING:
    from api.tour.stage import Stage
    from ledger.journal import JournalEntry

CHAPTER = Chapter(Text("Payer", "Paying"))


@CHAPTER.step(
    "F-08",
    fr="Chloé paie 30,00 B à la boulangerie : aucun euro ne bouge",
    en="Chloe pays the bakery 30.00 B: no euro moves",
    leaves=(127_35, 133_21, 1015),
)
async def _pay(stage: Stage) -> None:
    stage.kept["chloe's payment"] = await stage.pay(("chloé", "BSL.M.boulangerie", 30_00))


@CHAPTER.step(
    "F-09",
    fr="La boulangerie rembourse 4,50 B à Chloé, sur ce paiement",
    en="The bakery refunds Chloe 4.50 B of this payment",
    leaves=(127_35, 133_21, 1015),
)
async def _refund(stage: Stage) -> None:
    origin = stage.kept["chloe's payment"].seq
    async with stage.pool.acquire() as connection:
        used = await store.used_by(connection, origin)
    shares = plan_refund(4_50, used=used)
    bakery = stage["BSL.M.boulangerie"]
    act = stage.act("boulangerie")
    await stage.post(flows.refund(act, origin=origin, merchant=bakery, shares=shares))


@CHAPTER.step(
    "F-10",
    fr="Alice envoie 3,00 B à Bob",
    en="Alice sends Bob 3.00 B",
    leaves=(127_35, 133_21, 1015),
)
async def _send(stage: Stage) -> None:
    alice, bob = stage["BSL.W.alice"], stage["BSL.W.bob"]
    sent = flows.p2p(stage.act("alice"), payer=alice, payee=bob, bousol_cents=3_00)
    stage.kept["sent"] = sent, await stage.post(sent)


@CHAPTER.step(
    "",
    fr="Le réseau a coupé : le téléphone d'Alice redemande, avec la même clé",
    en="The network failed: Alice's phone asks again, with the same key",
    leaves=(127_35, 133_21, 1015),
)
async def _replay(stage: Stage) -> None:
    sent, first = stage.kept["sent"]
    again = await stage.poster.post(replace(sent, id=uuid4()))
    stage.prove(first == again, "a replay has its first answer")
    stage.remark(
        fr=f"Même réponse, rien de plus n'a bougé : c'est toujours l'écriture n° {again.seq}.",
        en=f"The same answer, and nothing more moved: it is still entry no. {again.seq}.",
    )


@CHAPTER.step(
    "",
    fr="Didier, qui a 10,00 B, veut en payer 25,00",
    en="Didier, who has 10.00 B, wants to pay 25.00",
    leaves=(127_35, 133_21, 1015),
)
async def _refused(stage: Stage) -> None:
    await stage.refused(_to_the_bookshop(stage, 25_00))


@CHAPTER.step(
    "",
    fr="« Est-ce passé ? » Sinon, la clé est fermée et le non est définitif",
    en="“Did it go through?” If not, the key is closed and no means no",
    leaves=(127_35, 133_21, 1015),
)
async def _close(stage: Stage) -> None:
    late = _to_the_bookshop(stage, 5_00)
    async with stage.pool.acquire() as connection:
        answer = await store.close_key(connection, party=late.party, key=late.key)
    stage.prove(isinstance(answer, KeyClosed), "a key never heard of is closed")
    stage.remark(
        fr="Le paiement n'est pas passé, et il ne passera plus. Il arrive pourtant, en retard :",
        en="The payment did not go through, and never will. It arrives all the same, late:",
    )
    await stage.refused(late)


@CHAPTER.step(
    "",
    fr="La librairie met 20,00 B de Chloé de côté pour une commande",
    en="The bookshop sets 20.00 B of Chloe's aside for an order",
    leaves=(127_35, 133_21, 1015),
)
async def _hold(stage: Stage) -> None:
    await _set_aside(stage, "BSL.L.HOLD.h1", 20_00)


@CHAPTER.step(
    "",
    fr="La commande coûte 15,00 B : la librairie les prend, 5,00 B reviennent à Chloé",
    en="The order costs 15.00 B: the bookshop takes them, 5.00 B return to Chloe",
    leaves=(127_35, 133_21, 1015),
)
async def _capture(stage: Stage) -> None:
    capture = flows.hold_capture(
        stage.act("librairie"),
        hold_id=uuid4(),
        held=await stage.share("BSL.L.HOLD.h1"),
        payee=stage["BSL.M.librairie"],
        payer=stage["BSL.W.chloé"],
        bousol_cents=15_00,
    )
    await stage.post(capture)


@CHAPTER.step(
    "",
    fr="Une autre commande de 8,00 B est annulée : tout revient",
    en="Another order, of 8.00 B, is cancelled: everything returns",
    leaves=(127_35, 133_21, 1015),
)
async def _release(stage: Stage) -> None:
    await _set_aside(stage, "BSL.L.HOLD.h2", 8_00)
    held = await stage.share("BSL.L.HOLD.h2")
    act = stage.act("librairie")
    chloe = stage["BSL.W.chloé"]
    await stage.post(flows.hold_release(act, hold_id=uuid4(), held=held, payer=chloe))


def _to_the_bookshop(stage: Stage, cents: int) -> JournalEntry:
    shares = [Share(stage["BSL.W.didier"], cents)]
    return flows.payment(stage.act("didier"), shares=shares, merchant=stage["BSL.M.librairie"])


async def _set_aside(stage: Stage, hold: str, cents: int) -> None:
    payer, held = stage["BSL.W.chloé"], stage[hold]
    act = stage.act("chloé")
    await stage.post(flows.hold(act, payer=payer, held=held, bousol_cents=cents))
