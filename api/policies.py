"""The policy in force and the scheme, read from the ledger and remembered for a minute.

Every stored version is remembered, so that one with a future instant holds from that instant on;
one that is put meanwhile is heard of within the minute.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.conversion import Mode, Redemption, Scheme
from ledger.policies import Limits, Policy, in_force

if TYPE_CHECKING:
    import asyncpg

    from api.services import Services

REMEMBERED_SECONDS: Final = 60.0
_POLICIES: Final = "select * from ledger.policy order by version"
_SCHEME: Final = "select rate_issued, rate_paid, tranche, redemption from ledger.scheme"


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
        rows = await connection.fetch(_POLICIES)
        scheme = await connection.fetchrow(_SCHEME)
    assert scheme is not None, "a ledger has its scheme"
    issued, paid, tranche, redemption = scheme
    fixed = Scheme(issued, paid, tranche, Redemption(redemption))
    until = time.monotonic() + REMEMBERED_SECONDS
    return _Known(tuple(_policy(row) for row in rows), fixed, until)


def _policy(row: asyncpg.Record) -> Policy:
    return Policy(
        version=row["version"],
        # why: the driver tells "since ever" without a time zone.
        valid_from=row["valid_from"].replace(tzinfo=UTC),
        wallet_mode=Mode(row["wallet_mode"]),
        comptoir_mode=Mode(row["comptoir_mode"]),
        commission_ppm=row["commission_ppm"],
        limits=Limits.stored(json.loads(row["settings"])),
    )
