-- How much account $2 bigint gave back of each of the entries $1 bigint[]; none has no row.
-- Refunds and reversals (4, 34) debit it.
select j.origin, sum(t.amount)::bigint as cents
  from ledger.journal j
  join ledger.transfer t on t.seq = j.seq
 where j.origin = any($1) and j.kind in (4, 34) and t.debit = $2
 group by j.origin
