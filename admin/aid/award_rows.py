"""Awards as rows, read for who shows, proves or gives them; on the driver's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.telling.words import Template

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from asyncpg import Record

    from ledger.store import Connection


async def of_beneficiary(connection: Connection, beneficiary: UUID, sponsor: int) -> list[Record]:
    """The awards of a pseudonym by one sponsor, newest first, each with what its lot holds."""
    return await connection.fetch(_OF_BENEFICIARY, beneficiary, sponsor)


async def of_batch(connection: Connection, batch: UUID, count_max: int) -> list[Record]:
    """The awards of a batch in the order of its list."""
    return await connection.fetch(_OF_BATCH, batch, count_max)


async def of_key(connection: Connection, programme: UUID, key: UUID) -> Record | None:
    """What a key gave at the desk: the batch and its one award."""
    return await connection.fetchrow(_OF_KEY, programme, key)


async def awarded_to(connection: Connection, programme: UUID, party: int, period: str) -> bool:
    """Whether an account has an award of a programme for a month, under whichever file."""
    return bool(await connection.fetchval(_AWARDED_TO, programme, party, period))


async def put_lot(connection: Connection, award: UUID, lot: int, expires_at: datetime) -> None:
    """Write down in which lot an award will be, and until when."""
    await connection.execute(_PUT_LOT, award, lot, expires_at)


async def lots_of(connection: Connection, programme: UUID) -> dict[int, int]:
    """The lots of a programme, each with the policy it was issued under."""
    return {row[0]: row[1] for row in await connection.fetch(_LOTS, programme)}


async def clearing_of(connection: Connection, programme: UUID) -> list[int]:
    """The accounts through which the batches of a programme passed."""
    return [row[0] for row in await connection.fetch(_CLEARING, programme)]


async def rule_of(connection: Connection, programme: UUID) -> int:
    """The rule of the ledger that governs the lots of a programme."""
    return int(await connection.fetchval(_RULE, programme))


async def backing_cents(connection: Connection, programme: UUID) -> int:
    """Bou'Sols still in the lots of a programme."""
    return int(await connection.fetchval(_BACKING, programme))


async def beneficiaries_of(connection: Connection, batch: UUID) -> list[UUID]:
    """The pseudonyms a batch gives to."""
    query = "select distinct beneficiary from admin.award where batch = $1"
    return [row[0] for row in await connection.fetch(query, batch)]


async def holding(connection: Connection, programme: UUID) -> tuple[int, int]:
    """How many households have something left of a programme, in how many lots."""
    row = await connection.fetchrow(_HOLDING, programme)
    assert row is not None, "counts are always there"
    return row[0], row[1]


async def holders_of_cards(connection: Connection, numbers: Sequence[str]) -> dict[str, int]:
    """The soliste behind each card number that is in use and not blocked."""
    return {row[0]: row[1] for row in await connection.fetch(_CARDS, list(numbers))}


async def tell_holders(connection: Connection, batch: UUID, at: datetime) -> None:
    """Everybody who has an award of a batch is written to, in words that fit any payment."""
    await connection.execute(_TELL, batch, Template.MONEY_ARRIVED, at)


_OF_BENEFICIARY: Final = """
    select a.id, a.batch, a.programme, a.period,
           case when admin.unmandated(a) then 'unmandated' else a.status end as status,
           a.euros_cents, a.bousol_cents, a.expires_at, l.balance
      from admin.award a join admin.programme p on p.id = a.programme
      left join ledger.account l on l.id = a.lot
     where a.beneficiary = $1 and p.sponsor = $2 order by a.period desc, a.id limit 200"""
_OF_BATCH: Final = """
    select a.beneficiary, a.period, a.euros_cents, a.bousol_cents,
           case when admin.unmandated(a) then 'unmandated' else a.status end as status
      from admin.award a where a.batch = $1 order by a.nth limit $2"""
_OF_KEY: Final = """
    select b.id as batch, a.id, a.beneficiary, a.euros_cents, a.bousol_cents, a.expires_at,
           b.executed_at
      from admin.aid_batch b join admin.award a on a.batch = b.id
     where b.programme = $1 and b.key = $2"""
_AWARDED_TO: Final = """
    select exists (select from admin.award
                    where programme = $1 and party = $2 and period = $3 and status <> 'refused')"""
_PUT_LOT: Final = "update admin.award set lot = $2, expires_at = $3 where id = $1"
_LOTS: Final = """
    select a.lot, b.policy from admin.award a join admin.aid_batch b on b.id = a.batch
     where a.programme = $1 and a.lot is not null"""
_CLEARING: Final = "select account from admin.aid_batch where programme = $1"
_RULE: Final = "select rule from admin.programme where id = $1"
_BACKING: Final = """
    select coalesce(sum(l.balance), 0)::bigint
      from admin.award a join ledger.account l on l.id = a.lot where a.programme = $1"""
_HOLDING: Final = """
    select count(distinct a.beneficiary), count(*)
      from admin.award a join ledger.account l on l.id = a.lot
     where a.programme = $1 and a.status = 'given' and l.balance > 0"""
_CARDS: Final = """
    select c.number, c.party from admin.card c join admin.party p on p.id = c.party
     where c.number = any($1) and p.class = 'soliste' and p.closed_at is null
       and c.status <> 'blocked'"""
_TELL: Final = """
    insert into admin.message (id, party, template, facts, channel, queued_at, due_at, tries)
    select gen_random_uuid(), p.id, $2, '{}',
           case when s.email is null then 'letter' else 'email' end, $3, $3, 0
      from admin.award a join admin.party p on p.id = a.party
      left join admin.person s on s.id = p.person
     where a.batch = $1 and a.entry is not null"""
