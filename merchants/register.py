"""The register of merchants: applications, standings, profiles. It decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from merchants import names
from merchants.admission import STANDING, MerchantClass, Standing, Status, folded
from merchants.places import changed
from merchants.refusals import NameTaken, SiretTaken, UnknownFiliere
from merchants.tables import FILIERE, MERCHANT, MERCHANT_FILIERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

WORDS_IN: Final = "french"
"""How words are cut for the search."""


@dataclass(frozen=True, slots=True)
class Application:
    """What a candidate says of itself, once it was read; `name` is as it will be shown."""

    id: UUID
    merchant_class: MerchantClass
    name: str
    siret: str
    street: str
    postal_code: str
    commune: str
    description: str
    filieres: frozenset[str]
    contact: UUID
    iban: str | None
    convention: UUID | None
    charter: str
    commitments: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What a merchant says of itself, and where its euros go."""

    description: str
    proposes: str
    seeks: str
    listed: bool
    iban: str | None


@dataclass(frozen=True, slots=True)
class Merchant:
    """A row of the register, and the filières of its goods."""

    id: UUID
    merchant_class: MerchantClass
    party: int | None
    account: int | None
    payable: int | None
    name: str
    siret: str | None
    street: str
    postal_code: str
    commune: str
    profile: Profile
    contact: UUID | None
    convention: UUID | None
    charter: str
    commitments: str
    applied_at: datetime
    standing: Standing
    approved_at: datetime | None
    approved_until: date | None
    filieres: tuple[str, ...]
    number: int

    @property
    def numbers(self) -> tuple[int, int, int]:
        """Its party, its account and the account of what is owed to it, once they are drawn."""
        assert self.party is not None
        assert self.account is not None
        assert self.payable is not None
        return self.party, self.account, self.payable


async def apply(connection: AsyncConnection, new: Application, at: datetime) -> bool:
    """Write an application down; whether it was not there before.

    Raises:
        NameTaken, SiretTaken: another one that stands has it.
        UnknownFiliere: a code is not in the table.
    """
    known = await connection.scalars(select(FILIERE.c.code))
    if not new.filieres <= set(known):
        raise UnknownFiliere
    skeleton = names.skeleton(new.name)
    row = {
        "id": new.id,
        "class": new.merchant_class,
        "name": new.name,
        "skeleton": skeleton,
        "siret": new.siret,
        "street": new.street,
        "postal_code": new.postal_code,
        "commune": new.commune,
        "description": new.description,
        "contact": new.contact,
        "iban": new.iban,
        "convention": new.convention,
        "charter": new.charter,
        "commitments": new.commitments,
        "applied_at": at,
        "words": _words(new.name, new.description),
    }
    made = await connection.execute(insert(MERCHANT).values(**row).on_conflict_do_nothing())
    if made.rowcount == 0:
        await _explain(connection, new.id, skeleton)
        return False
    rows = [{"merchant": new.id, "filiere": code} for code in sorted(new.filieres)]
    await connection.execute(insert(MERCHANT_FILIERE), rows)
    return True


async def _explain(connection: AsyncConnection, merchant: UUID, skeleton: str) -> None:
    """Say what stood in an application's way, unless it is this very one."""
    if await connection.scalar(select(MERCHANT.c.id).where(MERCHANT.c.id == merchant)):
        return
    standing = MERCHANT.c.status.not_in((Status.REFUSED, Status.CLOSED))
    twin = select(MERCHANT.c.id).where(MERCHANT.c.skeleton == skeleton, standing)
    raise NameTaken if await connection.scalar(twin) else SiretTaken


def _words(*texts: str) -> Any:
    return func.to_tsvector(WORDS_IN, folded(" ".join(texts)))


async def find(
    connection: AsyncConnection, merchant: UUID, *, lock: bool = False
) -> Merchant | None:
    """A merchant or a candidate by its id; locked, whoever decides of it waits for another."""
    return await _one(connection, MERCHANT.c.id == merchant, lock=lock)


async def of_party(
    connection: AsyncConnection, party: int, *, lock: bool = False
) -> Merchant | None:
    """The merchant a party is, from its approval on."""
    mine = (MERCHANT.c.party == party) & MERCHANT.c.status.in_((*STANDING, Status.CLOSED))
    return await _one(connection, mine, lock=lock)


async def listed(
    connection: AsyncConnection, status: Status, *, after: tuple[datetime, UUID] | None, count: int
) -> Sequence[Merchant]:
    """Those of a status, oldest application first."""
    query = select(MERCHANT).where(MERCHANT.c.status == status)
    if after is not None:
        place = func.row(MERCHANT.c.applied_at, MERCHANT.c.id)
        query = query.where(place > func.row(*after))
    query = query.order_by(MERCHANT.c.applied_at, MERCHANT.c.id).limit(count)
    return await _merchants(connection, query)


async def run_out(connection: AsyncConnection, at: datetime) -> Sequence[UUID]:
    """Merchants whose freeze nobody confirmed in time."""
    query = select(MERCHANT.c.id).where(MERCHANT.c.frozen_until <= at)
    return (await connection.scalars(query)).all()


async def _one(connection: AsyncConnection, which: Any, *, lock: bool) -> Merchant | None:
    query = select(MERCHANT).where(which)
    # Rows that name this one as theirs may be written meanwhile: the key does not change.
    found = await _merchants(connection, query.with_for_update(key_share=True) if lock else query)
    return found[0] if found else None


async def _merchants(connection: AsyncConnection, query: Any) -> list[Merchant]:
    rows = (await connection.execute(query)).all()
    theirs = await filieres_of(connection, [row.id for row in rows])
    return [_merchant(row, theirs.get(row.id, ())) for row in rows]


