"""Who plays: the accounts that are there before the first euro, and the terms everybody has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from ledger.chart import NOTE_FACES
from ledger.conversion import Mode
from ledger.flows import Terms

if TYPE_CHECKING:
    from api.tour.stage import Stage

LINEAR: Final = Terms()
TRANCHE: Final = Terms(mode=Mode.TRANCHE)
FOOD_RULE: Final = 1
"""The rule of the food programme: it accepts the grocer and the municipal canteen."""

_CODES: Final = """
BSL.W.alice BSL.W.bob BSL.W.chloé BSL.W.didier BSL.W.fanny BSL.W.héritière BSL.W.e1 BSL.W.s10
BSL.M.boulangerie BSL.M.épicerie BSL.M.ferme BSL.M.librairie BSL.M.ressourcerie
BSL.PUBLIC.musée EUR.L.PAYABLE.musée
EUR.A.CASH.C1 EUR.L.PROG.P1 EUR.L.PROG.ALIM BSL.L.AWARDS.B1 BSL.L.AWARDS.B2
EUR.L.PAYABLE.boulangerie EUR.L.PAYABLE.ferme
BSL.L.HOLD.r1 BSL.L.HOLD.r2 BSL.L.HOLD.h1 BSL.L.HOLD.h2
EUR.A.RECV.fanny EUR.A.RECV.C1
"""


async def enter(stage: Stage) -> None:
    """Open the accounts of everybody who is known beforehand."""
    await stage.open_chart()
    places = [f"{note.name}.{place}.C1" for note in NOTE_FACES for place in ("STOCK", "RETURNS")]
    await asyncio.gather(*map(stage.open, (*_CODES.split(), *places)))
    await stage.call("put_acceptance", FOOD_RULE, [stage["BSL.M.épicerie"]], True)
