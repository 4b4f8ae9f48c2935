"""Payments, requests and tills of who asks, for the access matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.roles import Role
from api.wire.days import day_of
from merchants import tills
from merchants.codes import poster_link
from tests.api import objects_shops
from tests.api.objects import kind
from tests.api.paying import shops
from tests.api.paying.shops import Shop

if TYPE_CHECKING:
    from tests.api.town import Town, Who

SHOPS: dict[tuple[int, int], Shop] = {}


async def shop_of(town: Town, who: Who) -> Shop:
    """The one shop of somebody's party, with a till and a poster."""
    name = id(town.house), who.party
    if name not in SHOPS:
        till = await objects_shops.till(town, who)
        merchant = await objects_shops.shop(town, who)
        async with town.services.rows() as rows:
            hung = await tills.hang(rows, till=till, merchant=merchant, actor=who.user, at=town.now)
        link = poster_link(hung.code, town.services.paying.realm)
        SHOPS[name] = Shop(who, merchant, till, hung.code, link)
    return SHOPS[name]


@kind("till_day")
async def till_day(town: Town, who: Who) -> dict[str, str]:
    return {"till_id": str((await shop_of(town, who)).till), "day": str(day_of(town.now))}


@kind("payment_request")
async def payment_request(town: Town, who: Who) -> str:
    asked = await shops.asks(who, await shop_of(town, who), 1_00)
    return str(asked["request"])


@kind("payment")
async def payment(town: Town, who: Who) -> str:
    """A payment that somebody made, or that their till took."""
    payer = who if who.role is Role.SOLISTE else await town.resident()
    await town.fill(payer, 20_00)
    if who.role is Role.CASH_OFFICER:
        await shops.own_funds(town)
    at = await (shops.shop(town) if payer is who else shop_of(town, who))
    paid = await shops.pays(payer, at.code, 5_00)
    assert paid.status_code == 201, paid.text
    return str(paid.json()["payment"])
