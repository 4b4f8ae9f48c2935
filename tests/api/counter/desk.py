"""A comptoir as its visitors find it: somebody behind the counter, a stock of cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from admin.roles import Role

if TYPE_CHECKING:
    import httpx

    from tests.api.town import Town, Who

PIN = "4711"


@dataclass
class Desk:
    """Who works at a comptoir, who manages the association, and the cards that lie there."""

    town: Town
    clerk: Who
    manager: Who
    stock: list[dict[str, str]]

    @classmethod
    async def of(cls, town: Town, count: int = 60) -> Desk:
        clerk = await town.somebody(Role.COMPTOIR)
        manager = await town.somebody(Role.MANAGER)
        made = (await manager.post("/v1/card-batches", {"count": count})).json()["cards"]
        numbers = [card["number"] for card in made]
        moved = await manager.post("/v1/card-moves", {"numbers": numbers, "target": clerk.party})
        assert moved.json() == {"place": clerk.party, "count": count}, moved.text
        return cls(town, clerk, manager, made)

    def card(self) -> dict[str, str]:
        """The next card of the stock: its numbers and its secret."""
        return self.stock.pop()

    async def ask(self, *, key: Any = None, **facts: Any) -> httpx.Response:
        """Ask for an account for somebody who has neither e-mail nor phone."""
        body = {"name": "Camille", "pin": PIN} | facts
        if "card_number" not in body:
            body["card_number"] = self.card()["number"]
        return await self.clerk.post("/v1/accounts", body, key=key)

    async def open(self, **facts: Any) -> Account:
        """An account that was opened, with what its holder has in hand."""
        card = self.card()
        answer = await self.ask(card_number=card["number"], **facts)
        assert answer.status_code == 201, answer.text
        return await Account.read(self, answer.json()["party"], card)


@dataclass
class Account:
    """An account: its numbers here and in the ledger."""

    desk: Desk
    party: int
    card: dict[str, str]
    wallet: int
    card_id: int
    phone: int
    user: Any

    @classmethod
    async def read(cls, desk: Desk, party: int, card: dict[str, str]) -> Account:
        query = (
            "select p.wallet, c.id, p.phone_means, c.user_id from admin.party p"
            " join admin.card c on c.party = p.id where p.id = $1 order by c.handed_at desc"
        )
        async with desk.town.services.connection() as connection:
            row = await connection.fetchrow(query, party)
        return cls(desk, party, card, *row)

    async def again(self) -> Account:
        """As it stands now."""
        return await self.read(self.desk, self.party, self.card)

    async def pays(self, means: int) -> int | None:
        """What the ledger knows of a card or a phone: 0 usable, 1 blocked, None unknown."""
        query = "select status from ledger.card where id = $1 and party = $2"
        async with self.desk.town.services.connection() as connection:
            known: int | None = await connection.fetchval(query, means, self.party)
        return known
