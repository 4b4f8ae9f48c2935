"""Passkeys: the library verifies, the database sees that each challenge is answered once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import webauthn
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from admin import events
from admin.events import Event, Happened
from admin.logins.tokens import hashed
from admin.refusals import BadPasskey, ListFull
from admin.tables import CHALLENGE, PASSKEY, USERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

CHALLENGE_MINUTES: Final = 5
PASSKEYS_MAX: Final = 20
_MALFORMED: Final = (WebAuthnException, ValueError, KeyError, TypeError)
"""What a browser's answer that is none can raise while it is read."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who the passkeys are for: bound to the name `host`, used from pages of `origin`."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner sees it; `id` is in base64url."""

    id: str
    label: str
    added_at: datetime
    used_at: datetime | None


async def begin_registration(
    connection: AsyncConnection, site: RelyingParty, *, user: UUID, at: datetime
) -> str:
    """What the browser needs to make a passkey, as JSON; no name leaves the server.

    Raises:
        ListFull: the user has 20.
    """
    query = select(PASSKEY.c.id).where(PASSKEY.c.user_id == user)
    known = (await connection.execute(query)).all()
    if len(known) >= PASSKEYS_MAX:
        raise ListFull(PASSKEYS_MAX)
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=user.bytes,
        user_name=site.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.id) for row in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    await _keep(connection, options.challenge, user, at)
    return webauthn.options_to_json(options)


async def finish_registration(
    connection: AsyncConnection,
    site: RelyingParty,
    *,
    user: UUID,
    answer: str,
    label: str,
    at: datetime,
) -> bytes:
    """Add the passkey the browser made for the signed-in user, under the owner's label; its id.

    Raises:
        BadPasskey: altered, of another site, too late, answered before, or added before.
    """
    try:
        challenge = _challenge(answer)
        await _take(connection, challenge, user, at)
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise BadPasskey from error
    row = {"id": made.credential_id, "user_id": user, "label": label, "added_at": at}
    key = {"public_key": made.credential_public_key, "sign_count": made.sign_count}
    added = upsert(PASSKEY).values(**row, **key).on_conflict_do_nothing(index_elements=["id"])
    if (await connection.execute(added)).rowcount == 0:
        raise BadPasskey
    await events.write(connection, Event(Happened.PASSKEY_ADDED, user), at)
    return made.credential_id


async def begin_sign_in(connection: AsyncConnection, site: RelyingParty, at: datetime) -> str:
    """What the browser needs to answer with any passkey it has for this site, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    await _keep(connection, options.challenge, None, at)
    return webauthn.options_to_json(options)


async def finish_sign_in(
    connection: AsyncConnection, site: RelyingParty, *, answer: str, at: datetime
) -> UUID:
    """The user whose passkey answered.

    Raises:
        BadPasskey: unknown, altered, of another site, too late, answered before, or a copy.
    """
    try:
        challenge = _challenge(answer)
        await _take(connection, challenge, None, at)
        key_id = base64url_to_bytes(json.loads(answer)["id"])
        query = (
            select(PASSKEY.c.user_id, PASSKEY.c.public_key, PASSKEY.c.sign_count)
            .join(USERS, USERS.c.id == PASSKEY.c.user_id)
            .where(PASSKEY.c.id == key_id, USERS.c.closed_at.is_(None))
            .with_for_update(of=PASSKEY)
        )
        known = (await connection.execute(query)).one_or_none()
        if known is None:
            raise BadPasskey
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise BadPasskey from error
    used = {"sign_count": verified.new_sign_count, "used_at": at}
    await connection.execute(update(PASSKEY).where(PASSKEY.c.id == key_id).values(**used))
    user: UUID = known.user_id
    return user


async def listed(connection: AsyncConnection, user: UUID) -> Sequence[Passkey]:
    """The passkeys of a user, in the order in which they were added."""
    mine = select(PASSKEY).where(PASSKEY.c.user_id == user).order_by(PASSKEY.c.added_at)
    return [
        Passkey(bytes_to_base64url(row.id), row.label, row.added_at, row.used_at)
        for row in await connection.execute(mine)
    ]


async def remove(connection: AsyncConnection, *, user: UUID, key: bytes, at: datetime) -> bool:
    """Take a passkey away from its user; whether there was one."""
    gone = delete(PASSKEY).where(PASSKEY.c.user_id == user, PASSKEY.c.id == key)
    if (await connection.execute(gone)).rowcount == 0:
        return False
    await events.write(connection, Event(Happened.PASSKEY_REMOVED, user), at)
    return True


def _challenge(answer: str) -> bytes:
    """The challenge the browser says it answers."""
    data = base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"])
    return parse_client_data_json(data).challenge


async def _keep(
    connection: AsyncConnection, challenge: bytes, user: UUID | None, at: datetime
) -> None:
    row = {
        "hash": hashed(challenge.hex()),
        "user_id": user,
        "purpose": _purpose(user),
        "expires_at": at + timedelta(minutes=CHALLENGE_MINUTES),
    }
    await connection.execute(delete(CHALLENGE).where(CHALLENGE.c.expires_at < at))
    await connection.execute(insert(CHALLENGE).values(**row))


async def _take(
    connection: AsyncConnection, challenge: bytes, user: UUID | None, at: datetime
) -> None:
    """Take a challenge out: whoever answers it again finds none."""
    mine = CHALLENGE.c.user_id.is_not_distinct_from(user)
    gone = delete(CHALLENGE).where(
        CHALLENGE.c.hash == hashed(challenge.hex()),
        CHALLENGE.c.purpose == _purpose(user),
        CHALLENGE.c.expires_at > at,
        mine,
    )
    if (await connection.execute(gone)).rowcount == 0:
        raise BadPasskey


def _purpose(user: UUID | None) -> str:
    return "authenticate" if user is None else "register"
