-- The entries numbered $1 bigint[] and all that correct them, a row per transfer, in order.
select j.seq, j.origin, j.kind, coalesce(j.remainder, 0), j.debit, j.credit, j.amount, 1 as position
  from ledger.journal j where j.seq = any ($1) or j.origin = any ($1)
union all
select j.seq, j.origin, j.kind, coalesce(j.remainder, 0), m.debit, m.credit, m.amount, m.position
  from ledger.journal j join ledger.journal_more m on m.seq = j.seq
 where j.seq = any ($1) or j.origin = any ($1)
 order by seq, position
