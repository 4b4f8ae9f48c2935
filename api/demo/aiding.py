"""Aid in the demo Boulonnais: of a CCAS and of a works council; funded, given out, spent.

The last weeks are lived through the service's own functions, as its agents and treasurers would.
"""

from __future__ import annotations

import asyncio
import random  # noqa: TID251  # why: the same aid must come of the same seed
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from admin import parties
from admin.aid.programmes import Formula, Instrument, Version
from admin.means import cards
from admin.reserve.bank_credits import Arrived, State, state_of
from admin.roles import PartyClass
from api.aid import deciding, executing, founding, lining, listing
from api.aid.founding import Wish
from api.aid.lining import Sums
from api.aid.listing import Sent
from api.demo.identities import CCAS_PLACES, COUNCIL_PLACES, Doorkeeper, Place
from api.demo.lending import asker
from api.reserve import buying
from api.wire.days import day_of
from ledger import flows, store
from ledger.lots import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from admin.aid.programmes import Programme
    from api.demo.cast import Resident
    from api.demo.lending import Lend
    from api.demo.moving import Moving
    from api.demo.scene import Scene
    from api.gate.asker import Asker
    from api.services import Services

NEWCOMERS: Final = ("Rose Vasseur", "Malik Saïdi", "Jeanne Dutertre")
"""They come to a list without a card."""
CARDS: Final = 20
"""Cards in the stock of the CCAS's desk."""
LINE: Final = Sums(total_cents=1_000_00, each_max_cents=70_00, floor_cents=200_00)


@dataclass(frozen=True, slots=True)
class Sponsor:
    """Who gives what to how many.

    Attributes:
        places: who enters first, then who approves.
        households: who gets its first list.
        waiting: residents of the list that nobody has approved yet; 0: there is none.
        desk: it gives at a desk, too.
        begins: so many days before the story's end.
    """

    party_class: PartyClass
    places: tuple[Place, ...]
    instrument: Instrument
    name: str
    decision: str
    filieres: frozenset[str]
    formula: Formula
    funded_cents: int
    households: int
    waiting: int
    desk: bool
    begins: int


CCAS: Final = Sponsor(
    party_class=PartyClass.CCAS,
    places=CCAS_PLACES,
    instrument=Instrument.SUBVENTION,
    name="Manger local",
    decision="Commission permanente",
    filieres=frozenset({"alimentation"}),
    formula=Formula(first_cents=50_00, adult_cents=35_00, child_cents=20_00, most_cents=150_00),
    funded_cents=6_000_00,
    households=30,
    waiting=9,
    desk=True,
    begins=21,
)
"""Emergency food: 35 to 150 euros, about 25 awards a month (domain model, 9)."""
COUNCIL: Final = Sponsor(
    party_class=PartyClass.WORKS_COUNCIL,
    places=COUNCIL_PLACES,
    instrument=Instrument.CSE,
    name="Sorties et vélo",
    decision="Réunion du comité",
    filieres=frozenset({"loisirs_culture", "mobilite"}),
    formula=Formula(first_cents=20_00, most_cents=20_00),
    funded_cents=1_000_00,
    households=24,
    waiting=0,
    desk=False,
    begins=12,
)
"""Culture and mobility: 20 euros each (domain model, 9)."""
SPENDS: Final = 0.2
"""How many of those who have aid spend some of it on a day."""
_LOTS: Final = """
select a.party, a.lot, l.balance from admin.award a join ledger.account l on l.id = a.lot
 where a.batch = $1 order by a.nth"""


class Office(NamedTuple):
    """Who acts for a sponsor, and its programme."""

    clerk: Asker
    validator: Asker
    programme: Programme


class _Lot:
    """Aid that somebody holds."""

    def __init__(self, party: int, account: int, cents: int) -> None:
        self.party, self.account, self.cents = party, account, cents


