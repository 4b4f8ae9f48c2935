"""How fast secrets may be tried: a bucket in PostgreSQL for each purpose and subject.

One row holds when the next try would be on time (the generic cell rate algorithm); a try that
comes earlier than the burst allows is refused and costs nothing. The subject is stored as an HMAC,
so that the table names nobody's address.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from admin.refusals import TooManyTries
from admin.tables import THROTTLE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncEngine

    from admin.pepper import Pepper


class Pace(NamedTuple):
    """So many at once, then one in each interval."""

    burst: int
    interval: timedelta


class Tried(StrEnum):
    """What is tried, and against whom or from where it is counted."""

    PASSWORD_OF_A_LOGIN = "password_of_a_login"  # noqa: S105  why: the name of a purpose
    PASSWORD_FROM_AN_ADDRESS = "password_from_an_address"  # noqa: S105  why: the same
    PASSWORD_ON_A_DEVICE = "password_on_a_device"  # noqa: S105  why: the same
    PASSWORD_OF_A_USER = "password_of_a_user"  # noqa: S105  why: the same
    CHALLENGE_FROM_AN_ADDRESS = "challenge_from_an_address"
    CARD_OF_NOBODY = "card_of_nobody"
    CODE_OF_A_USER = "code_of_a_user"
    CARD_FROM_AN_ADDRESS = "card_from_an_address"
    OPPOSITION_FROM_AN_ADDRESS = "opposition_from_an_address"
    TOKEN_FROM_AN_ADDRESS = "token_from_an_address"  # noqa: S105  why: the same
    APPLICATION_FROM_AN_ADDRESS = "application_from_an_address"
    CARD_AT_A_DEVICE = "card_at_a_device"
    CARD_OF_A_PAYEE = "card_of_a_payee"


PACES: Final[dict[Tried, Pace]] = {
    Tried.PASSWORD_OF_A_LOGIN: Pace(10, timedelta(seconds=30)),
    Tried.PASSWORD_FROM_AN_ADDRESS: Pace(100, timedelta(seconds=1)),
    Tried.PASSWORD_ON_A_DEVICE: Pace(10, timedelta(seconds=30)),
    Tried.PASSWORD_OF_A_USER: Pace(10, timedelta(seconds=30)),
    Tried.CHALLENGE_FROM_AN_ADDRESS: Pace(100, timedelta(seconds=1)),
    Tried.CARD_OF_NOBODY: Pace(1_000, timedelta(milliseconds=1)),
    Tried.CODE_OF_A_USER: Pace(5, timedelta(minutes=1)),
    Tried.CARD_FROM_AN_ADDRESS: Pace(20, timedelta(seconds=10)),
    Tried.OPPOSITION_FROM_AN_ADDRESS: Pace(10, timedelta(seconds=30)),
    Tried.TOKEN_FROM_AN_ADDRESS: Pace(20, timedelta(seconds=10)),
    Tried.APPLICATION_FROM_AN_ADDRESS: Pace(20, timedelta(minutes=5)),
    Tried.CARD_AT_A_DEVICE: Pace(20, timedelta(seconds=5)),
    Tried.CARD_OF_A_PAYEE: Pace(20, timedelta(seconds=30)),
}


async def allow(
    engine: AsyncEngine, pepper: Pepper, what: Tried, subject: str, at: datetime
) -> None:
    """A try of `what` by or against `subject` comes in time; it is counted, whatever follows.

    Args:
        engine: the count is a transaction of its own.
        pepper: keys what is stored of the subject.
        what: it has its pace in PACES.
        subject: a login's identifier, a user's id, an address.
        at: now.

    Raises:
        TooManyTries: with how long to wait.
    """
    pace, name = PACES[what], _name(pepper, what, subject)
    ahead = pace.interval * (pace.burst - 1)
    due = func.greatest(THROTTLE.c.due_at, at)
    row = insert(THROTTLE).values(subject=name, due_at=at + pace.interval)
    counted = row.on_conflict_do_update(
        index_elements=["subject"],
        set_={"due_at": due + pace.interval},
        where=due <= at + ahead,
    )
    async with engine.begin() as connection:
        if (await connection.execute(counted)).rowcount == 1:
            return
        known = select(THROTTLE.c.due_at).where(THROTTLE.c.subject == name)
        due_at: datetime = (await connection.execute(known)).scalar_one()
    wait = due_at - at - ahead
    raise TooManyTries(max(1, -(-wait // timedelta(seconds=1))))


async def give_back(engine: AsyncEngine, pepper: Pepper, what: Tried, subject: str) -> None:
    """A try that was right costs nothing: a hundred honest people behind one address never wait.

    It gives back its own place and no more, so that a right try buys no wrong one.
    """
    mine = THROTTLE.c.subject == _name(pepper, what, subject)
    back = THROTTLE.c.due_at - PACES[what].interval
    async with engine.begin() as connection:
        await connection.execute(update(THROTTLE).where(mine).values(due_at=back))


def _name(pepper: Pepper, what: Tried, subject: str) -> bytes:
    return hmac.digest(pepper.key("throttle"), f"{what} {subject}".encode(), "sha256")


async def sweep(engine: AsyncEngine, at: datetime) -> int:
    """Forget every subject whose pace is as if it had never tried; how many there were."""
    async with engine.begin() as connection:
        gone = await connection.execute(delete(THROTTLE).where(THROTTLE.c.due_at <= at))
        return gone.rowcount
