"""Merchants of the network as they stand once admitted, for tests of what they do with money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from admin.parties import ISSUER
from admin.roles import Role
from ledger import store
from ledger.chart import AccountClass
from ledger.flows import Act, operating_receipt
from ledger.flows.accounts import SUBSIDY
from merchants.names import skeleton
from merchants.tables import MERCHANT
from tests.api.town import PIN

if TYPE_CHECKING:
    from tests.api.town import Town, Who

HERE = {"proof": {"pin": PIN}}
"""What a person who is there can show."""
IBAN = "FR7630006000011234567890189"


async def shop(town: Town, cents: int = 0, *, name: str | None = None, **facts: Any) -> Who:
    """Somebody who acts for an approved merchant with at least so many cents of Bou'Sols."""
    who = await town.somebody(Role.MERCHANT)
    await admitted(town, who, name=name, **facts)
    if cents:
        await town.fill(who, cents)
    return who


async def admitted(
    town: Town, who: Who, *, name: str | None = None, party_class: str = "merchant", **facts: Any
) -> UUID:
    """The party of somebody is a member of the network, and its public id."""
    number = uuid4()
    called = name or f"Maison {number.hex[:12]}"
    async with town.services.connection() as connection:
        payable = await store.open_account(connection, AccountClass.PAYABLE, party=who.party)
    row = {
        "id": number,
        "class": party_class,
        "party": who.party,
        "account": who.account,
        "payable": payable,
        "name": called,
        "skeleton": skeleton(called),
        "siret": f"{who.party:014}",
        "postal_code": "62200",
        "commune": "Boulogne-sur-Mer",
        "iban": IBAN,
        "charter": "2027-1",
        "applied_at": town.now,
        "status": "approved",
        "approved_at": town.now,
        "words": "",
    }
    async with town.services.rows() as rows:
        await rows.execute(MERCHANT.insert().values(**(row | facts)))
    who.extra |= {"merchant": number, "name": called, "payable": payable}
    return number


async def set_status(town: Town, who: Who, status: str) -> None:
    """What room-shops decides: the row first; the ledger's account is not touched."""
    async with town.services.rows() as rows:
        mine = MERCHANT.c.party == who.party
        before = "approved" if status == "frozen" else None
        changed = MERCHANT.update().where(mine).values(status=status, frozen_from=before)
        await rows.execute(changed)


async def colleague(town: Town, who: Who) -> Who:
    """Another human being who acts for the same merchant."""
    other = await town.somebody(Role.MERCHANT, party=who.party)
    other.account = who.account
    other.extra |= who.extra
    return other


async def public_body(town: Town) -> Who:
    """A cash officer of a public body that takes Bou'Sols under a convention."""
    officer = await town.somebody(Role.CASH_OFFICER)
    await admitted(town, officer, party_class="public", convention=uuid4())
    return officer


async def own_funds(town: Town, cents: int) -> None:
    """The association has euros of its own, from which it pays what par costs at a public desk."""
    act = Act(uuid4(), ISSUER, uuid4(), bytes(16), document=uuid4())
    await town.services.post(operating_receipt(act, euros_cents=cents, income=SUBSIDY))


def bill(supplier: Who, bousols: int, **more: Any) -> dict[str, Any]:
    """The body of an invoice payment: 340.00 EUR in all, unless told otherwise."""
    total, euros = more.pop("total", 340_00), more.pop("euros", 0)
    body = {
        "supplier": str(supplier.extra["merchant"]),
        "invoice": f"FA-{uuid4().hex[:10]}",
        "total": {"amount": total, "currency": "EUR"},
        "bousols": {"amount": bousols, "currency": "BSL"},
        "proof": HERE["proof"],
    }
    if euros:
        body["euros"] = {"amount": euros, "currency": "EUR"}
    return body | more
