"""People of the tests of a resident's screens: with aid, with history, with a card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from api.acting import act
from ledger import store
from ledger.chart import AccountClass
from ledger.flows import accounts as own
from ledger.flows.paying import hold
from ledger.kinds import Kind
from tests.database.world import entry

if TYPE_CHECKING:
    from datetime import datetime

    from tests.api.paying.shops import Shop
    from tests.api.town import Town, Who

RULE = 7


async def aid(town: Town, who: Who, cents: int, expires: datetime, shop: Shop) -> int:
    """Earmarked money of somebody, a multiple of 21, that a shop takes."""
    async with town.services.connection() as connection:
        number = await store.open_account(
            connection, AccountClass.LOT, party=who.party, rule=RULE, expires=expires
        )
        await connection.execute("select ledger.put_acceptance($1, $2, true)", RULE, [shop.account])
    paid = (own.GUAR, own.CIRC, cents * 20 // 21)
    await town.services.post(entry(Kind.CSE_DISBURSE, paid, (own.ISSUED, number, cents)))
    return number


async def paid(who: Who, shop: Shop, cents: int) -> str:
    """The number of a payment at a shop's poster."""
    body = {"code": shop.code, "amount": {"amount": cents, "currency": "BSL"}}
    answer = await who.post("/v1/payments", body, key=uuid4())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["payment"])


async def refused(who: Who, shop: Shop, cents: int) -> Any:
    """An attempt that the ledger refuses."""
    body = {"code": shop.code, "amount": {"amount": cents, "currency": "BSL"}}
    answer = await who.post("/v1/payments", body)
    assert answer.status_code == 422, answer.text
    return answer.json()


async def set_aside(town: Town, who: Who, cents: int) -> None:
    """Own money of somebody waits for a decision."""
    assert who.account is not None
    async with town.services.connection() as connection:
        held = await store.open_account(connection, AccountClass.HOLD, party=who.party)
    made = act(town.services, who.party, uuid4(), "hold")
    await town.services.post(hold(made, payer=who.account, held=held, bousol_cents=cents))
