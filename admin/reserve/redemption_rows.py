"""The rows of redemptions, read and written beside the ledger's entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID, uuid4

from admin.reserve.redemptions import Quote
from ledger.kinds import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from admin.telling.words import Template
    from ledger.spans import Span
    from ledger.store import Connection

_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('redemptions of ' || $1::bigint, 0))"
_COLUMNS: Final = """
select id, party, account, hold, payable, bousol_cents, gross_cents, commission_cents, policy,
       status, requested_by, requested_at, first_by, first_key, first_at, decided_by, decided_at,
       reason, entry, iban
  from admin.redemption
"""
_BY_ID: Final = _COLUMNS + " where id = $1"
_LOCKED: Final = _COLUMNS + " where id = $1 for update"
_PAGE: Final = """ and id < $1 and requested_at >= $3 and requested_at < $4
 order by id desc limit $2"""
_OWN: Final = f"{_COLUMNS} where party = $5{_PAGE}"
_ALL: Final = f"{_COLUMNS} where true{_PAGE}"
_WAITING: Final = f"{_COLUMNS} where status = 'requested'{_PAGE}"
_INSERT: Final = """
insert into admin.redemption (id, party, account, hold, payable, bousol_cents, gross_cents,
  commission_cents, policy, requested_by, requested_at, iban)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_SINCE: Final = """
select coalesce(sum(bousol_cents), 0)::bigint from admin.redemption
 where party = $1 and requested_at >= $2 and status <> 'rejected'
"""
_FIRST: Final = """
update admin.redemption set first_by = $2, first_key = $3, first_at = $4
 where id = $1 and status = 'requested' and first_by is null
"""
_DECIDE: Final = """
update admin.redemption set status = $2, decided_by = $3, decided_at = $4, reason = $5, entry = $6
 where id = $1 and status = 'requested'
"""
_TELL: Final = """
insert into admin.message (id, party, template, channel, queued_at, due_at, tries)
select $1, y.id, $3, case when p.email is null then 'letter' else 'email' end, $4, $4, 0
  from admin.party y left join admin.person p on p.id = y.person
 where y.id = $2
"""
_MOVED: Final = """
select coalesce(sum(case when t.credit = $1 and j.kind = any($2) then t.amount
                         when t.debit = $1 and o.kind = any($2) then -t.amount end), 0)::bigint
         as earned,
       coalesce(sum(case when coalesce(o.kind, j.kind) <> all($3) then 0
                         when t.debit = $1 then t.amount else -t.amount end), 0)::bigint
         as redeemed
  from ledger.transfer t
  join ledger.journal j on j.seq = t.seq
  left join ledger.journal o on o.seq = j.origin
 where t.debit = $1 or t.credit = $1
"""
_EARNING: Final = [Kind.PAYMENT, Kind.HOLD_CAPTURE, Kind.B2B]
_REDEEMING: Final = [Kind.REDEEM_HOLD, Kind.REDEEM_APPROVE, Kind.REDEEM_REJECTED, Kind.CLOSURE]


@dataclass(frozen=True, slots=True)
class RedemptionRow:
    """A request: held until it is decided, then as it was decided."""

    id: UUID
    party: int
    account: int
    hold: int
    payable: int
    bousol_cents: int
    gross_cents: int
    commission_cents: int
    policy: int
    status: str
    requested_by: UUID
    requested_at: datetime
    first_by: UUID | None = None
    first_key: UUID | None = None
    first_at: datetime | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    entry: UUID | None = None
    iban: str | None = None
    """Where its euros are paid, as it was when they were asked for; None in rows from before."""

    @property
    def quote(self) -> Quote:
        """What was told when it was made, and is paid."""
        return Quote(self.bousol_cents, self.gross_cents, self.commission_cents)


class Moved(NamedTuple):
    """What an account ever received in payment, and what it ever redeemed or holds for it."""

    earned_cents: int
    redeemed_cents: int


async def lock(connection: Connection, party: int) -> None:
    """Wait until nobody else makes a request for this party."""
    await connection.execute(_LOCK, party)


async def moved(connection: Connection, account: int) -> Moved:
    """What an account earned and redeemed so far; what was given back or returned is deducted."""
    row = await connection.fetchrow(_MOVED, account, _EARNING, _REDEEMING)
    assert row is not None
    return Moved(*row)


async def since_cents(connection: Connection, party: int, begun: datetime) -> int:
    """What a party has asked for since an instant and was not refused."""
    cents: int = await connection.fetchval(_SINCE, party, begun)
    return cents


async def by_id(
    connection: Connection, number: UUID, *, locked: bool = False
) -> RedemptionRow | None:
    """The request with this id; `locked` until the transaction ends, so that one decides."""
    row = await connection.fetchrow(_LOCKED if locked else _BY_ID, number)
    return None if row is None else RedemptionRow(*row)


async def page(
    connection: Connection,
    made: Span,
    *,
    party: int | None,
    waiting: bool,
    before: UUID,
    limit: int,
) -> list[RedemptionRow]:
    """Requests of a span, newest first: of one party; or everybody's, or those not decided yet."""
    rows: list[Any]
    if party is not None:
        rows = await connection.fetch(_OWN, before, limit, *made, party)
    else:
        rows = await connection.fetch(_WAITING if waiting else _ALL, before, limit, *made)
    return [RedemptionRow(*row) for row in rows]


async def add(connection: Connection, new: RedemptionRow) -> None:
    """Write a request down, beside the entry that holds its Bou'Sols."""
    accounts = (new.account, new.hold, new.payable)
    facts = (*new.quote, new.policy, new.requested_by, new.requested_at, new.iban)
    await connection.execute(_INSERT, new.id, new.party, *accounts, *facts)


async def approve_first(connection: Connection, seen: RedemptionRow) -> None:
    """Write down the first of two treasurers; the caller holds the row."""
    done = await connection.execute(_FIRST, seen.id, seen.first_by, seen.first_key, seen.first_at)
    assert done == "UPDATE 1", done


async def decide(connection: Connection, decided: RedemptionRow) -> None:
    """Write down what was decided; the caller holds the row and saw it undecided."""
    facts = (decided.decided_by, decided.decided_at, decided.reason, decided.entry)
    done = await connection.execute(_DECIDE, decided.id, decided.status, *facts)
    assert done == "UPDATE 1", done


async def tell(connection: Connection, party: int, template: Template, at: datetime) -> None:
    """Tell a party something once the entry beside it stands: as `admin.telling.messages.queue`."""
    await connection.execute(_TELL, uuid4(), party, template, at)
