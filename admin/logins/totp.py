"""Codes of an authenticator application (RFC 6238), each used once.

The secret must be read to compare, so it is sealed under a key derived from the pepper: the
database alone gives no code away.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Final

import pyotp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from admin import events
from admin.events import Event, Happened
from admin.refusals import BadCode, CodeConfirmed
from admin.tables import TOTP

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.pepper import Pepper

STEP_SECONDS: Final = 30
STEPS_AROUND: Final = 1
"""How many steps a clock may be early or late."""
_NONCE_BYTES: Final = 12


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, the latest of those around `at`; None when it is none's."""
    if not code.isascii():
        return None
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(at.timestamp()) // STEP_SECONDS
    for step in range(now + STEPS_AROUND, now - STEPS_AROUND - 1, -1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def sealed(pepper: Pepper, user: UUID, secret: str) -> bytes:
    """A secret that only the pepper and this user open."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(pepper.key("totp")).encrypt(nonce, secret.encode(), user.bytes)


def opened(pepper: Pepper, user: UUID, box: bytes) -> str:
    """The secret in a box that `sealed` made for this user."""
    cipher = AESGCM(pepper.key("totp"))
    return cipher.decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], user.bytes).decode()


async def begin(connection: AsyncConnection, pepper: Pepper, user: UUID) -> str:
    """A new secret to show once, in base 32; it counts from its first code on, the old one until.

    A secret that was confirmed is not replaced here: whoever lost it is seen by staff first.

    Raises:
        CodeConfirmed: there is a confirmed one.
    """
    secret = pyotp.random_base32()
    values = {"sealed": sealed(pepper, user, secret), "last_step": 0}
    statement = insert(TOTP).values(user_id=user, **values)
    statement = statement.on_conflict_do_update(
        index_elements=["user_id"], set_=values, where=TOTP.c.confirmed_at.is_(None)
    )
    if (await connection.execute(statement)).rowcount == 0:
        raise CodeConfirmed
    return secret


def uri(secret: str, issuer: str) -> str:
    """The same secret as an authenticator application reads it from a QR code; it names nobody."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(issuer, issuer)


async def confirm(
    connection: AsyncConnection, pepper: Pepper, *, user: UUID, code: str, at: datetime
) -> None:
    """The first code of a new secret: from now on it is a second factor.

    Raises:
        BadCode: none of the secret's.
    """
    await _use(connection, pepper, user=user, code=code, at=at)
    confirmed = update(TOTP).where(TOTP.c.user_id == user).values(confirmed_at=at)
    await connection.execute(confirmed)
    await events.write(connection, Event(Happened.TOTP_CONFIRMED, user), at)


async def check(
    connection: AsyncConnection, pepper: Pepper, *, user: UUID, code: str, at: datetime
) -> None:
    """A code of a confirmed secret, which then is used up with all before it.

    Raises:
        BadCode: wrong, out of its time, used, or the user has no secret.
    """
    await _use(connection, pepper, user=user, code=code, at=at, confirmed=True)


async def _use(
    connection: AsyncConnection,
    pepper: Pepper,
    *,
    user: UUID,
    code: str,
    at: datetime,
    confirmed: bool = False,
) -> None:
    query = select(TOTP.c.sealed, TOTP.c.confirmed_at).where(TOTP.c.user_id == user)
    row = (await connection.execute(query)).one_or_none()
    if row is None or (confirmed and row.confirmed_at is None):
        raise BadCode
    step = step_of(opened(pepper, user, row.sealed), code, at)
    if step is None:
        raise BadCode
    used = update(TOTP).where(TOTP.c.user_id == user, TOTP.c.last_step < step)
    if (await connection.execute(used.values(last_step=step))).rowcount == 0:
        raise BadCode
