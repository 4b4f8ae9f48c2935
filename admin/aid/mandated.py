"""Awards under civil mandates, as schema `admin` knows them: of pseudonyms (driver's connection).

A mandate that lives when a batch is issued is written beside its award; an award without one is
not given. The database refuses whatever does otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from ledger.store import Connection


class Without(NamedTuple):
    """Awards of a batch that are not given for want of a mandate: how many, and their euros."""

    awards: int
    euros_cents: int


async def lock(connection: Connection, sponsor: int) -> None:
    """No mandate of a sponsor is given or revoked until the transaction ends."""
    await connection.execute(_LOCK, f"mandates {sponsor}")


async def euros_of(connection: Connection, batch: UUID) -> list[int]:
    """The euro-cents of each award of a batch whose person has a live mandate."""
    return [row[0] for row in await connection.fetch(_EUROS, batch)]


async def settle(connection: Connection, batch: UUID, at: datetime) -> None:
    """Write the live mandate beside each award of a batch; an award without one is not given.

    Args:
        connection: of the application role; its transaction holds the lock.
        batch: about to be issued.
        at: now.
    """
    await connection.execute(_BIND, batch)
    await connection.execute(_DROP, batch, at)


async def without(connection: Connection, batch: UUID) -> Without:
    """What a batch does not give: as mandates are now, or as they were when it was issued."""
    row = await connection.fetchrow(_WITHOUT, batch)
    assert row is not None, "counts are always there"
    return Without(*row)


_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
_EUROS: Final = """
    select a.euros_cents from admin.award a
      join admin.mandate m on m.programme = a.programme and m.beneficiary = a.beneficiary
     where a.batch = $1 and a.status = 'submitted' and m.ended_at is null and admin.lives(m)
     order by a.nth"""
_BIND: Final = """
    update admin.award a set mandate = m.id
      from admin.mandate m
     where a.batch = $1 and a.status = 'submitted' and m.programme = a.programme
       and m.beneficiary = a.beneficiary and m.ended_at is null and admin.lives(m)"""
_DROP: Final = """
    with dropped as (
      update admin.award set status = 'refused'
       where batch = $1 and status = 'submitted' and mandate is null returning id)
    insert into admin.award_step (award, step, at) select id, 'refused', $2 from dropped"""
_WITHOUT: Final = """
    select count(*), coalesce(sum(a.euros_cents), 0)::bigint
      from admin.award a join admin.programme p on p.id = a.programme
     where a.batch = $1 and p.instrument = 'mandat_civil' and admin.unmandated(a)"""
