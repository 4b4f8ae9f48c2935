"""Shops, tills, posters, shifts and cards as rows: what the tests of payments are about to use.

Making them through their own routes is tested where those routes are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, update

from admin.logins import step_up
from admin.logins.keys import Scope
from admin.means import cards
from admin.parties import ISSUER
from admin.roles import PartyClass, Role
from api.wire.ids import new_id
from ledger import store
from ledger.chart import AccountClass
from ledger.flows import fee_eur
from ledger.flows.act import Act
from merchants.codes import card_link, new_code, poster_link
from merchants.places import changed
from merchants.tables import MERCHANT, POSTER, SHIFT, TILL

if TYPE_CHECKING:
    from tests.api.town import Town, Who

NAME, COMMUNE = "Boulangerie Delattre", "Wimereux"


@dataclass
class Shop:
    """A merchant's till with its poster; `owner` is the merchant."""

    owner: Who
    merchant: UUID
    till: UUID
    code: str
    link: str

    @property
    def account(self) -> int:
        assert self.owner.account is not None
        return self.owner.account


async def shop(town: Town, *, owner: Who | None = None, public: bool = False, name: str = NAME):
    """A shop that takes payments; a public body's cash officer is the owner of its till."""
    if owner is None:
        kind = PartyClass.PUBLIC if public else PartyClass.MERCHANT
        owner = await town.somebody(
            Role.CASH_OFFICER if public else Role.MERCHANT, party_class=kind
        )
    payable = await _payable(town, owner.party)
    merchant, till, code = new_id(), new_id(), new_code()
    row = {
        "id": merchant, "class": "public" if public else "merchant", "party": owner.party,
        "account": owner.account, "payable": payable, "name": name, "skeleton": merchant.hex,
        "postal_code": "62930", "commune": COMMUNE, "charter": "1", "applied_at": town.now,
        "status": "approved", "convention": uuid4() if public else None,
        "words": func.to_tsvector("simple", name),
    }  # fmt: skip
    async with town.services.rows() as rows:
        await rows.execute(insert(MERCHANT).values(row))
        await rows.execute(insert(TILL).values(
            id=till, merchant=merchant, label="Caisse 1", opened_at=town.now))  # fmt: skip
        await rows.execute(insert(POSTER).values(
            code=code, till=till, made_at=town.now, made_by=owner.user))  # fmt: skip
        await changed(rows)
    return Shop(owner, merchant, till, code, poster_link(code, town.services.paying.realm))


async def codes(town: Town, some: int) -> list[str]:
    """Posters of so many merchants, of whom only rows and accounts are there."""
    async with town.services.connection() as connection:
        parties = [10**9 + number for number in range(some)]
        accounts = [
            [
                await store.open_account(connection, account_class, party=party)
                for account_class in (AccountClass.MERCHANT, AccountClass.PAYABLE)
            ]
            for party in parties
        ]
    facts = [
        (new_id(), new_id(), new_code(), party, account, owed)
        for party, (account, owed) in zip(parties, accounts, strict=True)
    ]
    now, words = town.now, func.to_tsvector("simple", NAME)
    common = {"class": "merchant", "name": NAME, "postal_code": "62930", "commune": COMMUNE,
              "charter": "1", "applied_at": now, "status": "approved"}  # fmt: skip
    async with town.services.rows() as rows:
        await rows.execute(insert(MERCHANT).values(words=words), [
            common | {"id": m, "party": p, "account": a, "payable": owed, "skeleton": m.hex}
            for m, _, _, p, a, owed in facts])  # fmt: skip
        await rows.execute(insert(TILL), [
            {"id": t, "merchant": m, "label": "Caisse 1", "opened_at": now}
            for m, t, *_ in facts])  # fmt: skip
        await rows.execute(insert(POSTER), [
            {"code": c, "till": t, "made_at": now, "made_by": m} for m, t, c, *_ in facts
        ])  # fmt: skip
        await changed(rows)
    return [code for _, _, code, *_ in facts]


