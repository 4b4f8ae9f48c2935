-- The entries under the client's key $1 uuid, of whatever party, that credit account $2 bigint.
select j.seq, j.id, j.party, j.key, j.kind, j.once, j.document, j.origin, j.card,
       j.debit_balance, j.effective, j.posted_at,
       (select array_agg(array[t.debit, t.credit, t.amount] order by t.position)
          from ledger.transfer t where t.seq = j.seq) as transfers
  from ledger.journal j
 where j.key = $1
   and exists (select from ledger.transfer t where t.seq = j.seq and t.credit = $2)
 order by j.seq
