"""What a user has to prove themselves with, and when a password alone is not enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import exists, func, select

from admin.logins.pins import TRIES_MAX
from admin.refusals import LastMeans, SecondFactorNeeded
from admin.tables import PASSKEY, PASSWORD, PIN, TOTP

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

SECOND: Final = frozenset({"totp", "passkey"})


class Means(NamedTuple):
    """What a user has: a password, so many passkeys, an authenticator application, a PIN.

    `pin_locked`: the tries of the PIN are used up.
    """

    password: bool
    passkeys: int
    totp: bool
    pin: bool
    pin_locked: bool


async def of(connection: AsyncConnection, user: UUID) -> Means:
    """What a user has."""
    keys = select(func.count()).select_from(PASSKEY).where(PASSKEY.c.user_id == user)
    confirmed = (TOTP.c.user_id == user) & TOTP.c.confirmed_at.is_not(None)
    query = select(
        exists().where(PASSWORD.c.user_id == user),
        keys.scalar_subquery(),
        exists().where(confirmed),
        exists().where(PIN.c.user_id == user),
        exists().where((PIN.c.user_id == user) & (PIN.c.tries >= TRIES_MAX)),
    )
    return Means(*(await connection.execute(query)).one())


async def check_used(connection: AsyncConnection, user: UUID, factors: frozenset[str]) -> None:
    """Whoever has a passkey or an authenticator application has proved one of them.

    Raises:
        SecondFactorNeeded: a password alone was proved, and there is more.
    """
    means = await of(connection, user)
    if (means.passkeys or means.totp) and not SECOND & factors:
        raise SecondFactorNeeded


async def check_not_last(connection: AsyncConnection, user: UUID) -> None:
    """A passkey may be removed while there is another way in.

    Raises:
        LastMeans: there is none.
    """
    means = await of(connection, user)
    if means.passkeys <= 1 and not means.password:
        raise LastMeans
