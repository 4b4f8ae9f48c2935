"""Card number and PIN from any borrowed browser: see the balance, block everything, never pay.

A blocked card looks too, until another one is issued in its place: whoever lost the phone with it
blocks that as well.

An unknown card takes as long as a known one: where no try is counted, another row is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import exists, select

from admin.logins import pins, sessions, throttle
from admin.logins.sessions import SignedIn
from admin.logins.throttle import Tried
from admin.means import cards
from admin.refusals import BadCredentials, PinLocked, UnknownCard, WrongPin
from admin.roles import Role
from admin.tables import CARD, ROLE_GRANT

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncEngine

    from admin.pepper import Pepper

_LABEL: Final = "card"


class _Holder(NamedTuple):
    user: UUID
    grant: UUID


async def sign_in(
    engine: AsyncEngine, pepper: Pepper, *, number: str, pin: str, at: datetime
) -> str:
    """The token of a short session for the card's account, in which nothing can be paid.

    Raises:
        BadCredentials: no such card, replaced, another PIN, or locked: it does not say which.
    """
    holder = await _holder(engine, number, at)
    try:
        await pins.try_pin(engine, pepper, user=holder and holder.user, pin=pin)
    except (WrongPin, PinLocked) as refusal:
        if holder is None:
            await throttle.allow(engine, pepper, Tried.CARD_OF_NOBODY, number, at)
        raise BadCredentials from refusal
    assert holder is not None, "nobody's PIN is never right"
    who = SignedIn(holder.user, frozenset({"card", "pin"}), _LABEL, scope="look")
    async with engine.begin() as connection:
        return await sessions.issue(connection, who, at, grant=holder.grant)


async def _holder(engine: AsyncEngine, number: str, at: datetime) -> _Holder | None:
    """Who holds a card that was not replaced, in the role for the account it belongs to."""
    async with engine.connect() as connection:
        try:
            card = await cards.by_number(connection, number)
        except UnknownCard:
            card = None
        replaced = exists().where(CARD.c.replaces == (card.id if card else None))
        query = select(ROLE_GRANT.c.user_id, ROLE_GRANT.c.id).where(
            ROLE_GRANT.c.user_id == (card.user if card else None),
            ROLE_GRANT.c.party == (card.party if card else None),
            ROLE_GRANT.c.role == Role.SOLISTE,
            ~replaced,
            sessions.held(at),
        )
        row = (await connection.execute(query)).first()
    return None if row is None else _Holder(row.user_id, row.id)
