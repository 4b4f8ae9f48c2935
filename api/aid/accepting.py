"""Whom the lots of each programme may pay: kept in the ledger as the register of merchants has it.

Worked out whole each time and told to the ledger as a difference, so that whatever was missed is
made up for by the next time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from admin.aid import programme_rows
from admin.aid.programmes import EXCLUDED_OF_CSE, Instrument
from ledger import store
from merchants.admission import Status
from merchants.register import filieres_of
from merchants.tables import FILIERE, MERCHANT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.aid.programmes import Programme
    from api.services import Services


async def settle(services: Services) -> int:
    """The ledger knows whom each programme's lots may pay; how many acceptors changed."""
    async with services.rows() as rows:
        programmes = await programme_rows.of_sponsor(rows, None, services.clock.now())
        if not programmes:
            return 0
        wanted = {p.rule: await eligible(rows, p) for p in programmes}
    changed = 0
    async with services.connection() as connection:
        known = await store.accepted(connection)
        for rule, accounts in wanted.items():
            there = known.get(rule, set())
            # What takes a right away is told first.
            for which, accepted in ((there - accounts, False), (accounts - there, True)):
                if which:
                    await store.put_accepted(connection, rule, which, accepted=accepted)
                    changed += len(which)
    return changed


async def below(rows: AsyncConnection, codes: Iterable[str]) -> frozenset[str]:
    """These filières and all that lie below them in the tree; unknown codes are left out."""
    parents = {
        r.code: r.parent for r in await rows.execute(select(FILIERE.c.code, FILIERE.c.parent))
    }
    return descend(parents, codes)


def descend(parents: Mapping[str, str | None], codes: Iterable[str]) -> frozenset[str]:
    """The codes of a tree that are or lie below some of its codes."""
    wanted = set(codes)

    def inside(code: str | None) -> bool:
        return code is not None and (code in wanted or inside(parents[code]))

    return frozenset(code for code in parents if inside(code))


async def excluded(
    rows: AsyncConnection, instrument: Instrument, merchants: frozenset[UUID]
) -> frozenset[UUID]:
    """Those of the merchants a programme names that sell what its instrument never pays.

    Asked at each settling, too: a shop may sell something else than when it was named.
    """
    if instrument is not Instrument.CSE or not merchants:
        return frozenset()
    food = await below(rows, EXCLUDED_OF_CSE)
    theirs = await filieres_of(rows, list(merchants))
    return frozenset(one for one, codes in theirs.items() if not food.isdisjoint(codes))


async def eligible(rows: AsyncConnection, programme: Programme) -> set[int]:
    """Accounts of approved merchants that sell what the programme is for, or are named by it."""
    sold = await below(rows, programme.version.filieres)
    query = select(MERCHANT.c.id, MERCHANT.c.account).where(
        MERCHANT.c.status == Status.APPROVED, MERCHANT.c.account.is_not(None)
    )
    accounts: dict[UUID, int] = {r.id: r.account for r in await rows.execute(query)}
    theirs = await filieres_of(rows, list(accounts))
    merchants = programme.version.merchants
    named = merchants - await excluded(rows, programme.instrument, merchants)
    return {
        account
        for merchant, account in accounts.items()
        if merchant in named or not sold.isdisjoint(theirs.get(merchant, ()))
    }
