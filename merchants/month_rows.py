"""What the ledger has of a merchant's month, added up where it lies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from ledger import holders, store
from ledger.kinds import Kind
from merchants.months import Facts, Moved, Redeemed, bounds

if TYPE_CHECKING:
    from datetime import date

    from ledger.store import Connection
    from merchants.invoice_rows import Member

_INSTANT: Final = timedelta(microseconds=1)
_MOVED: Final = """
select j.kind, o.kind as origin, count(distinct j.seq) as count, sum(m.cents)::bigint as cents,
       sum(m.euros)::bigint as euros
  from (select t.seq, case when t.credit = $1 then t.amount else -t.amount end as cents,
               (select coalesce(sum(x.amount), 0)
                  from ledger.transfer x
                  join ledger.account a on a.id in (x.debit, x.credit) and a.id <> 15
                 where x.seq = t.seq and 15 in (x.debit, x.credit)
                   and a.class in (9, 12, 16, 19)) as euros  -- between CIRC and bank, box, claims
          from ledger.transfer t
         where (t.debit = $1 or t.credit = $1) and t.seq > $2 and t.seq <= $3) m
  join ledger.journal j on j.seq = m.seq
  left join ledger.journal o on o.seq = j.origin
 group by j.kind, o.kind, m.cents > 0
 order by j.kind, o.kind, m.cents > 0
"""
_REDEEMED: Final = """
select coalesce(sum(sign), 0)::bigint, coalesce(sum(sign * m.bousols), 0)::bigint,
       coalesce(sum(sign * m.gross), 0)::bigint, coalesce(sum(sign * m.net), 0)::bigint
  from (
    select case when t.debit = h.id then 1 else -1 end as sign, t.amount as bousols,
           (select coalesce(sum(x.amount), 0) from ledger.transfer x
             where x.seq = t.seq and 15 in (x.debit, x.credit)) as gross,
           (select coalesce(sum(x.amount), 0)
              from ledger.transfer x join ledger.account a on a.id in (x.debit, x.credit)
             where x.seq = t.seq and a.class = 16) as net
      from ledger.account h
      join ledger.transfer t on (t.debit = h.id or t.credit = h.id)
      join ledger.journal j on j.seq = t.seq
      left join ledger.journal o on o.seq = j.origin
     where h.party = $1 and h.class = 5 and t.seq > $2 and t.seq <= $3
       and coalesce(o.kind, j.kind) = $4
  ) m
"""


async def facts_of(connection: Connection, member: Member, first: date) -> tuple[Facts, int]:
    """The month that begins on `first`, and the last entry it has seen."""
    begins, ends = bounds(first)
    before = await store.seq_at(connection, begins - _INSTANT)
    last = await store.seq_at(connection, ends - _INSTANT)
    owed: list[Moved] = []
    if member.payable is not None:
        # What is owed is counted from the merchant's side: a claim grows when it is credited.
        owed = await _moved(connection, member.payable, before, last)
    redeemed = await connection.fetchrow(_REDEEMED, member.party, before, last, Kind.REDEEM_APPROVE)
    assert redeemed is not None
    facts = Facts(
        opening_cents=await store.balance_as_of(connection, member.account, before),
        closing_cents=await store.balance_as_of(connection, member.account, last),
        account=tuple(await _moved(connection, member.account, before, last)),
        owed=tuple(m for m in owed if Kind.REDEEM_APPROVE not in {m.kind, m.origin}
                   and Kind.CLOSURE not in {m.kind, m.origin}),
        redeemed=Redeemed(*redeemed),
        held_cents=await holders.held_as_of(connection, member.party, last),
    )  # fmt: skip
    return facts, last


async def _moved(connection: Connection, account: int, before: int, last: int) -> list[Moved]:
    rows: list[Any] = await connection.fetch(_MOVED, account, before, last)
    return [
        Moved(Kind(kind), None if origin is None else Kind(origin), count, cents, euros)
        for kind, origin, count, cents, euros in rows
    ]
