"""Tills of a merchant and the posters that hang at them; a poster is revoked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, insert, select, update

from merchants import codes
from merchants.places import changed
from merchants.refusals import TillsMax
from merchants.tables import POSTER, SHIFT, TILL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

TILLS_MAX: Final = 100
"""Open tills of one merchant."""
FIRST_LABEL: Final = "Caisse 1"


class Poster(NamedTuple):
    """A poster in use."""

    code: str
    till: UUID
    made_at: datetime


class Till(NamedTuple):
    """A till in use, and its posters."""

    id: UUID
    label: str
    opened_at: datetime
    posters: tuple[Poster, ...]


class Hung(NamedTuple):
    """A poster in use, and whose."""

    code: str
    till: UUID
    merchant: UUID
    made_at: datetime


async def open_till(
    connection: AsyncConnection, *, till: UUID, merchant: UUID, label: str, at: datetime
) -> None:
    """A new till; `till` is its id, made by the caller.

    Raises:
        TillsMax: so many are open.
    """
    if len(await _open(connection, merchant)) >= TILLS_MAX:
        raise TillsMax
    row = {"id": till, "merchant": merchant, "label": label, "opened_at": at}
    await connection.execute(insert(TILL).values(**row))
    await changed(connection, merchant)


async def of_merchant(connection: AsyncConnection, merchant: UUID) -> Sequence[Till]:
    """The tills of a merchant that are in use, oldest first, each with its posters."""
    rows = await _open(connection, merchant)
    hanging = POSTER.c.till.in_([row.id for row in rows]) & POSTER.c.revoked_at.is_(None)
    query = select(POSTER.c.code, POSTER.c.till, POSTER.c.made_at).where(hanging)
    posters = [Poster(*row) for row in await connection.execute(query.order_by(POSTER.c.made_at))]
    return [
        Till(row.id, row.label, row.opened_at, tuple(p for p in posters if p.till == row.id))
        for row in rows
    ]


async def merchant_of(
    connection: AsyncConnection, till: UUID, *, lock: bool = False
) -> UUID | None:
    """Whose till it is, while it is in use."""
    query = select(TILL.c.merchant).where(TILL.c.id == till, TILL.c.closed_at.is_(None))
    query = query.with_for_update(key_share=True) if lock else query
    found: UUID | None = await connection.scalar(query)
    return found


async def close_till(
    connection: AsyncConnection, *, till: UUID, merchant: UUID, at: datetime
) -> None:
    """A till is used no more: who stands there leaves, its posters are revoked."""
    await connection.execute(update(TILL).where(TILL.c.id == till).values(closed_at=at))
    await _clear(connection, TILL.c.id == till, at)
    await changed(connection, merchant)


async def close_all(connection: AsyncConnection, *, merchant: UUID, at: datetime) -> None:
    """Every till of a merchant is used no more."""
    mine = (TILL.c.merchant == merchant) & TILL.c.closed_at.is_(None)
    await _clear(connection, mine, at)
    await connection.execute(update(TILL).where(mine).values(closed_at=at))


async def hang(
    connection: AsyncConnection, *, till: UUID, merchant: UUID, actor: UUID, at: datetime
) -> Poster:
    """A new poster of a till; those there are stay in use."""
    code = codes.new_code()
    row = {"code": code, "till": till, "made_at": at, "made_by": actor}
    await connection.execute(insert(POSTER).values(**row))
    await changed(connection, merchant)
    return Poster(code, till, at)


async def hung(connection: AsyncConnection, code: str) -> Hung | None:
    """A poster in use, by its code."""
    query = (
        select(POSTER.c.code, POSTER.c.till, TILL.c.merchant, POSTER.c.made_at)
        .join(TILL, TILL.c.id == POSTER.c.till)
        .where(POSTER.c.code == code, POSTER.c.revoked_at.is_(None))
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Hung(*row)


async def number_of(connection: AsyncConnection, poster: Hung) -> int:
    """Which print of its merchant's a poster is, so that a replaced one is told apart."""
    query = select(func.count()).join(TILL, TILL.c.id == POSTER.c.till)
    before = (TILL.c.merchant == poster.merchant) & (POSTER.c.made_at <= poster.made_at)
    return int(await connection.scalar(query.select_from(POSTER).where(before)) or 0)


async def revoke(connection: AsyncConnection, poster: Hung, at: datetime) -> None:
    """A poster is worth nothing any more, wherever it hangs."""
    gone = update(POSTER).where(POSTER.c.code == poster.code, POSTER.c.revoked_at.is_(None))
    await connection.execute(gone.values(revoked_at=at))
    await changed(connection, poster.merchant)


async def _open(connection: AsyncConnection, merchant: UUID) -> Sequence[Any]:
    """Tills in use; whoever opens one holds the merchant's lock."""
    query = select(TILL).where(TILL.c.merchant == merchant, TILL.c.closed_at.is_(None))
    return (await connection.execute(query.order_by(TILL.c.opened_at, TILL.c.id))).all()


async def _clear(connection: AsyncConnection, which: Any, at: datetime) -> None:
    tills = select(TILL.c.id).where(which).scalar_subquery()
    for table, column in ((SHIFT, "ended_at"), (POSTER, "revoked_at")):
        left = table.c.till.in_(tills) & table.c[column].is_(None)
        await connection.execute(update(table).where(left).values({column: at}))
