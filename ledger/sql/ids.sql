-- The ids of the entries whose seq is one of $1 bigint[].
select j.seq, j.id
  from ledger.journal j
 where j.seq = any($1)
