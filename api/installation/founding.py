"""A new ledger begins with the policies of the settings; later they are dated rows.

The redemption policy is fixed by the first issue, so a setting that contradicts a ledger in use
is refused instead of ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import asyncpg

from api.failures import Failure
from ledger import store
from ledger.policies import Limits
from ledger.store import statement

if TYPE_CHECKING:
    from api.settings import Settings

_FOUNDERS: Final = (0, -1)
"""Nobody's party ids: the founding policy was decided before anybody could sign in."""
_SPONSORED_COMMISSION_PPM: Final = 50_000


async def found(application_url: str, settings: Settings) -> bool:
    """Give an unused ledger the policies of the settings; True when something was written.

    Raises:
        Failure: the ledger is in use under another redemption policy.
    """
    connection = await asyncpg.connect(application_url)
    try:
        async with connection.transaction():
            return await _found(connection, settings)
    finally:
        await connection.close()


async def _found(connection: asyncpg.Connection[asyncpg.Record], settings: Settings) -> bool:
    row = await connection.fetchrow(statement("founded"))
    assert row is not None
    if row["redemption"] == settings.redemption_policy and (
        row["used"]
        or (row["wallet_mode"], row["comptoir_mode"])
        == (settings.wallet_mode, settings.comptoir_mode)
    ):
        return False
    if row["used"]:
        raise Failure(
            f"BOUSOL_REDEMPTION_POLICY is {settings.redemption_policy!r}; it must be"
            f" {row['redemption']!r}, which this ledger's first issue has fixed."
        )
    await _write(connection, settings)
    return True


async def _write(connection: asyncpg.Connection[asyncpg.Record], settings: Settings) -> None:
    sponsored = settings.redemption_policy == "sponsored"
    guards = {"bonus_month_max_cents": Limits().bonus_month_max_cents} if sponsored else {}
    await store.put_policy(
        connection,
        wallet=settings.wallet_mode,
        comptoir=settings.comptoir_mode,
        commission_ppm=_SPONSORED_COMMISSION_PPM if sponsored else 0,
        settings=guards,
        by=_FOUNDERS,
    )
    await store.fix_scheme(connection, settings.redemption_policy)
