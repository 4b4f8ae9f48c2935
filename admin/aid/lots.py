"""What becomes of lots after they were given: warned of, extended, at their end taken back or free.

Rows beside the entries, on the driver's connection. What a lot holds is the ledger's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from admin.aid.programmes import OnExpiry
from admin.telling import alongside
from admin.telling.words import Template
from ledger.committing import post_and_commit
from ledger.flows import aid_expire, aid_release
from ledger.kinds import Kind
from ledger.lots import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta
    from uuid import UUID

    from ledger.flows.act import Act, Terms
    from ledger.store import Connection


class Held(NamedTuple):
    """A lot with something in it.

    Attributes:
        policy: the version at whose terms it was issued.
        restored_at: when a refund last came back to it; None: never.
        version: of its account, as read.
    """

    award: UUID
    party: int
    sponsor: int
    lot: int
    cents: int
    version: int
    expires: datetime
    given_at: datetime
    warned: int
    policy: int
    instrument: str
    on_expiry: str
    programme_account: int
    wallet: int | None
    convention: UUID
    restored_at: datetime | None


async def ended(
    connection: Connection, at: datetime, count_max: int, *, after: Held | None = None
) -> list[Held]:
    """Lots that are past their end and hold something, in the order of their ends.

    Not those whose holder's account is blocked while what they hold would become the holder's own:
    they wait until it is not.
    """
    place = (None, None) if after is None else (after.expires, after.award)
    rows = await connection.fetch(_ENDED, at, _RESTORING, count_max, *place)
    return [Held(*row) for row in rows]


async def ending(
    connection: Connection, at: datetime, nth: int, notice: timedelta, count_max: int
) -> list[Held]:
    """Lots whose nth warning is due: they end within its notice, and lived before it began."""
    rows = await connection.fetch(_ENDING, at, _RESTORING, at + notice, nth, notice, count_max)
    return [Held(*row) for row in rows]


async def warn(connection: Connection, held: Held, nth: int, at: datetime) -> bool:
    """Write to the holder that part of the balance has an end; False: somebody else did."""
    if not await connection.fetchval(_WARNED, held.award, nth):
        return False
    await connection.execute(_STEP, held.award, "warned", at, None, None, None)
    await alongside.tell(connection, held.party, Template.BALANCE_ENDS, at)
    return True


async def extend(
    connection: Connection,
    awards: Sequence[UUID],
    expires: datetime,
    at: datetime,
    *,
    by: UUID | None,
) -> int:
    """Living lots end later, here and in the ledger; how many did. Again is no act.

    Their holders are warned of the new end. The posting lock is held for all of them: some
    hundred at once.
    """
    return int(await connection.fetchval(_EXTEND, list(awards), expires, at, by))


async def restore(connection: Connection, award: UUID, expires: datetime, at: datetime) -> None:
    """What came back to a lot after its end may be spent until another; again is no act."""
    await connection.fetchval(_RESTORE, [award], expires, at, None)


async def lapse(connection: Connection, act: Act, held: Held, terms: Terms, at: datetime) -> None:
    """A lot's euros are the programme's again, or what it holds is the holder's own (F-17).

    Args:
        connection: in `own_rows`.
        act: of the entry; guarded by the account's version as it was read.
        held: past its end.
        terms: those at which it was issued.
        at: now.

    Raises:
        PostingRefusal, Replan, Replayed, OutcomeUnknown: as `post_and_commit`.
    """
    share = Share(held.lot, held.cents)
    if held.on_expiry == OnExpiry.RELEASE and held.wallet is not None:
        entry, status = aid_release(act, lot=share, wallet=held.wallet), "released"
    else:
        programme = held.programme_account
        entry, status = aid_expire(act, lots=[share], programme=programme, terms=terms), "expired"
    await connection.execute("update admin.award set status = $2 where id = $1", held.award, status)
    await connection.execute(_STEP, held.award, status, at, None, act.id, held.cents)
    await post_and_commit(connection, [entry])


async def of_award(connection: Connection, award: UUID) -> tuple[int, UUID, datetime] | None:
    """The sponsor, the programme and the end of an award that was given, ended or not."""
    row = await connection.fetchrow(_OF_AWARD, award)
    return None if row is None else (row[0], row[1], row[2])


async def of_programme(
    connection: Connection, programme: UUID, at: datetime
) -> Sequence[tuple[UUID, datetime]]:
    """Awards of a programme that are not at their end: id and end."""
    return [(r[0], r[1]) for r in await connection.fetch(_OF_PROGRAMME, programme, at)]


_RESTORING: Final = [Kind.REFUND, Kind.REVERSAL]
"""Kinds that give money back to a lot."""
_HELD: Final = """
    select a.id, a.party, p.sponsor, a.lot, l.balance, l.version, l.expires, j.posted_at, a.warned,
           b.policy, p.instrument, p.on_expiry, p.account, y.wallet, p.convention,
           (select max(r.posted_at) from ledger.transfer t join ledger.journal r on r.seq = t.seq
             where t.credit = a.lot and r.kind = any($2))
      from admin.award a
      join ledger.account l on l.id = a.lot
      join admin.aid_batch b on b.id = a.batch
      join admin.programme p on p.id = a.programme
      join admin.party y on y.id = a.party
      join ledger.journal j on j.id = a.entry"""
_ENDED: Final = f"""{_HELD}
     where a.entry is not null and l.balance > 0 and l.expires < $1
       and ($4::timestamptz is null or (l.expires, a.id) > ($4, $5::uuid))
       and (p.on_expiry <> 'release' or l.status < 2 and not exists (
             select from ledger.account w where w.id = y.wallet and w.status > 0))
     order by l.expires, a.id limit $3"""
_ENDING: Final = f"""{_HELD}
     where a.status = 'given' and a.warned < $4 and l.balance > 0
       and l.expires between $1 and $3 and a.expires_at <= $3
       and l.expires - j.posted_at >= $5::interval
     order by a.expires_at, a.id limit $6"""
_WARNED: Final = """
    update admin.award set warned = $2 where id = $1 and warned < $2 returning true"""
_STEP: Final = """
    insert into admin.award_step (award, step, at, by_grant, entry, cents)
    values ($1, $2, $3, $4, $5, $6)"""
_LATER: Final = """
    with chosen as (
      select id from admin.award
       where id = any($1::uuid[]) and expires_at < $2 and {which} order by id for update),
    later as (
      update admin.award a set expires_at = $2, status = 'given', warned = 0 from chosen c
       where a.id = c.id returning a.id, a.lot),
    stepped as (
      insert into admin.award_step (award, step, at, by_grant)
      select id, '{step}', $3, $4 from later)
    select count(ledger.extend_lot(lot, $2))
      from (select array_agg(lot) as lots from later) every, unnest(every.lots) lot"""
"""All rows first, in one order, then the posting lock: as whoever ends a lot."""
_EXTEND: Final = _LATER.format(which="status = 'given' and expires_at >= $3", step="extended")
_RESTORE: Final = _LATER.format(which="entry is not null", step="restored")
_OF_AWARD: Final = """
    select p.sponsor, p.id, a.expires_at
      from admin.award a join admin.programme p on p.id = a.programme
     where a.id = $1 and a.entry is not null"""
_OF_PROGRAMME: Final = """
    select id, expires_at from admin.award
     where programme = $1 and status = 'given' and expires_at >= $2
     order by id"""
