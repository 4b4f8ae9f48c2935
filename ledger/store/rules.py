"""What a ledger was founded with and the dated policies, read; and both, put at its founding."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.conversion import Mode, Redemption, Scheme
from ledger.policies import Limits, Policy
from ledger.store.scripts import statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asyncpg import Record

    from ledger.store.scripts import Connection


class Rules(NamedTuple):
    """The scheme, and what a card pays without its PIN: one payment, and all since the last PIN."""

    scheme: Scheme
    card_each_cents: int
    card_sum_cents: int


async def rules(connection: Connection) -> Rules:
    """What this ledger was founded with."""
    row = await connection.fetchrow(statement("rules"))
    assert row is not None, "a ledger has its scheme"
    issued, paid, tranche, redemption, each, together = row
    return Rules(Scheme(issued, paid, tranche, Redemption(redemption)), each, together)


async def policies(connection: Connection) -> tuple[Policy, ...]:
    """Every version of the policies, in their order."""
    return tuple(map(_policy, await connection.fetch(statement("policies"))))


async def put_policy(
    connection: Connection,
    *,
    wallet: str,
    comptoir: str,
    commission_ppm: int,
    settings: Mapping[str, Any],
    by: tuple[int, int],
) -> None:
    """A new version of the policies, from now on, as two parties decided."""
    facts = (wallet, comptoir, commission_ppm, json.dumps(dict(settings)))
    await connection.execute(statement("put_policy"), *facts, *by)


async def fix_scheme(connection: Connection, redemption: str) -> None:
    """Fix for good who pays for redemptions, before anything is issued."""
    await connection.execute(statement("fix_scheme"), redemption)


def _policy(row: Record) -> Policy:
    return Policy(
        version=row["version"],
        # why: the driver tells "since ever" without a time zone.
        valid_from=row["valid_from"].replace(tzinfo=UTC),
        wallet_mode=Mode(row["wallet_mode"]),
        comptoir_mode=Mode(row["comptoir_mode"]),
        commission_ppm=row["commission_ppm"],
        limits=Limits.stored(json.loads(row["settings"])),
    )
