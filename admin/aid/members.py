"""Members of a food fund: who joined, what each pays a month, and what of it has come (rows).

Rows on the driver's connection; nobody's name is in them. Source: features A16; domain model, F-31.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from ledger.store import Connection


class Member(NamedTuple):
    """Somebody in a food fund, with what they pay a month from `since` on."""

    id: UUID
    number: int
    programme: UUID
    party: int
    beneficiary: UUID
    joined_at: datetime
    contribution_cents: int
    since: datetime


class Month(NamedTuple):
    """What came for a fund in a month: contributions by reference, and everything else."""

    from_members_cents: int
    other_cents: int


async def lock(connection: Connection, party: int) -> None:
    """Nothing else makes this account a member, or none, until the transaction ends."""
    await connection.execute(_LOCK, party)


async def of_party(connection: Connection, programme: UUID, party: int) -> Member | None:
    """The membership of an account in a fund, while it lasts."""
    row = await connection.fetchrow(f"{_MEMBERS} and m.party = $2", programme, party)
    return None if row is None else Member(*row)


async def of_fund(connection: Connection, programme: UUID) -> list[Member]:
    """Everybody in a fund, who joined first at the front."""
    found = await connection.fetch(f"{_MEMBERS} order by m.joined_at, m.id", programme)
    return [Member(*row) for row in found]


async def count(connection: Connection, programme: UUID) -> int:
    """How many are in a fund."""
    query = "select count(*) from admin.fund_member where programme = $1 and left_at is null"
    return int(await connection.fetchval(query, programme))


async def of_number(connection: Connection, number: int) -> Member | None:
    """Whose reference a transfer bears; whoever left is found too, for euros are never refused."""
    row = await connection.fetchrow(_OF_NUMBER, number)
    return None if row is None else Member(*row)


async def next_number(connection: Connection) -> int:
    """A number no member has had."""
    return int(await connection.fetchval("select nextval('admin.fund_member_number')"))


async def join(connection: Connection, new: Member) -> None:
    """Write a new member down, with the first contribution.

    Raises:
        asyncpg.UniqueViolationError: the account is a member already.
    """
    await connection.execute(_JOIN, *new[:6])
    await connection.execute(_PAYS, new.id, new.contribution_cents, new.since)


async def pay(connection: Connection, member: UUID, cents: int, at: datetime) -> None:
    """What a member pays a month from now on."""
    await connection.execute(_PAYS, member, cents, at)


async def leave(connection: Connection, member: UUID, at: datetime) -> None:
    """The membership ends; what was given stays. Again is no act."""
    await connection.execute(_LEAVE, member, at)


async def arrived(connection: Connection, programme: UUID, since: date, until: date) -> Month:
    """Euros that the bank booked for a fund from a day until before another one."""
    row = await connection.fetchrow(_ARRIVED, programme, since, until)
    assert row is not None, "sums are always there"
    return Month(*row)


async def paid(
    connection: Connection, members: Sequence[UUID], since: date, until: date
) -> dict[UUID, int]:
    """Euro-cents that came with each member's reference from a day until before another one."""
    found = await connection.fetch(_PAID, list(members), since, until)
    return {row[0]: row[1] for row in found}


async def allotted(connection: Connection, programme: UUID, period: str) -> dict[int, int]:
    """Which account has an award of a fund for a month, in whichever batch, and its euro-cents.

    Accounts, for a file may be erased and another one be made of the same account.
    """
    found = await connection.fetch(_ALLOTTED, programme, period)
    return {row[0]: row[1] for row in found}


async def shares(connection: Connection, programme: UUID, periods: Sequence[str]) -> dict[str, int]:
    """What each of these months of a fund gives to everybody, in euro-cents, where it gave.

    The first list that stands says it; an award of a desk, from before funds had none, does not.
    """
    found = await connection.fetch(_SHARES, programme, list(periods))
    return {row[0]: row[1] for row in found}


async def lock_months(connection: Connection, programme: UUID) -> None:
    """Nobody else writes shares of a fund down until the transaction ends."""
    await connection.execute(_LOCK_MONTHS, programme)


_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('fund ' || $1::bigint, 0))"
_FACTS: Final = """
    select m.id, m.number, m.programme, m.party, m.beneficiary, m.joined_at, c.euros_cents, c.at
      from admin.fund_member m join lateral (
        select euros_cents, at from admin.fund_contribution
         where member = m.id order by id desc limit 1) c on true"""
_MEMBERS: Final = f"{_FACTS} where m.programme = $1 and m.left_at is null"
_OF_NUMBER: Final = f"{_FACTS} where m.number = $1"
_JOIN: Final = """
    insert into admin.fund_member (id, number, programme, party, beneficiary, joined_at)
    values ($1, $2, $3, $4, $5, $6)"""
_PAYS: Final = "insert into admin.fund_contribution (member, euros_cents, at) values ($1, $2, $3)"
_LEAVE: Final = "update admin.fund_member set left_at = $2 where id = $1 and left_at is null"
_ARRIVED: Final = """
    select coalesce(sum(euros_cents) filter (where member is not null), 0)::bigint,
           coalesce(sum(euros_cents) filter (where member is null), 0)::bigint
      from admin.bank_credit
     where programme = $1 and status = 'booked' and booked_on >= $2 and booked_on < $3"""
_PAID: Final = """
    select member, sum(euros_cents)::bigint from admin.bank_credit
     where member = any($1) and status = 'booked' and booked_on >= $2 and booked_on < $3
     group by member"""
_LOCK_MONTHS: Final = "select pg_advisory_xact_lock(hashtextextended('month ' || $1::uuid, 0))"
_SHARES: Final = """
    select distinct on (a.period) a.period, a.euros_cents
      from admin.award a join admin.aid_batch b on b.id = a.batch
     where a.programme = $1 and a.period = any($2) and a.status <> 'refused' and b.line is null
     order by a.period, b.submitted_at, b.id, a.nth"""
_ALLOTTED: Final = """
    select party, euros_cents from admin.award
     where programme = $1 and period = $2 and status <> 'refused'"""