class Aiding:
    """Lives what a sponsor gives in the last weeks.

    Args:
        scene: where.
        sponsor: whose.
        moving: whose cards get it, and which shops take it.
        residents: by their number in the story.
        treasurers: grants of the two who book what it sends.
        lend: lends the services.
    """

    def __init__(
        self,
        scene: Scene,
        sponsor: Sponsor,
        moving: Moving,
        residents: dict[int, Resident],
        treasurers: tuple[UUID, UUID],
        lend: Lend,
    ) -> None:
        self._scene, self._sponsor = scene, sponsor
        self._moving, self._residents = moving, residents
        self._treasurers, self._lend = treasurers, lend
        self._draw = random.Random(  # noqa: S311  # why: a story, not a secret
            f"{sponsor.party_class} {scene.seed}"
        )
        self._office: Office | None = None
        self._aided: list[int] = []
        self._lots: list[_Lot] = []
        self._shops: list[int] = []

    async def evening(self, days_left: int) -> None:
        """What happens once the day's shopping is done; `days_left` counts this day."""
        if days_left == self._sponsor.begins:
            async with self._lend() as services:
                await self._begin(services)
        elif self._office is not None:
            await self._spend()
        if days_left == 1 and self._office is not None and self._sponsor.waiting:
            async with self._lend() as services:
                await self._list_anew(services, self._office)

    async def _begin(self, services: Services) -> None:
        self._office = office = await self._found(services)
        await self._fund(services, office.programme)
        self._aided = self._draw.sample(
            sorted(self._moving.holders),
            min(self._sponsor.households, len(self._moving.holders) // 2),
        )
        batch = await self._enter(services, office)
        await deciding.approve(services, office.validator, batch)
        await executing.run(services, batch)
        if self._sponsor.desk:
            await self._lay_out(services, office)
        async with services.connection() as connection:
            self._lots = [_Lot(*row) for row in await connection.fetch(_LOTS, batch)]
            accepted = (await store.accepted(connection))[office.programme.rule]
        # A public body is paid otherwise: its entries are told where it is.
        shops = {one.account for one in self._moving.merchants.values()}
        self._shops = sorted(accepted & shops)

    async def _enter(self, services: Services, office: Office) -> UUID:
        """The first list is entered; another person approves it."""
        rows = [self._row(number) for number in self._aided]
        return await self._submit(services, office, rows, f"{self._sponsor.decision}, no 7")

    async def _lay_out(self, services: Services, office: Office) -> None:
        """Euros and cards for its desk."""
        line = self._scene.id(), office.programme, LINE
        await lining.open_line(services, office.validator, *line)
        clerk, at = office.clerk, services.clock.now()
        async with services.rows() as rows:
            await cards.print_batch(rows, place=clerk.acting, count=CARDS, actor=clerk.by, at=at)

    async def _found(self, services: Services) -> Office:
        """Its people and its programme."""
        sponsor, at = self._sponsor, services.clock.now()
        async with services.rows() as rows:
            party = await parties.add_party(rows, sponsor.party_class, at)
            keeper = Doorkeeper(rows, services.pepper, services.passwords, at)
            actors = [await keeper.settle(*place, party) for place in sponsor.places]
        clerk, validator = [await asker(services, actor.grant) for actor in actors[:2]]
        today = day_of(at)
        version = Version(
            version=1,
            valid_from=at,
            opens_on=today,
            ends_on=today + timedelta(days=365),
            aid_days=90,
            formula=sponsor.formula,
            filieres=sponsor.filieres,
            merchants=frozenset(),
        )
        convention = f"Convention {today.year}-03"
        wish = Wish(sponsor.instrument, sponsor.name, convention, None, None, version, convention)
        made = await founding.make(services, validator, self._scene.id(), wish)
        return Office(clerk, validator, made)

    async def _fund(self, services: Services, programme: Programme) -> None:
        """Euros of the sponsor arrive."""
        mark, cents = self._sponsor.party_class.upper(), self._sponsor.funded_cents
        await self._arrives(services, programme, mark, cents)

    async def _arrives(
        self,
        services: Services,
        programme: Programme,
        mark: str,
        cents: int,
        member: UUID | None = None,
    ) -> None:
        """Euros are booked by a treasurer and, above the limit of a day, confirmed by the other."""
        first, second = [await asker(services, grant) for grant in self._treasurers]
        today = day_of(services.clock.now())
        arrived = Arrived(
            id=self._scene.id(),
            key=self._scene.id(),
            request=self._scene.draw.randbytes(16),
            bank_reference=f"{today:%Y%m%d}-{mark}",
            order=None,
            programme=programme.id,
            member=member,
            euros_cents=cents,
            document=self._scene.id(),
            document_reference=f"Relevé du {today:%d/%m/%Y}",
            booked_on=today,
            proposed_by=self._treasurers[0],
        )
        credit = await buying.propose(services, first, arrived)
        if state_of(credit) is State.PROPOSED:
            await buying.confirm(services, second, self._scene.id(), credit["id"])

    async def _submit(
        self, services: Services, office: Office, rows: Sequence[str], decision: str
    ) -> UUID:
        """A list as the sponsor's own programme writes it; the formula says how much."""
        text = "\r\n".join(("dossier;nom;adultes;enfants;carte;adresse", *rows)) + "\r\n"
        period = f"{day_of(services.clock.now()):%Y-%m}"
        sent = Sent(text.encode("utf-8-sig"), period, decision)
        return await listing.submit(
            services, office.clerk, self._scene.id(), office.programme, sent
        )

    def _row(self, number: int) -> str:
        """A resident's household in a list, known by the card."""
        one, card = self._residents[number], self._moving.holders[number].card.number
        household = f"{self._draw.choice((1, 1, 2))};{self._draw.choice((0, 0, 1, 2, 3))}"
        return f"B-{number:04};{one.name};{household};{card};{one.commune}"

    async def _spend(self) -> None:
        """Some of those who have aid buy with it."""
        shops = {one.account: one for one in self._moving.merchants.values()}
        posted = []
        for lot in self._lots:
            cents = min(lot.cents, self._draw.randrange(5_00, 30_00, 5))
            chosen = self._draw.choice(self._shops)
            if not cents or self._draw.random() >= SPENDS:
                continue
            lot.cents -= cents
            act = self._scene.act(lot.party, document=shops[chosen].till)
            entry = flows.payment(act, shares=[Share(lot.account, cents)], merchant=chosen)
            posted.append(self._scene.post(entry))
        await asyncio.gather(*posted)

    async def _list_anew(self, services: Services, office: Office) -> None:
        """The next list has been entered; nobody has approved it."""
        others = sorted(set(self._moving.holders) - set(self._aided))
        rows = [
            self._row(n) for n in self._draw.sample(others, min(self._sponsor.waiting, len(others)))
        ]
        rows += [f"N-{n:04};{name};1;{n};;" for n, name in enumerate(NEWCOMERS, 1)]
        await self._submit(services, office, rows, f"{self._sponsor.decision}, no 8")
