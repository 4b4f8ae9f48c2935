"""People of a small association: staff, a counter with cards, holders of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from admin import parties
from admin.means import cards
from admin.parties import ISSUER, Person
from admin.people import counter
from admin.people.counter import Opened, Opening
from admin.roles import Grant, Role
from ledger.policies import Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from admin.means.cards import Printed
    from admin.pepper import Pepper

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
PIN = "4711"
LIMITS = Limits()


def person(**facts: Any) -> Person:
    return Person(uuid4(), **({"name": "Camille"} | facts))


def known_person(**facts: Any) -> Person:
    return person(**({"birth_date": date(1980, 2, 29), "email": "camille@example.org"} | facts))


async def user(connection: AsyncConnection, identifier: str | None = None) -> tuple[UUID, UUID]:
    """A login of somebody new: its id and the person's."""
    who, login = person(), uuid4()
    await parties.add_person(connection, who)
    await parties.add_user(connection, user=login, person=who.id, identifier=identifier, at=NOW)
    return login, who.id


async def staff(connection: AsyncConnection, role: Role, party: int = ISSUER) -> Grant:
    """Somebody in a role, written as the founding of an installation would."""
    login, who = await user(connection)
    given = Grant(uuid4(), login, who, party, role, since=NOW)
    await connection.exec_driver_sql(
        "insert into admin.role_grant (id, user_id, party, role, valid_from)"
        f" values ('{given.id}', '{login}', {party}, '{role}', '{NOW}')"
    )
    return given


@dataclass(frozen=True)
class Counter:
    """A comptoir with cards in its stock, and who stands behind it."""

    engine: AsyncEngine
    pepper: Pepper
    actor: UUID
    stock: list[Printed]

    def opening(self, **facts: Any) -> Opening:
        """What a visitor asks for, with the next card of the stock."""
        known: dict[str, Any] = {
            "person": person(),
            "user": uuid4(),
            "grant": uuid4(),
            "membership": uuid4(),
            "place": ISSUER,
            "card_number": "" if "card_number" in facts else self.stock.pop().number,
            "pin": PIN,
            "actor": self.actor,
        }
        return Opening(**(known | facts))

    async def open(self, wanted: Opening) -> Opened:
        return await counter.open_account(self.engine, self.pepper, wanted, LIMITS, NOW)

    async def account(self, **facts: Any) -> tuple[Opening, Opened]:
        wanted = self.opening(**facts)
        return wanted, await self.open(wanted)


async def counter_of(engine: AsyncEngine, pepper: Pepper, count: int = 40) -> Counter:
    async with engine.begin() as connection:
        clerk, _ = await user(connection)
        stock = await cards.print_batch(connection, place=ISSUER, count=count, actor=clerk, at=NOW)
    return Counter(engine, pepper, clerk, list(stock))


async def happened(connection: AsyncConnection, act: str) -> Sequence[Any]:
    query = f"select * from admin.event where act = '{act}' order by id"
    return (await connection.exec_driver_sql(query)).all()


def tell(line: str) -> None:
    """A figure for who reads the run (`pytest -rP`)."""
    print(line)  # noqa: T201  # why: what was measured is told, not only judged
