"""A card with its PIN, a public body that holds nothing, and the list of the last day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from api.tour.stage import Shares
from api.tour.story import Chapter, Text
from ledger import flows
from ledger.conversion import SYMMETRIC
from ledger.lots import Share

if TYPE_CHECKING:
    from api.tour.stage import Stage
    from ledger.journal import JournalEntry

CHAPTER = Chapter(Text("La carte, la ville, le dernier jour", "The card, the town, the last day"))
_CARD: Final = 4021
_BEFORE = (2591_29, 2720_84, 29)
_AFTER = (2586_53, 2715_84, 33)


@CHAPTER.step(
    "",
    fr="Alice paie 35,00 B par carte, sans code secret : au-delà de 30,00 B il le faut",
    en="Alice pays 35.00 B by card, without her PIN: above 30.00 B it is needed",
    leaves=_BEFORE,
)
async def _no_pin(stage: Stage) -> None:
    await stage.call("put_card", _CARD, stage.party("alice"), 0)
    await stage.refused(_by_card(stage, pin=False))


@CHAPTER.step(
    "",
    fr="Avec son code, et une nouvelle clé, c'est payé",
    en="With her PIN, and a new key, it is paid",
    leaves=_BEFORE,
)
async def _with_pin(stage: Stage) -> None:
    await stage.post(_by_card(stage, pin=True))


@CHAPTER.step(
    "F-29",
    fr="Didier paie 5,00 B au musée : la ville ne détient rien, 5,00 € lui sont dus",
    en="Didier pays the museum 5.00 B: the town holds nothing, it is owed 5.00 €",
    leaves=_AFTER,
)
async def _museum(stage: Stage) -> None:
    settled = flows.public_settlement(
        stage.act("didier"),
        shares=[Share(stage["BSL.W.didier"], 5_00)],
        public=stage["BSL.PUBLIC.musée"],
        payable=stage["EUR.L.PAYABLE.musée"],
        scheme=SYMMETRIC,
    )
    await stage.post(settled)


@CHAPTER.step(
    "F-29",
    fr="La régie du musée reçoit ses 5,00 € entiers",
    en="The museum's cash office receives its whole 5.00 €",
    leaves=_AFTER,
)
async def _museum_paid(stage: Stage) -> None:
    owed = [await stage.share("EUR.L.PAYABLE.musée")]
    await stage.post(flows.redeem_paid(stage.act(), payables=owed, bank_line=uuid4()))


@CHAPTER.step(
    "F-33",
    fr="Et si tout s'arrêtait ce soir ? Chacun aurait sa part de la réserve",
    en="And if all ended tonight? Each would get their share of the reserve",
    leaves=_AFTER,
)
async def _last_day(stage: Stage) -> None:
    balances, cover = await stage.holders()
    shares = flows.dissolution(balances, reserve_cents=cover.reserve, issued_cents=cover.issued)
    paid_cents = sum(share.cents for share in shares)
    stage.prove(paid_cents <= cover.reserve, "the last day pays more than there is")
    lines = ((stage.code(account), balances[account], cents) for account, cents in shares)
    stage.shown.append(Shares(tuple(lines)))


def _by_card(stage: Stage, *, pin: bool) -> JournalEntry:
    act = replace(stage.act("alice"), card=_CARD, pin=pin)
    shares = [Share(stage["BSL.W.alice"], 35_00)]
    return flows.payment(act, shares=shares, merchant=stage["BSL.M.librairie"])
