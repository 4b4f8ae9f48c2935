"""Merchants, tills, posters and shifts, made for who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import insert

from admin.roles import Role
from api.wire.ids import new_id
from ledger import store
from ledger.chart import AccountClass
from merchants import names, register, shifts, tills
from merchants.admission import CHARTER
from merchants.shifts import Shift
from merchants.tables import MERCHANT
from tests.api.objects import kind

if TYPE_CHECKING:
    from uuid import UUID

    from tests.api.town import Town, Who


async def shop(town: Town, who: Who, **more: object) -> UUID:
    """The merchant that somebody's party is; approved, unless it is one already."""
    async with town.services.rows() as rows:
        found = await register.of_party(rows, who.party)
    if found is not None:
        return found.id
    async with town.services.connection() as ledger:
        account = who.account or await store.open_account(
            ledger, AccountClass.MERCHANT, party=who.party
        )
        payable = await store.open_account(ledger, AccountClass.PAYABLE, party=who.party)
    made, name = uuid4(), f"Commerce {uuid4().hex}"
    public = who.role is Role.CASH_OFFICER
    row = {
        "id": made,
        "class": "public" if public else "merchant",
        "convention": uuid4() if public else None,
        "party": who.party,
        "account": account,
        "payable": payable,
        "name": name,
        "skeleton": names.skeleton(name),
        "postal_code": "62200",
        "commune": "Boulogne-sur-Mer",
        "charter": CHARTER,
        "applied_at": town.now,
        "approved_at": town.now,
        "status": "approved",
        "words": "",
    }
    async with town.services.rows() as rows:
        await rows.execute(insert(MERCHANT).values(**(row | more)))
    return made


@kind("till")
async def till(town: Town, who: Who) -> UUID:
    merchant, made = await shop(town, who), new_id()
    async with town.services.rows() as rows:
        await tills.open_till(rows, till=made, merchant=merchant, label="Caisse", at=town.now)
    return made


@kind("poster")
async def poster(town: Town, who: Who) -> str:
    made = await till(town, who)
    async with town.services.rows() as rows:
        merchant = await shop(town, who)
        hung = await tills.hang(rows, till=made, merchant=merchant, actor=who.user, at=town.now)
    return f"{hung.code}.pdf"


@kind("shift")
async def shift(town: Town, who: Who) -> dict[str, UUID]:
    at, made = await till(town, who), new_id()
    async with town.services.rows() as rows:
        await shifts.begin(rows, Shift(made, at, who.user, who.grant, None, town.now))
    return {"till": at, "shift": made}
