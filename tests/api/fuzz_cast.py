"""Whom schemathesis asks as: somebody who is admitted, a member, with a till, money and a card.

Without them no act of the main job would ever succeed, and nothing that follows one be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from admin.logins.keys import Scope
from admin.roles import Role
from admin.tables import CARD
from api.wire.ids import new_id
from merchants import shifts
from merchants.places import changed
from merchants.shifts import Shift
from tests.api.buying.buyers import join
from tests.api.invoices.shops import admitted
from tests.api.invoices.shops import shop as supplier
from tests.api.objects import KINDS
from tests.api.objects_paying import shop_of
from tests.api.paying import shops

if TYPE_CHECKING:
    from uuid import UUID

    from tests.api.town import Town, Who

KEY = "key"
CENTS = 500_00
_FREE = frozenset({"code", "number", "link"})
"""Any text may stand there: what exists is one choice, and not the only one."""
_NAMES = {
    ("PaymentOrder", "code"): "code",
    ("NewPaymentRequest", "till"): "till",
    ("NewTransfer", "card"): "number",
    ("CardPayment", "card"): "link",
    ("InvoiceToPay", "supplier"): "supplier",
    ("RefundOrder", "shift"): "shift",
}
"""Fields of bodies that name what must exist; who is asked as must name each of them."""
_PARAMETERS = {
    "till": "till",
    "till_id": "till",
    "day": "day",
    "payment_id": "payment",
    "request_id": "request",
    "order": "order",
    "session": "session",
}
"""Parameters that do."""


class Cast(NamedTuple):
    """Who asks, what there is to be named, and with which sessions.

    Attributes:
        sessions: the one that asks and another one of theirs; none of a key, nor of nobody.
    """

    token: str | None
    facts: dict[str, str]
    sessions: tuple[str, ...] = ()


async def cast(town: Town, who: Role | str | None) -> Cast:
    """Somebody of this role, or a till's key, or nobody; with what they need."""
    other = await shops.shop(town)
    facts = {"code": other.code}
    if who is None:
        return Cast(None, facts)
    asker = await town.somebody(Role.MERCHANT if who == KEY else Role(who))
    facts |= await _of_role(town, asker)
    if who == KEY:
        return Cast((await town.key(asker, *Scope)).token, facts)
    other_self = await town.signed_in(
        asker.user, asker.person, asker.role, asker.party, asker.account
    )
    own, other = await _session(town, asker), await _session(town, other_self)
    return Cast(asker.token, facts | {"session": other}, (own, other))


async def _session(town: Town, who: Who) -> str:
    return str((await town.services.recognition.of(who.token)).session)


async def _of_role(town: Town, asker: Who) -> dict[str, str]:
    if asker.role in {Role.MERCHANT, Role.CASHIER, Role.CASH_OFFICER}:
        return await _shop(town, asker)
    if asker.role is Role.SOLISTE:
        await join(town, asker)
        await town.fill(asker, CENTS)
        order = str(await KINDS["order"](town, asker))
        return await _card(town) | {"order": order} | await _paid(town, asker)
    if asker.role is Role.WORKS_COUNCIL:
        await join(town, asker)
    return {}


async def _shop(town: Town, asker: Who) -> dict[str, str]:
    public = asker.role is Role.CASH_OFFICER
    facts: dict[str, Any] = {"convention": asker.user} if public else {}
    await admitted(town, asker, party_class="public" if public else "merchant", **facts)
    if not public:
        await join(town, asker)
        await town.fill(asker, CENTS)
    at = await shop_of(town, asker)
    more = {} if public else await _paid(town, asker)
    more |= await KINDS["till_day"](town, asker)
    if not public:
        more["request"] = await KINDS["payment_request"](town, asker)
    named = str((await supplier(town)).extra["merchant"])
    more["shift"] = await _shift(town, asker, at.till)
    return {"till": str(at.till), "code": at.code, "supplier": named} | await _card(town) | more


async def _shift(town: Town, asker: Who, till: UUID) -> str:
    """Of the asker, at the till: without one neither a key nor a cashier gives anything back."""
    made = new_id()
    async with town.services.rows() as rows:
        await shifts.begin(rows, Shift(made, till, asker.user, asker.grant, None, town.now))
        await changed(rows)
    return str(made)


async def _paid(town: Town, asker: Who) -> dict[str, str]:
    return {"payment": await KINDS["payment"](town, asker)}


async def _card(town: Town) -> dict[str, str]:
    """Of a resident who has some money: what is printed on it, and what its code says."""
    card, link = await shops.card(town, await town.resident(CENTS))
    async with town.services.rows() as rows:
        number = await rows.scalar(select(CARD.c.number).where(CARD.c.id == card))
    return {"number": str(number), "link": link}


def name_them(description: dict[str, Any], facts: dict[str, str]) -> None:
    """Let a description say what there is: as its examples, and as what may be generated."""
    _name_fields(description, facts)
    for item in description["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                fact = _PARAMETERS.get(parameter["name"])
                if fact in facts:
                    parameter["schema"] = {"type": "string", "enum": [facts[fact]]}
            for content in operation.get("requestBody", {}).get("content", {}).values():
                _show_example(description["components"]["schemas"], content)


def _name_fields(description: dict[str, Any], facts: dict[str, str]) -> None:
    for (shape, field), fact in _NAMES.items():
        found = description["components"].get("schemas", {}).get(shape)
        if found is not None and fact in facts:
            found["properties"][field] = _one_of(found["properties"][field], fact, facts[fact])
            found["required"] = sorted({*found.get("required", ()), field})
            for example in found.get("examples", ()):
                example[field] = facts[fact]


def _show_example(shapes: dict[str, Any], content: dict[str, Any]) -> None:
    """A shape's example as the operation's own: only then is it asked as it stands."""
    shape = shapes.get(content["schema"].get("$ref", "").rpartition("/")[2], {})
    if shape.get("examples"):
        content["example"] = shape["examples"][0]


def _one_of(schema: dict[str, Any], fact: str, value: str) -> dict[str, Any]:
    only = {"type": "string", "enum": [value]}
    return {"anyOf": [only, schema]} if fact in _FREE else only
