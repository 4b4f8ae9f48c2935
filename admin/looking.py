"""Card number and PIN from any borrowed browser: see the balance, block the card, never pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin import cards, pins, sessions
from admin.refusals import BadCredentials, PinLocked, UnknownCard, WrongPin
from admin.sessions import SignedIn

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncEngine

    from admin.pepper import Pepper

_LABEL: Final = "card"


async def sign_in(
    engine: AsyncEngine, pepper: Pepper, *, number: str, pin: str, at: datetime
) -> str:
    """The token of a short session in which nothing can be paid.

    Raises:
        BadCredentials: no such card, blocked, another PIN, or locked: it does not say which.
    """
    try:
        user = await _holder(engine, number)
        await pins.try_pin(engine, pepper, user=user, pin=pin)
    except (WrongPin, PinLocked) as refusal:
        raise BadCredentials from refusal
    assert user is not None, "nobody's PIN is never right"
    who = SignedIn(user, frozenset({"card", "pin"}), _LABEL, scope="look")
    async with engine.begin() as connection:
        return await sessions.issue(connection, who, at)


async def _holder(engine: AsyncEngine, number: str) -> UUID | None:
    async with engine.connect() as connection:
        try:
            card = await cards.by_number(connection, number)
        except UnknownCard:
            return None
    return card.user if card.status == "handed" else None
