"""A sign-in, step by step: counted before it is looked at, compared without holding the database.

Tries are counted for each login and each address. A device on which a login has signed in before
is counted by itself, so that whoever hammers at a login, even from behind the same address, does
not keep its owner out; and a try that was right gives its place back.
"""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy.exc import SQLAlchemyError

from admin.logins import credentials, devices, passkeys, sessions, throttle, totp
from admin.logins.sessions import SignedIn, check_factors
from admin.logins.throttle import Tried
from admin.parties import identifier_of
from admin.people import granting
from admin.refusals import AdminRefusal, SecondFactorNeeded, SignInBusy
from api.wire.problems import Problem

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.roles import Grant
    from api.services import Services


class Arrival(NamedTuple):
    """Who was recognised, by what, where, and the role they ask for."""

    user: UUID
    factors: frozenset[str]
    label: str
    device: str | None
    grant: UUID | None


Counted = tuple[tuple[Tried, str], ...]
"""What a try is counted by."""


async def count(services: Services, tried: Counted) -> None:
    """Count a try before it is looked at.

    Raises:
        TooManyTries: come back later.
    """
    for what, subject in tried:
        now = services.clock.now()
        await throttle.allow(services.engine, services.pepper, what, subject, now)


@asynccontextmanager
async def trying(services: Services, tried: Counted) -> AsyncIterator[None]:
    """A try: counted before it is looked at; who was right, or was not looked at, pays nothing.

    A service that is too busy to compare has told nobody anything. Whoever it tells to come back
    would otherwise use up the tries of everybody behind their address.

    Raises:
        TooManyTries: come back later.
    """
    await count(services, tried)
    try:
        yield
    except Exception as error:
        if isinstance(error, SignInBusy) or not isinstance(error, AdminRefusal):
            await _give_back(services, tried)
        raise
    await _give_back(services, tried)


async def _give_back(services: Services, tried: Counted) -> None:
    """What cannot be given back now comes back with time."""
    with suppress(Problem, SQLAlchemyError, OSError):
        for what, subject in tried:
            await throttle.give_back(services.engine, services.pepper, what, subject)


async def by_password(
    services: Services, *, identifier: str, password: str, device: str | None, address: str
) -> UUID:
    """The user whose identifier and password these are.

    Raises:
        BadCredentials: whatever was wrong.
        TooManyTries, SignInBusy: later.
    """
    now = services.clock.now()
    async with services.rows() as rows:
        found = await credentials.find(rows, identifier)
        # Nobody's device is looked for too, so that an unknown login takes as long.
        known = await sessions.device_known(
            rows, user=found.user if found else uuid4(), token=device or "", at=now
        )
    login = identifier_of(identifier)
    tried: Counted = (
        (Tried.PASSWORD_FROM_AN_ADDRESS, address),
        (Tried.PASSWORD_OF_A_LOGIN, login),
    )
    if known:
        tried = ((Tried.PASSWORD_ON_A_DEVICE, f"{login} {device}"),)
    async with trying(services, tried):
        return await credentials.compare(services.passwords, found, password)


async def by_passkey(services: Services, answer: str, address: str) -> UUID:
    """The user whose passkey answered.

    Raises:
        BadPasskey: see `passkeys.finish_sign_in`.
        TooManyTries: later.
    """
    tried: Counted = ((Tried.PASSWORD_FROM_AN_ADDRESS, address),)
    async with trying(services, tried), services.rows() as rows:
        now = services.clock.now()
        return await passkeys.finish_sign_in(rows, services.site, answer=answer, at=now)


async def check_code(services: Services, user: UUID, code: str) -> None:
    """A code of the user's authenticator application.

    Raises:
        BadCode: wrong, out of its time, used.
        TooManyTries: later.
    """
    tried: Counted = ((Tried.CODE_OF_A_USER, str(user)),)
    async with trying(services, tried), services.rows() as rows:
        now = services.clock.now()
        await totp.check(rows, services.pepper, user=user, code=code, at=now)


async def begin(services: Services, arrival: Arrival) -> tuple[str, str | None]:
    """The tokens of a new session, and of a device that is new.

    Raises:
        SessionEnded: the role asked for is not the user's.
        SecondFactorNeeded: it asks for more.
    """
    now = services.clock.now()
    async with services.rows() as rows:
        grant = arrival.grant or await _only_role(rows, services, arrival)
        device = await devices.arrive(
            rows, user=arrival.user, device=arrival.device, label=arrival.label, at=now
        )
        who = SignedIn(arrival.user, arrival.factors, arrival.label)
        return await sessions.issue(rows, who, now, grant=grant), device


async def _only_role(rows: AsyncConnection, services: Services, arrival: Arrival) -> UUID | None:
    """The role of a user who holds one and has proved enough for it: there is nothing to choose."""
    held: Sequence[Grant] = await granting.held(rows, arrival.user, services.clock.now())
    if len(held) == 1:
        with suppress(SecondFactorNeeded):
            check_factors(held[0].role, arrival.factors)
            return held[0].id
    return None