async def filieres_of(
    connection: AsyncConnection, merchants: Sequence[UUID]
) -> dict[UUID, tuple[str, ...]]:
    """The codes of each merchant's filières, in alphabetical order."""
    found: dict[UUID, tuple[str, ...]] = {}
    if merchants:
        query = select(MERCHANT_FILIERE).where(MERCHANT_FILIERE.c.merchant.in_(merchants))
        for row in await connection.execute(query.order_by(MERCHANT_FILIERE.c.filiere)):
            found[row.merchant] = (*found.get(row.merchant, ()), row.filiere)
    return found


def _merchant(row: Any, filieres: tuple[str, ...]) -> Merchant:
    frozen_from = None if row.frozen_from is None else Status(row.frozen_from)
    return Merchant(
        id=row.id,
        merchant_class=MerchantClass(row._mapping["class"]),  # noqa: SLF001  why: a public name of Row
        party=row.party,
        account=row.account,
        payable=row.payable,
        name=row.name,
        siret=row.siret,
        street=row.street,
        postal_code=row.postal_code,
        commune=row.commune,
        profile=Profile(row.description, row.proposes, row.seeks, row.listed, row.iban),
        contact=row.contact,
        convention=row.convention,
        charter=row.charter,
        commitments=row.commitments,
        applied_at=row.applied_at,
        standing=Standing(Status(row.status), frozen_from, row.frozen_until),
        approved_at=row.approved_at,
        approved_until=row.approved_until,
        filieres=filieres,
        number=row.number,
    )


async def reserve(
    connection: AsyncConnection, merchant: UUID, *, party: int, account: int, payable: int
) -> None:
    """Write down the numbers that a candidate will have, before what they name is made."""
    numbers = {"party": party, "account": account, "payable": payable}
    await connection.execute(update(MERCHANT).where(MERCHANT.c.id == merchant).values(**numbers))


async def approve(
    connection: AsyncConnection, merchant: UUID, *, at: datetime, until: date
) -> None:
    """A candidate is a merchant from now on."""
    row = {"status": Status.APPROVED, "approved_at": at, "approved_until": until}
    await connection.execute(update(MERCHANT).where(MERCHANT.c.id == merchant).values(**row))
    await changed(connection, merchant)


async def renew(connection: AsyncConnection, merchant: UUID, until: date) -> None:
    """An approval holds until another day; since when it does stays."""
    longer = update(MERCHANT).where(MERCHANT.c.id == merchant).values(approved_until=until)
    await connection.execute(longer)
    await changed(connection, merchant)


async def ending(
    connection: AsyncConnection, until: date, *, after: tuple[date, UUID] | None, count: int
) -> Sequence[Merchant]:
    """Merchants whose approval ends by a day or has ended, the soonest first.

    Those approved or suspended: of one that is closing nothing is to be decided any more.
    """
    query = select(MERCHANT).where(
        MERCHANT.c.status.in_((Status.APPROVED, Status.SUSPENDED)),
        MERCHANT.c.approved_until <= until,
    )
    if after is not None:
        place = func.row(MERCHANT.c.approved_until, MERCHANT.c.id)
        query = query.where(place > func.row(*after))
    query = query.order_by(MERCHANT.c.approved_until, MERCHANT.c.id).limit(count)
    return await _merchants(connection, query)


async def stand(connection: AsyncConnection, merchant: UUID, standing: Standing) -> None:
    """Write down where a merchant stands; every process hears of it."""
    row = {
        "status": standing.status,
        "frozen_from": standing.frozen_from,
        "frozen_until": standing.frozen_until,
    }
    await connection.execute(update(MERCHANT).where(MERCHANT.c.id == merchant).values(**row))
    await changed(connection, merchant)


async def describe(connection: AsyncConnection, merchant: Merchant, profile: Profile) -> None:
    """Write down what a merchant says of itself."""
    row = {
        "description": profile.description,
        "proposes": profile.proposes,
        "seeks": profile.seeks,
        "listed": profile.listed,
        "iban": profile.iban,
        "words": _words(merchant.name, profile.description, profile.proposes, profile.seeks),
    }
    await connection.execute(update(MERCHANT).where(MERCHANT.c.id == merchant.id).values(**row))
    await changed(connection, merchant.id)


async def place_in(connection: AsyncConnection, merchant: UUID, filieres: frozenset[str]) -> None:
    """The filières of a merchant are these.

    Raises:
        UnknownFiliere: a code is not in the table.
    """
    known = await connection.scalars(select(FILIERE.c.code))
    if not filieres <= set(known):
        raise UnknownFiliere
    await connection.execute(
        delete(MERCHANT_FILIERE).where(MERCHANT_FILIERE.c.merchant == merchant)
    )
    rows = [{"merchant": merchant, "filiere": code} for code in sorted(filieres)]
    await connection.execute(insert(MERCHANT_FILIERE), rows)
    await changed(connection, merchant)


async def name_of(connection: AsyncConnection, party: int) -> str | None:
    """The public name of a party; None when it is no merchant."""
    name: str | None = await connection.scalar(
        select(MERCHANT.c.name).where(MERCHANT.c.party == party)
    )
    return name


async def names_of(connection: AsyncConnection, accounts: Iterable[int]) -> dict[int, str]:
    """The public names of the merchants behind some accounts; persons have none here."""
    query = select(MERCHANT.c.account, MERCHANT.c.name).where(MERCHANT.c.account.in_(accounts))
    return {row.account: row.name for row in await connection.execute(query)}
