"""Batches of awards and what became of each, as rows beside the entries (driver's connection).

A batch goes submitted, (approved,) waiting, issuing, executed, or is refused. Between waiting and
issuing stands one entry for all of its euros; each award then follows once, whatever dies between.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

import asyncpg

from admin.aid.checking import Stored
from admin.aid.refusals import BatchDecided, OwnAward

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from ledger.spans import Span
    from ledger.store import Connection

Row = asyncpg.Record
"""A row of admin.aid_batch or admin.award as the driver gives it."""


class Status(StrEnum):
    """What a batch is."""

    SUBMITTED = "submitted"
    """One person entered it."""
    APPROVED = "approved"
    """Another approved it; it is so large that a third must."""
    WAITING = "waiting"
    """Approved; the euros are not there."""
    ISSUING = "issuing"
    """Its Bou'Sols exist and are being given out."""
    EXECUTED = "executed"
    REFUSED = "refused"


REFUSABLE: Final = frozenset({Status.SUBMITTED, Status.APPROVED, Status.WAITING})
"""Batches whose euros have not been issued."""


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch to be written down; its numbers were drawn before."""

    id: UUID
    programme: UUID
    version: int
    period: str
    policy: int
    account: int
    document: UUID
    key: UUID
    request: bytes
    by: UUID
    at: datetime
    line: UUID | None = None


class NewAward(NamedTuple):
    """One award of it: for whom, and how much."""

    id: UUID
    beneficiary: UUID
    party: int
    period: str
    euros_cents: int
    bousol_cents: int
    contribution_cents: int | None = None


class Issuing(NamedTuple):
    """What the entries of a batch are made of."""

    id: UUID
    account: int
    policy: int
    document: UUID

    @classmethod
    def of(cls, row: Row) -> Issuing:
        """Of a batch as it was read."""
        return cls(*(row[name] for name in cls._fields))


class Giving(NamedTuple):
    """An award that is to be given: for whom, into which lot, until when."""

    id: UUID
    party: int
    lot: int
    euros_cents: int
    expires_at: datetime


async def submit(connection: Connection, new: NewBatch, awards: Sequence[NewAward]) -> None:
    """Write a batch and its awards down, all or nothing.

    Raises:
        asyncpg.UniqueViolationError: the key, or a person's award for the period, was there before.
    """
    euros, bousols = sum(a.euros_cents for a in awards), sum(a.bousol_cents for a in awards)
    status = Status.WAITING if new.line else Status.SUBMITTED
    row = (new.id, new.programme, new.version, new.line, new.period, new.policy, len(awards), euros)
    more = (bousols, new.account, new.document, new.key, new.request, status, new.by, new.at)
    await connection.execute(_SUBMIT, *row, *more)
    columns = list(zip(*awards, strict=True))
    await connection.execute(_AWARDS, new.id, new.programme, *map(list, columns))
    await step(connection, new.id, "submitted", new.at, by=new.by)


async def step(
    connection: Connection, batch: UUID, name: str, at: datetime, *, by: UUID | None = None
) -> None:
    """Write down what became of every award of a batch."""
    await connection.execute(_STEPS, batch, name, at, by)


async def locked(connection: Connection, batch: UUID) -> Row | None:
    """A batch, nobody else's until the transaction ends."""
    return await connection.fetchrow(_LOCKED, batch)


async def one(connection: Connection, batch: UUID) -> Row | None:
    """A batch with its sponsor, how many awards were given, and whether it is `shut`."""
    return await connection.fetchrow(f"{_BATCHES} where b.id = $1", batch)


async def of_key(connection: Connection, programme: UUID, key: UUID) -> Row | None:
    """The batch a key made."""
    query = "select * from admin.aid_batch where programme = $1 and key = $2"
    return await connection.fetchrow(query, programme, key)


async def page(
    connection: Connection, sponsor: int, made: Span, before: tuple[datetime, UUID], most: int
) -> Sequence[Row]:
    """A sponsor's batches of a span, newest first."""
    return await connection.fetch(_PAGE, sponsor, *before, most, *made)


async def approve(connection: Connection, row: Row, by: UUID, at: datetime, *, third: bool) -> None:
    """The second person approves, or the third; `third`: after the second, one more is needed.

    Raises:
        BatchDecided: nothing is to be approved.
    """
    if row["status"] == Status.SUBMITTED:
        status = Status.APPROVED if third else Status.WAITING
        await connection.execute(_APPROVE, row["id"], status, by, at)
    elif row["status"] == Status.APPROVED:
        await connection.execute(_THIRD, row["id"], by, at)
    else:
        raise BatchDecided
    await step(connection, row["id"], "approved", at, by=by)


