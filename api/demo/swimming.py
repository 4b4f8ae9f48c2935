"""A public body in the demo Boulonnais: a swimming pool, paid in euros through its cash office.

It is admitted as any merchant is, by two persons, in the last weeks of the story.
"""

from __future__ import annotations

import asyncio
import random  # noqa: TID251  # why: the same visitors must come of the same seed
from typing import TYPE_CHECKING, Final, NamedTuple

from stdnum import luhn

from admin.parties import Person
from api.demo.identities import OFFICE_PLACES, Doorkeeper
from api.demo.lending import asker
from api.shops.admitting import apply_for
from api.shops.deciding import confirm, propose
from ledger import flows
from ledger.conversion import SYMMETRIC
from ledger.lots import Share
from merchants import tills
from merchants.admission import CHARTER, MerchantClass, What
from merchants.register import Application

if TYPE_CHECKING:
    from uuid import UUID

    from api.demo.lending import Lend
    from api.demo.moving import Moving
    from api.demo.scene import Scene
    from api.services import Services
    from merchants.register import Merchant

BEGINS: Final = 14
"""So many days before its end the story has a public body."""
VISITORS: Final = 6
VISITOR_HAS_CENTS: Final = 20_00
ENTRY_CENTS: Final = 5_00
_SIREN: Final = "00099999"
_WALLETS: Final = "select id from ledger.account where id = any($1) and balance >= $2"


class _Pool(NamedTuple):
    """What its visitors' entries name."""

    account: int
    payable: int
    till: UUID


class Swimming:
    """Lives the public body's weeks.

    Args:
        scene: where.
        moving: who may visit.
        managers: grants of the two who admit it.
        lend: lends the services.
    """

    def __init__(
        self, scene: Scene, moving: Moving, managers: tuple[UUID, UUID], lend: Lend
    ) -> None:
        self._scene, self._moving, self._managers = scene, moving, managers
        self._lend = lend
        self._draw = random.Random(f"pool {scene.seed}")  # noqa: S311  # why: a story, not a secret
        self._pool: _Pool | None = None

    async def evening(self, days_left: int) -> None:
        """What happens once the day's shopping is done; `days_left` counts this day.

        Visitors come on the last day only: their wallets are then nobody else's to reckon with.
        """
        if days_left == BEGINS:
            async with self._lend() as services:
                self._pool = await self._open(services)
        if days_left == 1 and self._pool is not None:
            await self._visit(self._pool)

    async def _open(self, services: Services) -> _Pool:
        found = await self._admit(services)
        party, account, payable = found.numbers
        at = services.clock.now()
        async with services.rows() as rows:
            keeper = Doorkeeper(rows, services.pepper, services.passwords, at)
            officer, _ = [await keeper.settle(*place, party) for place in OFFICE_PLACES]
            (till,) = await tills.of_merchant(rows, found.id)
            await tills.hang(rows, till=till.id, merchant=found.id, actor=officer.user, at=at)
        return _Pool(account, payable, till.id)

    async def _admit(self, services: Services) -> Merchant:
        """It applies with its convention; one manager proposes, the other confirms."""
        contact = Person(self._scene.id(), OFFICE_PLACES[0].name, phone="+33000000000")
        found = await apply_for(services, self._application(contact.id), contact)
        first, second = [await asker(services, grant) for grant in self._managers]
        reason = "Convention signée avec la commune"
        made = await propose(services, first, found.id, What.APPROVE, reason)
        return (await confirm(services, second, made.id)).merchant

    def _application(self, contact: UUID) -> Application:
        siren = _SIREN + luhn.calc_check_digit(_SIREN)
        siret = f"{siren}0010"
        return Application(
            id=self._scene.id(),
            merchant_class=MerchantClass.PUBLIC,
            name="Piscine des Deux Caps",
            siret=siret + luhn.calc_check_digit(siret),
            street="2 quai des Bains",
            postal_code="62200",
            commune="Boulogne-sur-Mer",
            description="Deux bassins, ouverts tous les jours.",
            filieres=frozenset({"sport"}),
            contact=contact,
            iban=None,
            convention=self._scene.id(),
            charter=CHARTER,
            commitments="",
        )

    async def _visit(self, pool: _Pool) -> None:
        """Some who have enough pay their entry; what they pay is owed to the public body."""
        wallets = {h.wallet: h for h in self._moving.holders.values()}
        found = await self._scene.connection.fetch(_WALLETS, list(wallets), VISITOR_HAS_CENTS)
        able = sorted(row[0] for row in found)
        posted = []
        for wallet in self._draw.sample(able, min(VISITORS, len(able))):
            act = self._scene.act(wallets[wallet].party, document=pool.till)
            entry = flows.public_settlement(
                act,
                shares=[Share(wallet, ENTRY_CENTS)],
                public=pool.account,
                payable=pool.payable,
                scheme=SYMMETRIC,
            )
            posted.append(self._scene.post(entry))
        await asyncio.gather(*posted)
