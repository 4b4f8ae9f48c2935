-- The entries numbered $1 bigint[] and all that correct them, a row per transfer, in order.
select seq, origin, kind, coalesce(remainder, 0), debit, credit, amount, 1 as position
  from ledger.journal where seq = any($1) or origin = any($1)
union all
select j.seq, j.origin, j.kind, coalesce(j.remainder, 0), m.debit, m.credit, m.amount, m.position
  from ledger.journal j join ledger.journal_more m on m.seq = j.seq
 where j.seq = any($1) or j.origin = any($1)
 order by seq, position
