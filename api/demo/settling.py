"""Who settles in the demo Boulonnais: the comptoirs first, then residents and merchants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, insert

from admin import parties
from admin.parties import ISSUER, Person
from admin.people import counter, memberships
from admin.people.counter import Opening
from admin.roles import PartyClass
from ledger import store
from ledger.chart import NOTE_FACES, AccountClass, Commodity
from ledger.flows import fee_eur, note_move, note_print
from ledger.flows.accounts import NOTES_VAULT
from merchants.codes import new_code
from merchants.names import clean, skeleton
from merchants.tables import MERCHANT, MERCHANT_FILIERE, POSTER, TILL

if TYPE_CHECKING:
    from uuid import UUID

    from admin.means import cards
    from api.demo.cast import Resident, Shop
    from api.demo.scene import Scene

PIN: Final = "4711"
NOTES_EACH: Final = {
    Commodity.NOTE01: 3_000,
    Commodity.NOTE02: 3_000,
    Commodity.NOTE05: 1_000,
    Commodity.NOTE10: 1_000,
    Commodity.NOTE20: 2_000,
}
"""Notes of each comptoir's stock: more than it sells in two years."""
CHARTER: Final = "2024-01"
APPROVED_FOR: Final = timedelta(days=730)


class Holder(NamedTuple):
    """A resident who has an account."""

    party: int
    wallet: int
    user: UUID
    card: cards.Printed


class Merchant(NamedTuple):
    """A merchant who has a till."""

    id: UUID
    party: int
    account: int
    payable: int
    till: UUID
    poster: str


@dataclass(frozen=True)
class Comptoir:
    """A comptoir: its cash box, its notes, and what came back."""

    cash: int
    stock: dict[Commodity, int]
    returns: dict[Commodity, int]


async def comptoirs(scene: Scene, number: int) -> list[Comptoir]:
    """So many comptoirs, each with notes fresh from the printer."""
    made = [await _comptoir(scene, f"C{n + 1}") for n in range(number)]
    printed = {note: count * number for note, count in NOTES_EACH.items()}
    await scene.post(note_print(scene.documented(), notes=printed))
    for one in made:
        moved = note_move(scene.documented(), notes=NOTES_EACH, to=one.stock, source=NOTES_VAULT)
        await scene.post(moved)
    return made


async def _comptoir(scene: Scene, label: str) -> Comptoir:
    cash = await store.open_account(scene.connection, AccountClass.CASH, label=label)
    places = [
        {
            note: await store.open_account(
                scene.connection, account_class, commodity=note, label=label
            )
            for note in NOTE_FACES
        }
        for account_class in (AccountClass.NOTE_STOCK, AccountClass.NOTE_RETURNS)
    ]
    return Comptoir(cash, *places)


async def joins(scene: Scene, resident: Resident, card: cards.Printed, actor: UUID) -> Holder:
    """An account opened at a counter, its card handed over, the fee of a year paid in euros."""
    opening = Opening(
        person=_person(scene, resident),
        user=scene.id(),
        grant=scene.id(),
        membership=scene.id(),
        place=ISSUER,
        card_number=card.number,
        pin=PIN,
        actor=actor,
        tier=resident.tier,
        document_seen=resident.tier == parties.TIER_DOCUMENT,
    )
    opened = await counter.open_account(
        scene.engine, scene.pepper, opening, scene.limits, scene.now
    )
    await renew(scene, opening.membership, scene.limits.membership_resident_cents, actor)
    return Holder(opened.party, opened.wallet, opening.user, card)


async def renew(scene: Scene, membership: UUID, fee_cents: int, actor: UUID) -> None:
    """The fee of a year reaches the operating account."""
    act = scene.documented()
    await scene.post(fee_eur(act, euros_cents=fee_cents))
    async with scene.engine.begin() as connection:
        await memberships.pay(
            connection, membership=membership, entry=act.id, actor=actor, at=scene.now
        )


def _person(scene: Scene, resident: Resident) -> Person:
    known = resident.tier >= parties.TIER_CONTACT
    return Person(
        scene.id(),
        resident.name,
        birth_date=date(resident.birth_year, 1 + resident.number % 12, 1) if known else None,
        postal_address=resident.commune if known else None,
    )


async def opens(scene: Scene, shop: Shop, actor: UUID) -> Merchant:
    """A merchant that was approved: party, accounts, a till and its poster."""
    account = await store.next_account_id(scene.connection)
    payable = await store.next_account_id(scene.connection)
    async with scene.engine.begin() as connection:
        party = await parties.add_party(connection, PartyClass.MERCHANT, scene.now)
    for number, account_class in zip(
        (account, payable), (AccountClass.MERCHANT, AccountClass.PAYABLE), strict=True
    ):
        await store.open_account(scene.connection, account_class, account=number, party=party)
    merchant = Merchant(scene.id(), party, account, payable, scene.id(), new_code())
    async with scene.engine.begin() as connection:
        await connection.execute(insert(MERCHANT).values(_shop_row(scene, shop, merchant)))
    scene.row(MERCHANT_FILIERE, merchant=merchant.id, filiere=shop.filiere)
    scene.row(TILL, id=merchant.till, merchant=merchant.id, label="Caisse", opened_at=scene.now)
    scene.row(POSTER, code=merchant.poster, till=merchant.till, made_at=scene.now, made_by=actor)
    return merchant


def _shop_row(scene: Scene, shop: Shop, merchant: Merchant) -> dict[str, Any]:
    name = clean(shop.name)
    return {
        "id": merchant.id,
        "class": "merchant",
        "party": merchant.party,
        "account": merchant.account,
        "payable": merchant.payable,
        "name": name,
        "skeleton": skeleton(name),
        "siret": shop.siret,
        "street": shop.street,
        "postal_code": shop.postal_code,
        "commune": shop.commune,
        "charter": CHARTER,
        "applied_at": scene.now,
        "status": "approved",
        "approved_at": scene.now,
        "approved_until": (scene.now + APPROVED_FOR).date(),
        "words": func.to_tsvector("french", f"{name} {shop.filiere}"),
    }
