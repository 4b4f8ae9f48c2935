"""A CCAS and its persons, programmes, lists: what the tests of aid are about to use."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from admin.means import cards
from admin.roles import Role
from api.aid import accepting
from merchants.tables import MERCHANT_FILIERE
from tests.api.buying.buyers import eur, line
from tests.api.paying import shops

if TYPE_CHECKING:
    from asyncpg import Connection

    from tests.api.paying.shops import Shop
    from tests.api.town import Town, Who

PERIOD = "2027-03"


@dataclass
class Sponsor:
    """Who acts for a sponsor: one enters, one approves; `third` approves too."""

    town: Town
    clerk: Who
    validator: Who
    third: Who
    treasurer: Who

    @classmethod
    async def meet(cls, town: Town, role: Role = Role.CASEWORKER) -> Sponsor:
        clerk = await town.somebody(role)
        second = Role.CCAS_VALIDATOR if role is Role.CASEWORKER else role
        one, two = [await town.somebody(second, party=clerk.party) for _ in range(2)]
        return cls(town, clerk, one, two, await town.somebody(Role.TREASURER))

    @property
    def party(self) -> int:
        return self.clerk.party

    async def programme(self, *, funded: int = 0, version: Any = None, **more: Any) -> str:
        body = programme(**more)
        body["version"] |= version or {}
        answer = await self.validator.post("/v1/aid/programmes", body)
        assert answer.status_code == 201, answer.text
        made = str(answer.json()["id"])
        if funded:
            await self.fund(made, funded)
        return made

    async def fund(self, programme: str, cents: int) -> Any:
        """Euros of the sponsor arrive; above the limit another treasurer confirms them."""
        answer = await self.treasurer.post("/v1/bank-credits", line(cents, programme=programme))
        assert answer.status_code == 201, answer.text
        place = answer.headers["location"]
        if (await self.treasurer.get(place)).json()["state"] == "proposed":
            other = await self.town.somebody(Role.TREASURER)
            done = await other.post(f"{place}/confirmation")
            assert done.status_code == 201, done.text
        return (await self.treasurer.get(place)).json()

    async def preview(self, programme: str, *rows: str, **more: Any) -> Any:
        return await self.clerk.post(
            f"/v1/aid/programmes/{programme}/previews", listed(*rows, **more)
        )

    async def submits(self, programme: str, *rows: str, key: Any = None, **more: Any) -> Any:
        body = listed(*rows, **more) | {"decision": "CP du 12 mars, no 14"}
        return await self.clerk.post(f"/v1/aid/programmes/{programme}/batches", body, key=key)

    async def batch(self, programme: str, *rows: str, **more: Any) -> str:
        answer = await self.submits(programme, *rows, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def approve(self, batch: str, by: Who | None = None) -> Any:
        return await (by or self.validator).post(f"/v1/aid/batches/{batch}/approval")

    async def given(self, programme: str, *rows: str, **more: Any) -> Any:
        """A batch submitted, approved and given out."""
        batch = await self.batch(programme, *rows, **more)
        answer = await self.approve(batch)
        assert answer.status_code == 200, answer.text
        return await self.until(batch, "executed")

    async def until(self, batch: str, status: str, seconds: float = 20) -> Any:
        """The batch once it has this status."""
        shown: Any = None
        for _ in range(int(seconds * 20)):
            shown = (await self.clerk.get(f"/v1/aid/batches/{batch}")).json()
            if shown["status"] == status:
                return shown
            await asyncio.sleep(0.05)
        raise AssertionError(shown)

    async def lots(self, batch: str) -> list[Any]:
        """The lots of a batch as the ledger has them, in the order of the list."""
        async with self.town.services.connection() as connection:
            rows: list[Any] = await connection.fetch(
                """select a.id, a.beneficiary, a.party, a.lot, a.status, a.entry, l.balance,
                          l.expires, l.rule
                     from admin.award a left join ledger.account l on l.id = a.lot
                    where a.batch = $1 order by a.nth""",
                batch,
            )
        return rows


def programme(**more: Any) -> Any:
    """A programme as a sponsor writes it down."""
    version = {
        "opens_on": "2020-01-01",
        "ends_on": "2099-12-31",
        "most": eur(400_00),
        "filieres": ["alimentation"],
        "merchants": [],
    }
    made = {
        "instrument": "subvention",
        "name": "Manger local",
        "convention_reference": "Convention 2027-03",
        "version": version,
    }
    return made | more


def listed(*rows: str, heads: str = "dossier;nom;montant", period: str = PERIOD) -> Any:
    text = "\r\n".join((heads, *rows)) + "\r\n"
    return {"file": base64.b64encode(text.encode("utf-8-sig")).decode(), "period": period}


async def card_of(town: Town, who: Who) -> str:
    """The number of a card in somebody's hands."""
    printed, _ = await shops.card(town, who)
    async with town.services.connection() as connection:
        query = "select number from admin.card where id = $1"
        return str(await connection.fetchval(query, printed))


async def stock(town: Town, who: Who, count: int = 1) -> list[Any]:
    """Cards in the stock of somebody's party."""
    async with town.services.rows() as rows:
        return list(
            await cards.print_batch(rows, place=who.party, count=count, actor=who.user, at=town.now)
        )


async def selling(town: Town, filiere: str = "boulangerie") -> Shop:
    """A shop of a filière, whom the rules of programmes know."""
    shop: Shop = await shops.shop(town, name=f"Boutique {uuid4().hex}")
    async with town.services.rows() as rows:
        row = {"merchant": shop.merchant, "filiere": filiere}
        await rows.execute(insert(MERCHANT_FILIERE).values(**row))
    await accepting.settle(town.services)
    return shop


async def ends(
    owner: Connection, batch: str, *, ago: str | None = None, ahead: str | None = None
) -> None:
    """The lots of a batch end so long ago, or so far ahead."""
    expires = "ledger.clock() " + (f"- interval '{ago}'" if ago else f"+ interval '{ahead}'")
    await owner.execute(
        f"update ledger.account set expires = {expires} where id in"
        " (select lot from admin.award where batch = $1)", UUID(batch))  # fmt: skip
    await owner.execute(
        f"update admin.award set expires_at = {expires} where batch = $1", UUID(batch))  # fmt: skip
