-- The entries after seq $1 bigint that move account $2 bigint, in order, at most $3 int of them.
with moved as (
  select x.seq from ledger.journal x where x.credit = $2 and x.seq > $1
  union
  select x.seq from ledger.journal x where x.debit = $2 and x.seq > $1
  union
  select y.seq from ledger.journal_more y where y.credit = $2 and y.seq > $1
  union
  select y.seq from ledger.journal_more y where y.debit = $2 and y.seq > $1
)

select j.seq, j.id, j.party, j.key, j.kind, j.once, j.document, j.origin, j.card,
       j.debit_balance, j.effective, j.posted_at,
       (select array_agg(array[t.debit, t.credit, t.amount] order by t.position)
          from ledger.transfer t where t.seq = j.seq) as transfers
  from ledger.journal j join moved m on m.seq = j.seq
 order by j.seq
 limit $3
