"""PINs: an HMAC under the pepper, and never more than five tries evaluated between two right ones.

A try is counted and committed before it is evaluated, under the row's lock: a hundred at once,
through whatever door, share the same five, and a crash gives none back.
"""

from __future__ import annotations

import hmac
import secrets
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from admin import events
from admin.events import Event, Happened
from admin.refusals import PinGuessable, PinLocked, WrongPin
from admin.tables import PIN

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from admin.pepper import Pepper

TRIES_MAX: Final = 5
DIGITS_MIN: Final = 4
DIGITS_MAX: Final = 6


def check_pin(pin: str) -> None:
    """A PIN has 4 to 6 digits that are not all one, and no row up or down.

    Raises:
        PinGuessable: choose another.
    """
    if not (DIGITS_MIN <= len(pin) <= DIGITS_MAX and pin.isascii() and pin.isdigit()):
        raise PinGuessable
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise PinGuessable


def drawn() -> str:
    """Four digits by chance that nobody guesses first."""
    while True:
        pin = f"{secrets.randbelow(10**DIGITS_MIN):0{DIGITS_MIN}}"
        try:
            check_pin(pin)
        except PinGuessable:
            continue
        return pin


def digest(pepper: Pepper, user: UUID, pin: str) -> bytes:
    """What is stored of a user's PIN; another user's same PIN gives another digest."""
    return hmac.digest(pepper.key("pin"), user.bytes + pin.encode(), "sha256")


async def set_pin(
    connection: AsyncConnection,
    pepper: Pepper,
    *,
    user: UUID,
    pin: str,
    actor: UUID,
    at: datetime,
) -> None:
    """Give a user the PIN they chose, unlocked.

    Raises:
        PinGuessable: choose another.
    """
    check_pin(pin)
    values = {"hash": digest(pepper, user, pin), "tries": 0, "set_at": at}
    statement = insert(PIN).values(user_id=user, **values)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["user_id"], set_=values)
    )
    await events.write(connection, Event(Happened.PIN_SET, actor, object=str(user)), at)


async def try_pin(engine: AsyncEngine, pepper: Pepper, *, user: UUID | None, pin: str) -> None:
    """The user's PIN was given; a right one makes the next five tries possible again.

    Args:
        engine: the count is a transaction of its own.
        pepper: what the PIN was stored under.
        user: None when nobody was found, so that the answer is that of a wrong PIN.
        pin: as it was typed.

    Raises:
        WrongPin: another PIN, or none was ever set.
        PinLocked: five tries were begun since the last right one; this one was not evaluated.
    """
    if user is None or not pin.isascii():
        raise WrongPin
    stored = await _counted(engine, user)
    if not hmac.compare_digest(stored, digest(pepper, user, pin)):
        raise WrongPin
    right = update(PIN).where(PIN.c.user_id == user, PIN.c.hash == stored).values(tries=0)
    async with engine.begin() as connection:
        await connection.execute(right)


async def tries_left(connection: AsyncConnection, user: UUID) -> int:
    """How many more wrong tries a user's PIN stands before it is locked."""
    begun = await connection.scalar(select(PIN.c.tries).where(PIN.c.user_id == user))
    return TRIES_MAX - (begun or 0)


async def _counted(engine: AsyncEngine, user: UUID) -> bytes:
    """The stored digest, of a try that is counted; none is read without being counted."""
    async with engine.begin() as connection:
        begun = (
            update(PIN)
            .where(PIN.c.user_id == user, PIN.c.tries < TRIES_MAX)
            .values(tries=PIN.c.tries + 1)
            .returning(PIN.c.hash)
        )
        stored: bytes | None = await connection.scalar(begun)
        if stored is not None:
            return stored
        # Written and committed like a counted one, so that a locked PIN is answered no sooner.
        same = update(PIN).where(PIN.c.user_id == user).values(tries=PIN.c.tries)
        known = (await connection.execute(same)).rowcount
    raise PinLocked if known else WrongPin
