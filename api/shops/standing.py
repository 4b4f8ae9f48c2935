"""Who stands at a till: a person with their card and PIN, in a role the merchant gave them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from admin.logins import pins, throttle
from admin.logins.throttle import Tried
from admin.means import cards
from admin.people import granting
from admin.refusals import UnknownCard
from admin.roles import BUSINESS, Role
from api.shops.owned import own_till
from api.wire.ids import new_id
from merchants import shifts
from merchants.refusals import NoCashier, NoManager
from merchants.shifts import Shift

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.roles import Grant
    from api.gate.asker import Asker
    from api.services import Services

MAY_STAND: Final = frozenset({Role.MERCHANT, Role.CASHIER, Role.CASH_OFFICER})
_CARD_LINK: Final = re.compile(r"https?://[^/]+/c/([A-Za-z0-9_-]{22})|([A-Za-z0-9_-]{22})")


async def begin(services: Services, asker: Asker, till: UUID, *, card: str, pin: str) -> Shift:
    """Somebody who works for the merchant stands at its till; who stood there leaves.

    Args:
        services: their throttle counts what a device tries.
        asker: the device's key, or a session of the merchant.
        till: the merchant's.
        card: what its QR code says, or its number as it was typed.
        pin: of whoever holds the card.

    Raises:
        Problem: `not_found`, the till is another's.
        NoCashier: nobody who works here has this card: no PIN is tried.
        WrongPin, PinLocked: as `pins.try_pin` says.
        TooManyTries: the device asks too fast.
    """
    await _allow(services, asker)
    async with services.rows() as rows:
        await own_till(rows, asker, till)
        user, _ = await _cashier(rows, asker, card, services)
    await pins.try_pin(services.engine, services.pepper, user=user, pin=pin)
    async with services.rows() as rows:
        await own_till(rows, asker, till, lock=True)
        user, grant = await _cashier(rows, asker, card, services)  # the role may have ended
        new = Shift(new_id(), till, user, grant.id, asker.key, services.clock.now())
        await shifts.begin(rows, new)
    return new


async def manager(services: Services, asker: Asker, *, card: str, pin: str) -> UUID:
    """Who answers for the tills, at a device of theirs where somebody else stands.

    That is the merchant themselves, or a public body's cash officer.

    Args:
        services: their throttle counts what a device tries.
        asker: a cashier, or the device's key.
        card: what its QR code says, or its number as it was typed.
        pin: of whoever holds the card.

    Raises:
        NoManager: this is no card of theirs: no PIN is tried.
        WrongPin, PinLocked: as `pins.try_pin` says.
        TooManyTries: the device asks too fast.
    """
    await _allow(services, asker)
    async with services.rows() as rows:
        try:
            user, _ = await _cashier(rows, asker, card, services, BUSINESS)
        except NoCashier:
            raise NoManager from None
    await pins.try_pin(services.engine, services.pepper, user=user, pin=pin)
    return user


async def leave(services: Services) -> None:
    """Whoever stands at a till in a role that has ended leaves it, whichever way it ended."""
    now = services.clock.now()
    async with services.rows() as rows:
        over = await granting.ended(rows, await shifts.grants(rows), now)
        if over:
            await shifts.end_of(rows, over, now)


async def _allow(services: Services, asker: Asker) -> None:
    """Count a card that a device tries."""
    now, device = services.clock.now(), str(asker.key or asker.session)
    await throttle.allow(services.engine, services.pepper, Tried.CARD_AT_A_DEVICE, device, now)


async def _cashier(
    rows: AsyncConnection,
    asker: Asker,
    text: str,
    services: Services,
    roles: frozenset[Role] = MAY_STAND,
) -> tuple[UUID, Grant]:
    """Whose card it is, and the role in which they work for the merchant."""
    try:
        card = await _card(rows, text)
    except UnknownCard:
        raise NoCashier from None
    if card.status != "handed" or card.user is None:
        raise NoCashier
    for grant in await granting.held(rows, card.user, services.clock.now()):
        if grant.party == asker.acting and grant.role in roles:
            return card.user, grant
    raise NoCashier


async def _card(rows: AsyncConnection, text: str) -> cards.Card:
    match = _CARD_LINK.fullmatch(text)
    if match is not None:
        return await cards.by_token(rows, match[1] or match[2])
    return await cards.by_number(rows, text)