async def refuse(connection: Connection, row: Row, by: UUID, at: datetime) -> None:
    """The batch is not given; its persons may be awarded anew.

    Raises:
        BatchDecided: its euros have been issued, or it was refused.
    """
    if row["status"] not in REFUSABLE:
        raise BatchDecided
    await connection.execute(_REFUSE, row["id"], by, at)
    await connection.execute(_REFUSE_AWARDS, row["id"])
    await step(connection, row["id"], "refused", at, by=by)


async def issue(connection: Connection, batch: UUID, entry: UUID, at: datetime) -> None:
    """The entry of a batch is about to stand: from now on its awards are given out."""
    await connection.execute(_ISSUE, batch, entry, at)


async def executed(connection: Connection, batch: UUID, at: datetime) -> bool:
    """Every award was given: the batch is done. False: it was so before, or is not."""
    return bool(await connection.fetchval(_EXECUTED, batch, at))


async def euros_of(connection: Connection, batch: UUID) -> list[int]:
    """The euro-cents of each award, in the order of the list."""
    return [row[0] for row in await connection.fetch(_EUROS, batch)]


async def open_ids(connection: Connection) -> list[UUID]:
    """Batches that wait for euros or are being given out, oldest first."""
    return [row[0] for row in await connection.fetch(_OPEN)]


async def draw_lots(
    connection: Connection, batch: UUID, expires: datetime, *, after: int, count_max: int
) -> list[Giving]:
    """The next awards to be given: each has the number of its lot and its end from now on.

    Args:
        connection: of the application role.
        batch: being given out.
        expires: their end.
        after: the place of the last one that was given; 0 at first.
        count_max: how many places are looked at.
    """
    last = after + count_max
    await connection.execute(_DRAW, batch, expires, after, last)
    return [Giving(*row) for row in await connection.fetch(_UNGIVEN, batch, after, last)]


async def given(
    connection: Connection, awards: Sequence[UUID], entries: Sequence[UUID], at: datetime
) -> None:
    """These awards were given by these entries; again is no act."""
    await connection.execute(_GIVEN, list(awards), list(entries), at)


async def committed_cents(
    connection: Connection, programme: UUID, *, before: Row | None = None
) -> int:
    """Euros that batches and the line of the desk wait for and have not had.

    What was submitted first comes first, approved or not: a batch runs on what is left of the rest,
    as its preview said. One whose programme has ended holds nothing.

    Args:
        connection: of the application role.
        programme: whose.
        before: a batch: what was submitted before it alone; None: everything.
    """
    place = (None, None) if before is None else (before["submitted_at"], before["id"])
    return int(await connection.fetchval(_COMMITTED, programme, *place))


async def awarded(connection: Connection, programme: UUID, periods: Sequence[str]) -> list[Stored]:
    """Awards that stand for some periods."""
    rows = await connection.fetch(_AWARDED, programme, list(periods))
    return [Stored(*row) for row in rows]


async def last_before(connection: Connection, programme: UUID, period: str) -> list[Stored]:
    """Awards of the last period before this one."""
    rows = await connection.fetch(_BEFORE, programme, period)
    return [Stored(*row) for row in rows]


async def check_not_own(connection: Connection, parties: Sequence[int], person: UUID) -> None:
    """None of these accounts is of this human being.

    Raises:
        OwnAward: one is.
    """
    if await connection.fetchval(_OWN, list(parties), person):
        raise OwnAward


async def parties_of(connection: Connection, batch: UUID) -> list[int]:
    """The accounts a batch gives to."""
    query = "select distinct party from admin.award where batch = $1"
    return [row[0] for row in await connection.fetch(query, batch)]


_OWN: Final = "select exists (select from admin.party where id = any($1) and person = $2)"
_SUBMIT: Final = """
    insert into admin.aid_batch (id, programme, version, line, period, policy, awards, euros_cents,
           bousol_cents, account, document, key, request, status, submitted_by, submitted_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"""
_AWARDS: Final = """
    insert into admin.award (id, batch, nth, programme, beneficiary, party, period, euros_cents,
           bousol_cents, contribution_cents)
    select a.id, $1, a.nth, $2, a.beneficiary, a.party, a.period, a.euros, a.bousols, a.paid
      from unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[],
                  $9::bigint[])
           with ordinality a (id, beneficiary, party, period, euros, bousols, paid, nth)"""
