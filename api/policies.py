"""The policy in force and the scheme, read from the ledger and remembered for a minute.

Every stored version is remembered, so that one with a future instant holds from that instant on;
one that is put meanwhile is heard of within the minute.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger import store
from ledger.policies import in_force

if TYPE_CHECKING:
    from api.services import Services
    from ledger.conversion import Scheme
    from ledger.policies import Policy

REMEMBERED_SECONDS: Final = 60.0


class _Known(NamedTuple):
    rows: tuple[Policy, ...]
    scheme: Scheme
    until: float


@dataclass(slots=True)
class Policies:
    """What one process remembers of them."""

    known: _Known | None = field(default=None, repr=False)

    def forget(self) -> None:
        """Read them anew at the next question."""
        self.known = None


async def policy_in_force(services: Services) -> Policy:
    """The policy that holds now."""
    return in_force((await _known(services)).rows, services.clock.now())


async def scheme_of(services: Services) -> Scheme:
    """The rate and who pays for it; fixed by the ledger's first issue."""
    return (await _known(services)).scheme


async def policy_of(services: Services, version: int) -> Policy:
    """The policy of a version, which an order or an entry has kept."""
    return next(row for row in (await _known(services)).rows if row.version == version)


async def _known(services: Services) -> _Known:
    known = services.policies.known
    if known is None or time.monotonic() >= known.until:
        services.policies.known = known = await _read(services)
    return known


async def _read(services: Services) -> _Known:
    async with services.connection() as connection:
        rows = await store.policies(connection)
        fixed = await store.rules(connection)
    return _Known(rows, fixed.scheme, time.monotonic() + REMEMBERED_SECONDS)
