"""The directory: approved merchants that want to be found, by filière, commune and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from merchants.admission import Status, folded, tidied
from merchants.register import WORDS_IN, filieres_of
from merchants.tables import FILIERE, MERCHANT, MERCHANT_FILIERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


class Filiere(NamedTuple):
    """A branch of what is sold; `parent` is None at the root."""

    code: str
    parent: str | None
    fr: str
    en: str


class Listed(NamedTuple):
    """What everybody may know of a merchant."""

    id: UUID
    merchant_class: str
    name: str
    street: str
    postal_code: str
    commune: str
    description: str
    filieres: tuple[str, ...]


class Notice(NamedTuple):
    """What a merchant proposes to others, and what it seeks."""

    merchant: UUID
    name: str
    commune: str
    proposes: str
    seeks: str


class Wanted(NamedTuple):
    """What somebody looks for; None: anything."""

    filiere: str | None = None
    commune: str | None = None
    words: str | None = None


_SHOWN = (MERCHANT.c.status == Status.APPROVED) & MERCHANT.c.listed
Place = tuple[str, "UUID"]
"""Where a page ended: a name and an id."""


async def filieres(connection: AsyncConnection) -> Sequence[Filiere]:
    """Every filière, each after its parent."""
    columns = (FILIERE.c.code, FILIERE.c.parent, FILIERE.c.fr, FILIERE.c.en)
    rows = await connection.execute(select(*columns).order_by(FILIERE.c.rank))
    return [Filiere(*row) for row in rows]


def below(tree: Iterable[Filiere], code: str) -> frozenset[str]:
    """A filière and all that branch off it; empty when there is none of this code."""
    known = list(tree)
    found = {one.code for one in known if one.code == code}
    grown = True
    while grown:
        branches = {one.code for one in known if one.parent in found}
        grown = not branches <= found
        found |= branches
    return frozenset(found)


async def communes(connection: AsyncConnection) -> Sequence[tuple[str, int]]:
    """Where merchants are, and how many in each place."""
    query = select(MERCHANT.c.commune, func.count()).where(_SHOWN)
    rows = await connection.execute(query.group_by(MERCHANT.c.commune).order_by(MERCHANT.c.commune))
    return [(row[0], row[1]) for row in rows]


async def search(
    connection: AsyncConnection, wanted: Wanted, *, after: Place | None, count: int
) -> Sequence[Listed]:
    """Merchants that fit, by name; at most so many after the last one seen."""
    query = select(MERCHANT).where(_SHOWN)
    if wanted.commune is not None:
        query = query.where(MERCHANT.c.commune == tidied(wanted.commune))
    if wanted.filiere is not None:
        codes = below(await filieres(connection), wanted.filiere)
        theirs = select(MERCHANT_FILIERE.c.merchant).where(MERCHANT_FILIERE.c.filiere.in_(codes))
        query = query.where(MERCHANT.c.id.in_(theirs))
    return await _listed(connection, _page(_saying(query, wanted.words), after, count))


async def shown(connection: AsyncConnection, merchant: UUID) -> Listed | None:
    """A merchant of the directory."""
    query = select(MERCHANT).where(_SHOWN, MERCHANT.c.id == merchant)
    found = await _listed(connection, query)
    return found[0] if found else None


async def notices(
    connection: AsyncConnection, words: str | None, *, after: Place | None, count: int
) -> Sequence[Notice]:
    """What approved merchants propose and seek, listed in the public directory or not."""
    says = (MERCHANT.c.proposes != "") | (MERCHANT.c.seeks != "")
    query = select(MERCHANT).where(MERCHANT.c.status == Status.APPROVED, says)
    rows = await connection.execute(_page(_saying(query, words), after, count))
    return [Notice(row.id, row.name, row.commune, row.proposes, row.seeks) for row in rows]


def _saying(query: Any, words: str | None) -> Any:
    """Only rows whose words fit; what is typed is words, whatever its signs mean elsewhere."""
    if words is None:
        return query
    sought = func.websearch_to_tsquery(WORDS_IN, folded(words))
    return query.where(MERCHANT.c.words.op("@@")(sought))


def _page(query: Any, after: Place | None, count: int) -> Any:
    if after is not None:
        query = query.where(func.row(MERCHANT.c.name, MERCHANT.c.id) > func.row(*after))
    return query.order_by(MERCHANT.c.name, MERCHANT.c.id).limit(count)


async def _listed(connection: AsyncConnection, query: Any) -> list[Listed]:
    rows = (await connection.execute(query)).all()
    theirs = await filieres_of(connection, [row.id for row in rows])
    return [
        Listed(
            row.id,
            row._mapping["class"],  # noqa: SLF001  why: a public name of Row
            row.name,
            row.street,
            row.postal_code,
            row.commune,
            row.description,
            theirs.get(row.id, ()),
        )
        for row in rows
    ]


async def addresses(
    connection: AsyncConnection, accounts: Iterable[int]
) -> Sequence[tuple[str, str, str]]:
    """Name, street and commune of those behind these accounts who want to be found, in that order.

    Communes come in order, and the names of each.
    """
    query = (
        select(MERCHANT.c.name, MERCHANT.c.street, MERCHANT.c.commune)
        .where(MERCHANT.c.account.in_(list(accounts)))
        .where(MERCHANT.c.status == Status.APPROVED, MERCHANT.c.listed)
        .order_by(MERCHANT.c.commune, MERCHANT.c.name)
    )
    return [(row.name, row.street, row.commune) for row in await connection.execute(query)]
