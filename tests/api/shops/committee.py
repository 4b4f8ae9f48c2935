"""Two managers and two treasurers of the association, and candidates by the dozen."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from stdnum import luhn

from admin.people import invitations
from admin.roles import Role
from ledger.chart import AccountClass
from merchants.admission import CHARTER

if TYPE_CHECKING:
    from tests.api.town import Town, Who

_NUMBERS = itertools.count(1)
IBAN = "FR1420041010050500013M02606"


def siret(number: int) -> str:
    """An establishment's number whose nine and fourteen digits both verify."""
    siren = f"{73282900 + number:08}"
    siren += luhn.calc_check_digit(siren)
    establishment = f"{siren}0001"
    return establishment + luhn.calc_check_digit(establishment)


def form(**more: Any) -> dict[str, Any]:
    """An application of a candidate like no other."""
    number = next(_NUMBERS)
    known = {
        "merchant_class": "merchant",
        "name": f"Boutique {uuid4().hex}",
        "siret": siret(number),
        "street": "12 rue Faidherbe",
        "postal_code": "62200",
        "commune": "Boulogne-sur-Mer",
        "description": "Pain au levain",
        "filieres": ["boulangerie"],
        "contact": {"name": "Anne Delattre", "email": f"anne{number}@example.org"},
        "iban": IBAN,
        "charter": CHARTER,
        "commitments": "Un fournisseur local de plus",
    }
    return known | more


@dataclass
class Committee:
    """Who decides; `first` proposes and `second` confirms."""

    town: Town
    first: Who
    second: Who
    treasurer: Who
    deputy: Who

    @classmethod
    async def meet(cls, town: Town) -> Committee:
        roles = (Role.MANAGER, Role.MANAGER, Role.TREASURER, Role.TREASURER)
        return cls(town, *[await town.somebody(role) for role in roles])

    async def apply(self, *, key: UUID | None = None, **more: Any) -> Any:
        """What everybody is answered who applies."""
        headers = {"Idempotency-Key": str(key or uuid4())}
        await self.forget_tries()
        return await self.town.house.client.post(
            "/v1/merchant-applications", json=form(**more), headers=headers
        )

    async def forget_tries(self) -> None:
        """Nobody has tried anything: a file of tests comes from one address."""
        from sqlalchemy import delete  # noqa: PLC0415  # why: one use

        from admin.tables import THROTTLE  # noqa: PLC0415  # why: as above

        async with self.town.services.rows() as rows:
            await rows.execute(delete(THROTTLE))

    async def candidate(self, **more: Any) -> str:
        answer = await self.apply(**more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def propose(self, merchant: str, what: str) -> str:
        place = "merchant-applications" if what in {"approve", "refuse"} else "merchants"
        body = {"what": what, "reason": "PV du 12 janvier, point 3"}
        answer = await self.first.post(f"/v1/{place}/{merchant}/decisions", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def confirm(self, decision: str, by: Who | None = None) -> Any:
        return await (by or self.second).post(f"/v1/merchant-decisions/{decision}/confirmation")

    async def decide(self, merchant: str, what: str) -> dict[str, Any]:
        """Both halves."""
        answer = await self.confirm(await self.propose(merchant, what))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def merchant(self, **more: Any) -> tuple[str, Who]:
        """An approved merchant, and who runs it."""
        made = await self.candidate(**more)
        done = await self.decide(made, "approve")
        return made, await self.taken_up(done)

    async def taken_up(self, done: dict[str, Any]) -> Who:
        """Whoever takes the invitation of an approval up, signed in."""
        town = self.town
        who = await town.resident()
        grant = uuid4()
        async with town.services.rows() as rows:
            made = await invitations.accept(
                rows, done["invitation"], user=who.user, grant=grant, at=town.now
            )
        owner = await town.signed_in(who.user, who.person, made.role, made.party)
        owner.account = await self.account(made.party, AccountClass.MERCHANT)
        return owner

    async def account(self, party: int, kind: AccountClass) -> int | None:
        query = "select id from ledger.account where party = $1 and class = $2"
        async with self.town.services.connection() as connection:
            found: int | None = await connection.fetchval(query, party, int(kind))
        return found


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
