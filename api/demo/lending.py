"""The service's own functions lent to the story, and who asks them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from admin.people import granting
from api.gate.asker import Asker
from api.services import Services

if TYPE_CHECKING:
    from uuid import UUID

Lend = Callable[[], AbstractAsyncContextManager[Services]]
"""The services of the story's ledger, for as long as they are needed."""


async def asker(services: Services, grant: UUID) -> Asker:
    """Somebody in a role, as who asks."""
    async with services.rows() as rows:
        held = await granting.grant_of(rows, grant)
    return Asker(held.party, held.user, held.person, held.id, held.role)
