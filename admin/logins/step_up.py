"""A step-up confirmation binds what was shown to what is done: payer, payee, amount and key.

It is made after a PIN or a passkey, lives five minutes, and is an HMAC over those facts: a change
of any of them voids it. It is used once. A retry with the same key after a lost answer is answered
by the ledger, which is asked for the key before a confirmation is.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from admin.refusals import ConfirmationInvalid, ConfirmationSpent
from admin.tables import SPENT_CONFIRMATION

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.pepper import Pepper

LIFE: Final = timedelta(minutes=5)
_HEAD: Final = struct.Struct("!16sq")
_FACTS: Final = struct.Struct("!16sqqq16s")
_MAC_BYTES: Final = 32


class Confirmed(NamedTuple):
    """What a person agreed to: `payee` is an account, `key` the idempotency key of the payment."""

    user: UUID
    party: int
    payee: int
    amount_cents: int
    key: UUID


def confirm(pepper: Pepper, what: Confirmed, at: datetime) -> str:
    """A token that allows exactly this, once, for five minutes."""
    head = _HEAD.pack(uuid4().bytes, int((at + LIFE).timestamp()))
    return base64.urlsafe_b64encode(head + _mac(pepper, head, what)).decode().rstrip("=")


async def spend(
    connection: AsyncConnection, pepper: Pepper, token: str, what: Confirmed, at: datetime
) -> None:
    """Use a confirmation up; it stays used when the caller's transaction stands.

    Raises:
        ConfirmationInvalid: for another act, altered, or too old.
        ConfirmationSpent: used before.
    """
    number, ends = read(pepper, token, what)
    if at.timestamp() >= ends:
        raise ConfirmationInvalid
    await connection.execute(
        delete(SPENT_CONFIRMATION).where(SPENT_CONFIRMATION.c.expires_at < at - LIFE)
    )
    used = insert(SPENT_CONFIRMATION).values(id=number, expires_at=at + LIFE)
    done = await connection.execute(used.on_conflict_do_nothing(index_elements=["id"]))
    if done.rowcount == 0:
        raise ConfirmationSpent


def read(pepper: Pepper, token: str, what: Confirmed) -> tuple[UUID, int]:
    """The number of a confirmation of `what`, and the second it ends.

    Raises:
        ConfirmationInvalid: no confirmation of this.
    """
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfirmationInvalid from error
    head, mac = sealed[: _HEAD.size], sealed[_HEAD.size :]
    if len(mac) != _MAC_BYTES or not hmac.compare_digest(mac, _mac(pepper, head, what)):
        raise ConfirmationInvalid
    number, ends = _HEAD.unpack(head)
    return UUID(bytes=number), ends


def _mac(pepper: Pepper, head: bytes, what: Confirmed) -> bytes:
    facts = _FACTS.pack(what.user.bytes, what.party, what.payee, what.amount_cents, what.key.bytes)
    return hmac.digest(pepper.key("step-up"), head + facts, "sha256")
