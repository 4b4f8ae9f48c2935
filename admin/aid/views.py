"""What the people of a sponsor look at: a batch beside the last one, and where its euros are.

Rows only, on the driver's connection; nobody's name is in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from ledger.store import Connection


class Alike(NamedTuple):
    """Awards of a batch of one amount, in euro-cents."""

    cents: int
    awards: int


class Change(NamedTuple):
    """How many awards differ from the last period, and by how many euro-cents in all."""

    code: str
    awards: int
    cents: int


class Given(NamedTuple):
    """What a programme gave and what became of it, in euro-cents and in cents of Bou'Sols."""

    euros_cents: int
    bousol_cents: int
    left_cents: int
    ended_cents: int
    people: int


class Ending(NamedTuple):
    """What is left in the lots that end between two instants, and how many lots those are.

    Attributes:
        people: households with a lot at one of these ends, at the end with most of them.
    """

    at: datetime
    until: datetime
    cents: int
    lots: int
    people: int


class Listed(NamedTuple):
    """One award of a batch, by pseudonym.

    Attributes:
        card: its holder has one that pays.
        unmandated: it is not given, or would not be now, for want of a civil mandate.
    """

    nth: int
    award: UUID
    beneficiary: UUID
    euros_cents: int
    bousol_cents: int
    status: str
    expires_at: datetime | None
    card: bool
    unmandated: bool


async def amounts(connection: Connection, batch: UUID) -> list[Alike]:
    """How many awards of a batch have which amount, the least first."""
    return [Alike(*row) for row in await connection.fetch(_AMOUNTS, batch)]


async def changes(connection: Connection, batch: UUID) -> list[Change]:
    """New, gone and changed awards of a batch beside the last period before it."""
    return [Change(*row) for row in await connection.fetch(_CHANGES, batch)]


async def given(connection: Connection, programme: UUID) -> Given:
    """What a programme gave, what of it is left in lots, and what had its end."""
    row = await connection.fetchrow(_GIVEN, programme)
    assert row is not None, "sums are always there"
    return Given(*row)


async def endings(connection: Connection, programme: UUID, *, least: int) -> list[Ending]:
    """What is left in lots by their end, the next one first, over enough households; at most 24."""
    found = [Ending(*row) for row in await connection.fetch(_ENDINGS, programme)]
    return joined(found, least=least)[:_ENDINGS_MAX]


def joined(found: Iterable[Ending], *, least: int) -> list[Ending]:
    """Ends with too few households stand with the next one, the last of them with the one before.

    Of fewer households than `least` in all, everything is one line: it is the programme's own sum.
    """
    made: list[Ending] = []
    for one in found:
        if made and made[-1].people < least:
            one = _both(made.pop(), one)  # noqa: PLW2901  why: it grows
        made.append(one)
    if len(made) > 1 and made[-1].people < least:
        last = made.pop()
        made.append(_both(made.pop(), last))
    return made


def _both(one: Ending, other: Ending) -> Ending:
    """As one line; a household may be in both, so that only the larger number is sure."""
    cents, lots = one.cents + other.cents, one.lots + other.lots
    return Ending(one.at, other.until, cents, lots, max(one.people, other.people))


async def awards(
    connection: Connection, batch: UUID, *, after: int, count_max: int, unmandated: bool = False
) -> list[Listed]:
    """Awards of a batch in the order of its list; those without a mandate alone, if one asks so."""
    rows = await connection.fetch(_AWARDS, batch, after, count_max, unmandated)
    return [Listed(*row) for row in rows]


_ENDINGS_MAX: Final = 24
_AMOUNTS: Final = """
    select euros_cents, count(*) from admin.award
     where batch = $1 group by euros_cents order by euros_cents limit 200"""
_CHANGES: Final = """
    with one as (
      select programme, period from admin.aid_batch where id = $1
    ), here as (
      select a.beneficiary, a.euros_cents from admin.award a where a.batch = $1
    ), before as (
      select a.beneficiary, a.euros_cents
        from admin.award a join one on a.programme = one.programme
       where a.status <> 'refused' and a.period = (
         select max(b.period) from admin.award b
          where b.programme = one.programme and b.status <> 'refused' and b.period < one.period)
    ), compared as (
      select case when b.beneficiary is null then 'new'
                  when h.beneficiary is null then 'gone'
                  else 'changed' end as code,
             coalesce(h.euros_cents, 0) - coalesce(b.euros_cents, 0) as cents
        from here h full join before b on b.beneficiary = h.beneficiary
       where h.euros_cents is distinct from b.euros_cents
    )
    select code, count(*), sum(cents)::bigint from compared group by code order by code"""
_GIVEN: Final = """
    select coalesce(sum(a.euros_cents), 0)::bigint, coalesce(sum(a.bousol_cents), 0)::bigint,
           coalesce(sum(l.balance), 0)::bigint,
           (select coalesce(sum(s.cents), 0)::bigint
              from admin.award_step s join admin.award e on e.id = s.award
             where e.programme = $1 and s.step in ('expired', 'released')),
           count(distinct a.beneficiary)
      from admin.award a join ledger.account l on l.id = a.lot
     where a.programme = $1 and a.entry is not null"""
_ENDINGS: Final = """
    select a.expires_at, a.expires_at, sum(l.balance)::bigint, count(*),
           count(distinct a.beneficiary)
      from admin.award a join ledger.account l on l.id = a.lot
     where a.programme = $1 and a.status = 'given' and l.balance > 0
     group by a.expires_at order by a.expires_at"""
_AWARDS: Final = """
    select a.nth, a.id, a.beneficiary, a.euros_cents, a.bousol_cents, a.status, a.expires_at,
           exists (select from admin.card c where c.party = a.party and c.status = 'handed'
             and not exists (select from admin.aid_letter l
                              where l.card = c.id and l.coded_at is null)),
           admin.unmandated(a)
      from admin.award a
     where a.batch = $1 and a.nth > $2 and (not $4 or admin.unmandated(a))
     order by a.nth limit $3"""
