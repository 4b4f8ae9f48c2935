"""Payments, requests and tills of who asks, for the access matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.roles import Role
from api.days import day_of
from tests.api.objects import kind
from tests.api.paying import shops

if TYPE_CHECKING:
    from tests.api.paying.shops import Shop
    from tests.api.town import Town, Who

SHOPS: dict[tuple[int, int], Shop] = {}


async def shop_of(town: Town, who: Who) -> Shop:
    """The one shop of somebody's party."""
    name = id(town.house), who.party
    if name not in SHOPS:
        SHOPS[name] = await shops.shop(town, owner=who)
    return SHOPS[name]


@kind("till")
async def till(town: Town, who: Who) -> str:
    return str((await shop_of(town, who)).till)


@kind("till_day")
async def till_day(town: Town, who: Who) -> dict[str, str]:
    return {"till_id": await till(town, who), "day": str(day_of(town.now))}


@kind("payment_request")
async def payment_request(town: Town, who: Who) -> str:
    asked = await shops.asks(who, await shop_of(town, who), 1_00)
    return str(asked["request"])


@kind("payment")
async def payment(town: Town, who: Who) -> str:
    """A payment that somebody made, or that their till took."""
    payer = who if who.role is Role.SOLISTE else await town.resident()
    await town.fill(payer, 20_00)
    at = await (shops.shop(town) if payer is who else shop_of(town, who))
    paid = await shops.pays(payer, at.code, 5_00)
    assert paid.status_code == 201, paid.text
    return str(paid.json()["payment"])
