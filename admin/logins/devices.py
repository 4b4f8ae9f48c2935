"""Where somebody signs in: on a device that is known, or on a new one, of which they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.logins import sessions
from admin.telling import messages
from admin.telling.words import Template

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


async def arrive(
    connection: AsyncConnection, *, user: UUID, device: str | None, label: str, at: datetime
) -> str | None:
    """The token that a new device keeps, its owner being told; None on one that is known."""
    if device is not None and await sessions.device_known(
        connection, user=user, token=device, at=at
    ):
        return None
    await messages.queue_to_user(
        connection, user=user, template=Template.SIGNED_IN_ELSEWHERE, at=at
    )
    return await sessions.know_device(connection, user=user, label=label, at=at)
