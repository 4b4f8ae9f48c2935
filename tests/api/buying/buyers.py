"""What tests of buying need beside the town: members, treasurers, orders, euros on the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from admin.means import cards
from admin.people.memberships import a_year_after
from admin.roles import Role
from admin.tables import MEMBERSHIP
from api.process.clock import Clock
from api.wire.days import day_of
from ledger import store
from ledger.chart import AccountClass
from tests.database.world import Books

if TYPE_CHECKING:
    from tests.api.town import Town, Who


def eur(cents):
    return {"amount": cents, "currency": "EUR"}


def bsl(cents):
    return {"amount": cents, "currency": "BSL"}


async def member(town: Town, role: Role = Role.SOLISTE, **more) -> Who:
    """Somebody whose fee is paid and who has an account to fill."""
    who = await town.somebody(role, **more)
    await join(town, who)
    return who


async def join(town: Town, who: Who) -> None:
    async with town.services.rows() as rows:
        row = {"id": uuid4(), "party": who.party, "fee_cents": 3_00, "entry": uuid4()}
        dates = {"asked_at": town.now, "paid_at": town.now, "valid_until": a_year_after(town.now)}
        await rows.execute(MEMBERSHIP.insert().values(**row, **dates))
    if who.account is None:
        async with town.services.connection() as connection:
            who.account = await store.open_account(connection, AccountClass.WALLET, party=who.party)


async def treasurer(town: Town) -> Who:
    return await town.somebody(Role.TREASURER)


async def ordered(who: Who, cents: int = 20_00) -> Any:
    answer = await who.post("/v1/orders", {"amount": eur(cents)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def line(cents: int, *, bank: str | None = None, **more) -> Any:
    """What a treasurer types of a line of the statement."""
    return {
        "bank_reference": bank or uuid4().hex,
        "amount": eur(cents),
        "booked_on": f"{day_of(Clock().now())}",
        "document_reference": "Relevé 2026-01, ligne 7",
        **more,
    }


async def booked(by: Who, cents: int, **more) -> Any:
    """A credit as it stands after one treasurer entered it."""
    answer = await by.post("/v1/bank-credits", line(cents, **more))
    assert answer.status_code == 201, answer.text
    return (await by.get(answer.headers["location"])).json()


async def carded(town: Town, who: Who) -> str:
    """The number of a card that somebody gets at a counter, and pays with."""
    async with town.services.rows() as rows:
        at = {"actor": who.user, "at": town.now}
        (made,) = await cards.print_batch(rows, place=who.party, count=1, **at)
        await cards.hand_out(
            rows, number=made.number, place=who.party, party=who.party, user=who.user, **at
        )
    async with town.services.connection() as connection:
        await store.put_card(connection, made.id, party=who.party, blocked=False)
    who.extra["card"] = made
    return made.number


async def faults_of_the_law(home) -> list[str]:
    async with home.services.connection() as connection:
        return await Books(connection).faults_of_the_law()
