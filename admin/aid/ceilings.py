"""What a works council may give one employee in a year: a table of years, added to by two persons.

A year without a row has the last one before it. A row, once it stands, stays: gifts were weighed
against it. Source: domain model, 7, LR-19.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from admin.aid.refusals import CeilingDecided, CeilingKnown, CeilingPast
from admin.events import Event, Happened
from admin.telling import alongside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from admin.reserve.bank_credits import Who
    from ledger.store import Connection


class Ceiling(NamedTuple):
    """Euro-cents of a year that stand; `source` is what two treasurers rested them on."""

    year: int
    euros_cents: int
    source: str | None
    agreed_at: datetime | None


class Proposal(NamedTuple):
    """What one treasurer says a year's ceiling is."""

    id: UUID
    year: int
    euros_cents: int
    source: str
    status: str
    proposed_by: UUID
    proposed_at: datetime


async def all_of(connection: Connection) -> list[Ceiling]:
    """Every year that has a ceiling of its own, the latest first."""
    return [Ceiling(*row) for row in await connection.fetch(_ALL)]


async def waiting(connection: Connection) -> list[Proposal]:
    """What waits for a second treasurer."""
    return [Proposal(*row) for row in await connection.fetch(f"{_PROPOSALS} where {_OPEN}")]


async def proposal(connection: Connection, number: UUID, *, lock: bool = False) -> Proposal | None:
    """A proposal by its id; locked until the transaction ends."""
    more = " for update" if lock else ""
    row = await connection.fetchrow(f"{_PROPOSALS} where id = $1{more}", number)
    return None if row is None else Proposal(*row)


async def propose(connection: Connection, new: Proposal, this_year: int, who: Who) -> Proposal:
    """Write down what one treasurer says; the same by the same person is the one that waits.

    Args:
        connection: in a transaction.
        new: to be written.
        this_year: the civil year.
        who: says so.

    Raises:
        CeilingPast: the year is over, or is not the next one yet.
        CeilingKnown: it has a ceiling, or another one waits.
    """
    if not this_year <= new.year <= this_year + 1:
        raise CeilingPast(this_year, this_year + 1)
    if await connection.fetchval("select euros_cents from admin.cse_ceiling where year = $1",
                                 new.year):  # fmt: skip
        raise CeilingKnown(new.year)
    if await connection.fetchval(_PROPOSE, *new[:4], *new[5:]):
        await _event(connection, Happened.CEILING_PROPOSED, new, who)
        return new
    row = await connection.fetchrow(f"{_PROPOSALS} where year = $1 and {_OPEN}", new.year)
    waits = new if row is None else Proposal(*row)
    if row is None or waits[1:6] != new[1:6]:
        raise CeilingKnown(new.year)
    return waits


async def agree(connection: Connection, row: Proposal, who: Who) -> None:
    """The second treasurer agrees: the ceiling stands. Again is no act.

    Raises:
        CeilingDecided: it was withdrawn.
    """
    if row.status == "agreed":
        return
    if row.status != "proposed":
        raise CeilingDecided
    await connection.execute(_DECIDE, row.id, "agreed", who.grant, who.at)
    stands = "insert into admin.cse_ceiling (year, euros_cents) values ($1, $2)"
    await connection.execute(stands, row.year, row.euros_cents)
    await _event(connection, Happened.CEILING_AGREED, row, who)


async def withdraw(connection: Connection, row: Proposal, who: Who) -> None:
    """It is not the ceiling: said by who proposed it, or by a second treasurer. Again is no act.

    Raises:
        CeilingDecided: it stands.
    """
    if row.status == "withdrawn":
        return
    if row.status != "proposed":
        raise CeilingDecided
    await connection.execute(_DECIDE, row.id, "withdrawn", who.grant, who.at)
    await _event(connection, Happened.CEILING_WITHDRAWN, row, who)


async def of_years(connection: Connection, years: Sequence[int]) -> dict[int, int]:
    """The ceiling of each year, in euro-cents: its own, else the last one before it."""
    found = await connection.fetch(_OF_YEARS, list(years))
    return {row[0]: row[1] for row in found if row[1] is not None}


async def yearly(
    connection: Connection, sponsor: int, years: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Euro-cents a sponsor has awarded to each party in each of some years."""
    found = await connection.fetch(_YEARLY, sponsor, [f"{year:04}" for year in years])
    return {(row[0], row[1]): row[2] for row in found}


async def lock(connection: Connection, sponsor: int) -> None:
    """Nobody else writes gifts of this works council down until the transaction ends."""
    await connection.execute(_LOCK, sponsor)


async def _event(connection: Connection, act: Happened, row: Proposal, who: Who) -> None:
    facts = {"year": row.year, "cents": row.euros_cents}
    await alongside.write(connection, Event(act, who.user, None, str(row.id), facts), who.at)


_OPEN: Final = "status = 'proposed'"
_ALL: Final = """
    select c.year, c.euros_cents, p.source, p.decided_at
      from admin.cse_ceiling c
      left join admin.cse_ceiling_proposal p on p.year = c.year and p.status = 'agreed'
     order by c.year desc"""
_PROPOSALS: Final = """
    select id, year, euros_cents, source, status, proposed_by, proposed_at
      from admin.cse_ceiling_proposal"""
_PROPOSE: Final = """
    insert into admin.cse_ceiling_proposal
           (id, year, euros_cents, source, proposed_by, proposed_at)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning true"""
_DECIDE: Final = """
    update admin.cse_ceiling_proposal set status = $2, decided_by = $3, decided_at = $4
     where id = $1"""
_OF_YEARS: Final = """
    select y, (select euros_cents from admin.cse_ceiling where year <= y
                order by year desc limit 1)
      from unnest($1::int[]) y"""
_YEARLY: Final = """
    select a.party, left(a.period, 4)::int, sum(a.euros_cents)::bigint
      from admin.award a join admin.programme p on p.id = a.programme
     where p.sponsor = $1 and a.status <> 'refused' and left(a.period, 4) = any($2)
     group by 1, 2"""
_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('gifts ' || $1::bigint, 0))"