_STEPS: Final = """
    insert into admin.award_step (award, step, at, by_grant)
    select id, $2, $3, $4 from admin.award where batch = $1 order by nth"""
_LOCKED: Final = """
    select b.*, p.sponsor, p.instrument, p.account as programme_account, p.rule, p.convention
      from admin.aid_batch b join admin.programme p on p.id = b.programme
     where b.id = $1 for no key update of b"""
_BATCHES: Final = """
    select b.*, p.sponsor, p.account as programme_account,
           b.status in ('submitted', 'approved', 'waiting')
             and v.ends_on < (ledger.clock() at time zone 'Europe/Paris')::date as shut,
           (select count(*) from admin.award a where a.batch = b.id and a.entry is not null) as done
      from admin.aid_batch b join admin.programme p on p.id = b.programme
      join admin.programme_version v on v.programme = b.programme and v.version = b.version"""
_PAGE: Final = f"""{_BATCHES}
     where p.sponsor = $1 and (b.submitted_at, b.id) < ($2, $3)
       and b.submitted_at <@ tstzrange($5, $6) order by b.submitted_at desc, b.id desc limit $4"""
_APPROVE: Final = """
    update admin.aid_batch set status = $2, approved_by = $3, approved_at = $4 where id = $1"""
_THIRD: Final = """
    update admin.aid_batch set status = 'waiting', third_by = $2, third_at = $3 where id = $1"""
_REFUSE: Final = """
    update admin.aid_batch set status = 'refused', refused_by = $2, refused_at = $3 where id = $1"""
_REFUSE_AWARDS: Final = "update admin.award set status = 'refused' where batch = $1"
_EUROS: Final = """
    select euros_cents from admin.award where batch = $1 and status = 'submitted' order by nth"""
_ISSUE: Final = """
    update admin.aid_batch set status = 'issuing', entry = $2, issued_at = $3 where id = $1"""
_EXECUTED: Final = """
    update admin.aid_batch b set status = 'executed', executed_at = $2
     where b.id = $1 and b.status = 'issuing' and not exists (
           select from admin.award a
            where a.batch = b.id and a.entry is null and a.status <> 'refused') returning true"""
_OPEN: Final = """
    select id from admin.aid_batch
     where status in ('waiting', 'issuing') order by submitted_at, id"""
_DRAW: Final = """
    update admin.award
       set lot = nextval('ledger.account_id'), expires_at = $2
     where batch = $1 and nth > $3 and nth <= $4 and status = 'submitted' and lot is null"""
_UNGIVEN: Final = """
    select id, party, lot, euros_cents, expires_at from admin.award
     where batch = $1 and nth > $2 and nth <= $3 and status = 'submitted' order by nth"""
_GIVEN: Final = """
    with told as (
      select * from unnest($1::uuid[], $2::uuid[]) t (award, entry)
    ), made as (
      update admin.award a set entry = told.entry, status = 'given'
        from told where a.id = told.award and a.entry is null
      returning a.id, a.entry, a.bousol_cents)
    insert into admin.award_step (award, step, at, entry, cents)
    select id, 'given', $3, entry, bousol_cents from made"""
_COMMITTED: Final = """
    select (select coalesce(sum(b.euros_cents), 0)
              from admin.aid_batch b
              join admin.programme_version v on v.programme = b.programme and v.version = b.version
             where b.programme = $1 and b.line is null
               and b.status in ('submitted', 'approved', 'waiting')
               and v.ends_on >= (ledger.clock() at time zone 'Europe/Paris')::date
               and ($2::timestamptz is null or (b.submitted_at, b.id) < ($2, $3::uuid)))
         + coalesce((
             select l.euros_cents - coalesce(sum(b.euros_cents), 0)
               from admin.emergency_line l left join admin.aid_batch b on b.line = l.id
              where l.programme = $1 and l.closed_at is null group by l.id), 0)"""
_AWARDED: Final = """
    select beneficiary, period, euros_cents, party from admin.award
     where programme = $1 and period = any($2) and status <> 'refused'"""
_BEFORE: Final = """
    select beneficiary, period, euros_cents from admin.award
     where programme = $1 and status <> 'refused' and period = (
       select max(period) from admin.award
        where programme = $1 and status <> 'refused' and period < $2)"""
