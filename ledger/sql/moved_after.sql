-- The entries after seq $1 bigint that move account $2 bigint, in order, at most $3 int of them.
select j.seq, j.id, j.party, j.key, j.kind, j.once, j.document, j.origin, j.card,
       j.debit_balance, j.effective, j.posted_at,
       (select array_agg(array[t.debit, t.credit, t.amount] order by t.position)
          from ledger.transfer t where t.seq = j.seq) as transfers
  from ledger.journal j
 where j.seq in (
   select seq from ledger.journal where credit = $2 and seq > $1
   union select seq from ledger.journal where debit = $2 and seq > $1
   union select seq from ledger.journal_more where credit = $2 and seq > $1
   union select seq from ledger.journal_more where debit = $2 and seq > $1
   order by seq limit $3)
 order by j.seq
