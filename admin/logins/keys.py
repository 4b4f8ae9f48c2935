"""Keys of tills and programs: a prefix a person recognises, 32 random bytes, scopes, revocable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from admin import events
from admin.events import Event, Happened
from admin.logins.tokens import hashed, new_token
from admin.refusals import KeyUnusable, ListFull
from admin.tables import API_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

PREFIX: Final = "bsl_"
KEYS_MAX: Final = 100
SHOWN_CHARACTERS: Final = 10
"""How much of a key its owner sees again."""
_USED_EVERY: Final = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may do; it does nothing else."""

    READ_PAYMENTS = "payments:read"
    TAKE_PAYMENTS = "payments:write"
    REFUND = "refunds:write"
    READ_DAY = "day:read"


@dataclass(frozen=True, slots=True)
class Key:
    """A key in use; `shown` is its beginning."""

    id: UUID
    party: int
    scopes: frozenset[Scope]
    shown: str
    label: str
    made_at: datetime
    used_at: datetime | None


async def make(  # noqa: PLR0913  why: a key has that many facts
    connection: AsyncConnection,
    *,
    key: UUID,
    party: int,
    scopes: frozenset[Scope],
    label: str,
    actor: UUID,
    at: datetime,
) -> str:
    """A new key of a party, told here once; `key` is its id, made by the caller.

    Raises:
        ListFull: the party has 100.
    """
    if len(await listed(connection, party)) >= KEYS_MAX:
        raise ListFull(KEYS_MAX)
    secret = PREFIX + new_token()
    row = {
        "id": key,
        "hash": hashed(secret),
        "prefix": secret[:SHOWN_CHARACTERS],
        "party": party,
        "scopes": sorted(scopes),
        "label": label,
        "made_by": actor,
        "made_at": at,
    }
    await connection.execute(insert(API_KEY).values(**row))
    await events.write(connection, Event(Happened.KEY_MADE, actor, party, str(key)), at)
    return secret


async def find(connection: AsyncConnection, secret: str, at: datetime) -> Key:
    """The key whose secret this is, used now.

    Raises:
        KeyUnusable: unknown or revoked.
    """
    mine = (API_KEY.c.hash == hashed(secret)) & API_KEY.c.revoked_at.is_(None)
    row = (await connection.execute(select(API_KEY).where(mine))).one_or_none()
    if row is None:
        raise KeyUnusable
    if row.used_at is None or at - row.used_at >= _USED_EVERY:
        await connection.execute(update(API_KEY).where(mine).values(used_at=at))
    return _key(row)


async def listed(connection: AsyncConnection, party: int) -> Sequence[Key]:
    """The keys of a party that are in use, newest first."""
    mine = (API_KEY.c.party == party) & API_KEY.c.revoked_at.is_(None)
    rows = await connection.execute(select(API_KEY).where(mine).order_by(API_KEY.c.made_at.desc()))
    return [_key(row) for row in rows]


def _key(row: Any) -> Key:
    scopes = frozenset(map(Scope, row.scopes))
    return Key(row.id, row.party, scopes, row.prefix, row.label, row.made_at, row.used_at)


async def revoke(
    connection: AsyncConnection, *, party: int, key: UUID, actor: UUID, at: datetime
) -> bool:
    """End a key of a party; whether there was one in use."""
    mine = (API_KEY.c.party == party) & (API_KEY.c.id == key) & API_KEY.c.revoked_at.is_(None)
    done = await connection.execute(update(API_KEY).where(mine).values(revoked_at=at))
    if done.rowcount == 0:
        return False
    await events.write(connection, Event(Happened.KEY_REVOKED, actor, party, str(key)), at)
    await events.forget(connection, "key", key)
    return True
