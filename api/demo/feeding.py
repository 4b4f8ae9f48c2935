"""A food fund in the demo Boulonnais: members pay by their means, each gets the same to eat with.

Residents join by themselves; a subsidy and their contributions arrive; the fund's people share the
month out among those who have paid. Who pays last waits for a second sharing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.aid.programmes import Formula, Instrument
from admin.roles import PartyClass
from api.aid import joining, monthly
from api.aid.monthly import Wish
from api.demo.aiding import Aiding, Sponsor
from api.demo.identities import FUND_PLACES
from api.demo.lending import asker
from api.wire.days import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from admin.aid.members import Member
    from api.demo.aiding import Office
    from api.services import Services

FUND: Final = Sponsor(
    party_class=PartyClass.SPONSOR,
    places=FUND_PLACES,
    instrument=Instrument.FOOD_FUND,
    name="Caisse commune de l’alimentation",
    decision="Règlement de la caisse, article 4",
    filieres=frozenset({"alimentation"}),
    formula=Formula(first_cents=100_00, most_cents=100_00),
    funded_cents=2_000_00,
    households=16,
    waiting=4,
    desk=False,
    begins=18,
)
"""A share of 100 euros a month for contributions of 1 to 150 (domain model, 9), and a subsidy."""
CONTRIBUTIONS_EUROS: Final = (5, 20, 40, 60, 60, 80, 100, 150)
_SOLISTE: Final = "select id from admin.role_grant where party = $1 and role = 'SOL' limit 1"


class Feeding(Aiding):
    """Lives the fund's weeks: `waiting` members of the sponsor pay on the last day."""

    _late: Sequence[Member] = ()

    async def _enter(self, services: Services, office: Office) -> UUID:
        """Residents join, most of them pay, and the month is shared out among these."""
        members = [await self._join(services, office, number) for number in self._aided]
        payers = len(members) - self._sponsor.waiting
        self._late = members[payers:]
        await self._pay(services, office, members[:payers])
        month = f"{day_of(services.clock.now()):%Y-%m}"
        wish = Wish(month, self._sponsor.decision, everybody=False)
        return await monthly.run(services, office.clerk, self._scene.id(), office.programme, wish)

    async def _list_anew(self, services: Services, office: Office) -> None:
        """The others have paid, too; nobody has shared out what came."""
        await self._pay(services, office, self._late)

    async def _join(self, services: Services, office: Office, number: int) -> Member:
        party = self._moving.holders[number].party
        async with services.connection() as connection:
            grant = await connection.fetchval(_SOLISTE, party)
        cents = self._draw.choice(CONTRIBUTIONS_EUROS) * 100
        return await joining.join(services, await asker(services, grant), office.programme, cents)

    async def _pay(self, services: Services, office: Office, members: Sequence[Member]) -> None:
        for one in members:
            mark, cents = f"CAISSE-{one.number}", one.contribution_cents
            await self._arrives(services, office.programme, mark, cents, one.id)
