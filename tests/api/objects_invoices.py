"""Makers of what room-invoices' addresses name: payments of invoices, redemptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import select, update

from admin.roles import Role
from merchants.tables import INVOICE_PAYMENT, MERCHANT
from tests.api.invoices.shops import HERE, IBAN, admitted, shop
from tests.api.objects import kind
from tests.api.town import PIN

if TYPE_CHECKING:
    from tests.api.town import Town, Who


@kind("invoice_payment")
async def invoice_payment(town: Town, who: Who) -> Any:
    """One that the asker may decide: proposed by its party; or paid to it, for who only looks."""
    other = await shop(town)
    await _member(town, who)
    if who.role is Role.CASH_OFFICER:
        return await _row(town, other, who, status="paid", decided_at=town.now, entry=uuid4())
    return await _row(town, who, other)


@kind("received_invoice_payment")
async def received_invoice_payment(town: Town, who: Who) -> Any:
    """One that was paid to the asker's party through the ledger, so that it may be given back."""
    payer = await shop(town, 500_00)
    await _member(town, who)
    body = {
        "supplier": str(who.extra["merchant"]),
        "invoice": uuid4().hex,
        "total": {"amount": 340_00, "currency": "EUR"},
        "bousols": {"amount": 100_00, "currency": "BSL"},
        "proof": {"pin": PIN},
    }
    told = await payer.post("/v1/invoice-payments", body)
    assert told.status_code == 201, told.text
    return told.json()["id"]


@kind("redemption")
async def redemption(town: Town, who: Who) -> Any:
    """What the asker's party asked to have in euros."""
    await _member(town, who)
    await town.fill(who, 105_00)
    async with town.services.rows() as rows:
        mine = update(MERCHANT).where(MERCHANT.c.party == who.party)
        await rows.execute(mine.values(iban=IBAN))
    body = {"amount": {"amount": 105_00, "currency": "BSL"}} | HERE
    told = await who.post("/v1/redemptions", body)
    assert told.status_code == 201, told.text
    return told.json()["id"]


async def _member(town: Town, who: Who) -> None:
    async with town.services.rows() as rows:
        known = await rows.scalar(select(MERCHANT.c.id).where(MERCHANT.c.party == who.party))
    if known is not None:
        who.extra["merchant"] = known
    elif who.role is Role.CASH_OFFICER:
        await admitted(town, who, party_class="public", convention=uuid4())
    else:
        await admitted(town, who)


async def _row(town: Town, payer: Who, payee: Who, **facts: Any) -> Any:
    number = uuid4()
    row = {
        "id": number,
        "payer": payer.party,
        "payee": payee.party,
        "payer_account": payer.account,
        "payee_account": payee.account,
        "invoice": "FA-1",
        "likeness": uuid4().hex,
        "total_cents": 340_00,
        "bousol_cents": 100_00,
        "euro_cents": 240_00,
        "key": uuid4(),
        "status": "proposed",
        "made_by": payer.grant,
        "made_at": town.now,
    }
    async with town.services.rows() as rows:
        await rows.execute(INVOICE_PAYMENT.insert().values(**(row | facts)))
    return number
