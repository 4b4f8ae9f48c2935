"""Where one pays: what a poster's code, a till or a shift stands for, read once and remembered.

A payment so asks the database nothing about its payee. Whoever changes a merchant, a till, a
poster or a shift tells every process (NOTIFY shops), and one that cannot hear remembers nothing.
What is closed is known too: a retry is answered after the poster was revoked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from merchants.tables import FILIERE, MERCHANT, MERCHANT_FILIERE, POSTER, SHIFT, TILL

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    Rows = Callable[[], AbstractAsyncContextManager[AsyncConnection]]

CHANNEL: Final = "shops"
"""The channel on which processes hear that what they know of merchants is out of date."""
REMEMBERED_MAX: Final = 50_000
PUBLIC: Final = "public"
_AFTER_A_SHIFT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A till, or a shift at one, and the merchant behind it.

    Attributes:
        party: of the merchant.
        account: credited by payments; a public body's passes them on.
        payable: euros owed to a public body.
        merchant_class: merchant, association or public.
        number: of the merchant, small and running; its signs of the day are drawn from it.
        poster: the code of the till's newest poster in use.
        branch: the root of the first filière of what is sold, if any.
        shift: who stands there, if it is a shift; with `user` and, on a device, its `api_key`.
        closed: the poster was revoked, the till closed, or the shift ended.
    """

    till: UUID
    label: str
    merchant: UUID
    party: int
    account: int
    payable: int | None
    merchant_class: str
    name: str
    commune: str
    status: str
    number: int
    poster: str | None
    street: str
    branch: str | None
    shift: UUID | None = None
    user: UUID | None = None
    api_key: UUID | None = None
    closed: bool = False

    @property
    def document(self) -> UUID:
        """What a payment taken here bears: the shift, else the till."""
        return self.shift or self.till

    @property
    def approved(self) -> bool:
        """Whether the merchant takes payments."""
        return self.status == "approved"

    @property
    def is_public(self) -> bool:
        """Whether it is paid in euros, payment by payment (F-29)."""
        return self.merchant_class == PUBLIC


class Places:
    """Finds places, and remembers them while changes are heard.

    Args:
        rows: a transaction for rows that do not post.
    """

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._known: dict[str | UUID, Place] = {}
        self._changes = 0
        self._listening = False

    async def of_poster(self, code: str) -> Place | None:
        """The till a poster hangs at; None when no poster has this code."""
        return self._known.get(code) or await self._read(code)

    async def of(self, number: UUID) -> Place | None:
        """The till or the shift with this id; None when there is none."""
        return self._known.get(number) or await self._read(number)

    def heard(self, payload: str) -> None:  # noqa: ARG002  why: whatever changed, all is read anew
        """Somebody changed a merchant, a till, a poster or a shift."""
        self._forget()

    def found(self) -> None:
        """From now on every change is heard."""
        self._forget()
        self._listening = True

    def lost(self) -> None:
        """Nothing is heard any more: whatever is remembered may be out of date."""
        self._listening = False
        self._forget()

    def _forget(self) -> None:
        self._changes += 1
        self._known.clear()

    async def _read(self, name: str | UUID) -> Place | None:
        changes = self._changes
        async with self._rows() as connection:
            found = await _found(connection, name)
        if found is not None and self._listening and changes == self._changes:
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            self._known[name] = found
        return found


async def documents(
    connection: AsyncConnection, till: UUID, begun: datetime, ended: datetime
) -> list[UUID]:
    """What payments at a till between two instants may bear: the till, or a shift it had then.

    A request outlives its shift by minutes, so a shift counts for an hour after its end.
    """
    after = SHIFT.c.ended_at.is_(None) | (SHIFT.c.ended_at > begun - _AFTER_A_SHIFT)
    shifts = select(SHIFT.c.id).where(SHIFT.c.till == till, SHIFT.c.begun_at < ended, after)
    return [till, *(await connection.scalars(shifts.order_by(SHIFT.c.begun_at))).all()]


async def changed(connection: AsyncConnection, merchant: UUID | None = None) -> None:
    """Tell every process, once this is committed, to read places anew, those of `merchant`."""
    await connection.execute(select(func.pg_notify(CHANNEL, str(merchant or ""))))


async def _found(connection: AsyncConnection, name: str | UUID) -> Place | None:
    if isinstance(name, str):
        joined = _query(POSTER.c.revoked_at).join(POSTER, POSTER.c.till == TILL.c.id)
        return await _one(connection, joined.where(POSTER.c.code == name))
    till = await _one(connection, _query().where(TILL.c.id == name))
    if till is not None:
        return till
    shift = _query(SHIFT.c.ended_at, SHIFT.c.id, SHIFT.c.user_id, SHIFT.c.api_key)
    return await _one(connection, shift.join(SHIFT, SHIFT.c.till == TILL.c.id).where(
        SHIFT.c.id == name))  # fmt: skip


def _query(*more: Any) -> Select[Any]:
    """A till and its merchant, once it has an account; then what ended, and who stands there."""
    hung = POSTER.alias("hung")
    newest = (
        select(hung.c.code)
        .where(hung.c.till == TILL.c.id, hung.c.revoked_at.is_(None))
        .order_by(hung.c.made_at.desc(), hung.c.code)
        .limit(1)
        .scalar_subquery()
    )
    branch = (
        select(func.coalesce(FILIERE.c.parent, FILIERE.c.code))
        .join(MERCHANT_FILIERE, MERCHANT_FILIERE.c.filiere == FILIERE.c.code)
        .where(MERCHANT_FILIERE.c.merchant == MERCHANT.c.id)
        .order_by(FILIERE.c.code)
        .limit(1)
        .scalar_subquery()
    )
    merchant = MERCHANT.c
    told = (merchant.id, merchant.party, merchant.account, merchant.payable, merchant["class"],
            merchant.name, merchant.commune, merchant.status, merchant.number)  # fmt: skip
    columns = (
        TILL.c.id,
        TILL.c.label,
        *told,
        newest,
        merchant.street,
        branch,
        TILL.c.closed_at,
        *more,
    )
    query: Any = select(*columns)
    joined: Select[Any] = query.select_from(TILL).join(MERCHANT, merchant.id == TILL.c.merchant)
    return joined.where(merchant.account.is_not(None))


async def _one(connection: AsyncConnection, query: Select[Any]) -> Place | None:
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    told = [*row, None, None, None, None]
    closed_at, ended_at, shift, user, key = told[14:19]
    place = Place(*told[:14])
    closed = (closed_at or ended_at) is not None
    return replace(place, shift=shift, user=user, api_key=key, closed=closed)
