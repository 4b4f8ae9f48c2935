-- An entry as it stands, and its transfers in order. $1 seq bigint.
select j.seq, j.id, j.kind, j.remainder,
       (select array_agg(array[t.debit, t.credit, t.amount] order by t.position)
          from ledger.transfer t where t.seq = j.seq) as transfers
  from ledger.entry j where j.seq = $1