async def _payable(town: Town, party: int) -> int:
    async with town.services.connection() as connection:
        return await store.open_account(connection, AccountClass.PAYABLE, party=party)


async def change(town: Town, table: Any, number: UUID, **values: Any) -> None:
    """A row of a shop changes, and every process hears of it."""
    async with town.services.rows() as rows:
        await rows.execute(update(table).where(table.c.id == number).values(**values))
        await changed(rows)


async def shift(town: Town, at: Shop, who: Who, key: UUID | None = None) -> UUID:
    """Somebody stands at a till."""
    number = new_id()
    async with town.services.rows() as rows:
        row = {"id": number, "till": at.till, "user_id": who.user, "role_grant": who.grant}
        await rows.execute(insert(SHIFT).values(**row, api_key=key, begun_at=town.now))
        await changed(rows)
    return number


async def card(town: Town, who: Who) -> tuple[int, str]:
    """A card in somebody's hands that pays: its number in the ledger, and what its QR says."""
    async with town.services.rows() as rows:
        printed = (await cards.print_batch(
            rows, place=ISSUER, count=1, actor=who.user, at=town.now))[0]  # fmt: skip
        await cards.hand_out(
            rows, number=printed.number, place=ISSUER, party=who.party, user=who.user,
            actor=who.user, at=town.now,
        )  # fmt: skip
    async with town.services.connection() as connection:
        await store.put_card(connection, printed.id, party=who.party, blocked=False)
    return printed.id, card_link(printed.token, town.services.paying.realm)


async def employee(town: Town, at: Shop, name: str = "Léa", role: Role = Role.CASHIER):
    """Somebody who works at a shop's till, and their card."""
    who = await town.resident(name=name)
    async with town.services.rows() as rows:
        (made,) = await cards.print_batch(rows, place=ISSUER, count=1, actor=who.user, at=town.now)
        await cards.hand_out(
            rows, number=made.number, place=ISSUER, party=who.party, user=who.user,
            actor=who.user, at=town.now,
        )  # fmt: skip
    at_work = await town.signed_in(who.user, who.person, role, at.owner.party)
    return at_work, made, card_link(made.token, town.services.paying.realm)


def confirmation(town: Town, who: Who, at: Shop, cents: int, key: UUID) -> str:
    """What a PIN or a passkey gives for one payment."""
    facts = step_up.Confirmed(who.user, who.party, at.account, cents, key)
    return step_up.confirm(town.services.pepper, facts, town.now)


def bsl(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "BSL"}


def eur(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "EUR"}


async def till_key(town: Town, at: Shop) -> Who:
    """A key of the shop's with every scope."""
    return await town.key(at.owner, *Scope)


async def asks(till: Who, at: Shop, cents: int, **more: Any) -> dict[str, Any]:
    """A payment request of a till."""
    body = {"till": str(at.till), "amount": bsl(cents)} | more
    answer = await till.ask("POST", "/v1/payment-requests", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def pays(who: Who, code: str, cents: int | None = None, *, key: UUID | None = None, **more):
    """Somebody pays what was scanned."""
    typed = {} if cents is None else {"amount": bsl(cents)}
    return await who.post("/v1/payments", {"code": code} | typed | more, key=key)


async def takes(till: Who, at: Shop, card: str, cents: int, *, key: UUID | None = None, **more):
    """A till takes a payment by card."""
    body = {"card": card, "amount": bsl(cents)} | more
    return await till.post(f"/v1/tills/{at.till}/card-payments", body, key=key)


async def own_funds(town: Town, cents: int = 100_00) -> None:
    """The association has money of its own, with which it fills what a public body gains."""
    act = Act(new_id(), ISSUER, uuid4(), bytes(16), document=uuid4())
    await town.services.post(fee_eur(act, euros_cents=cents))
