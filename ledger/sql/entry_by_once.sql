-- The entry that settled what may happen once, $1 uuid, and its transfers in order.
select j.seq, j.id, j.party, j.key, j.kind, j.once, j.document, j.origin, j.card,
       j.debit_balance, j.effective, j.posted_at,
       (select array_agg(array[t.debit, t.credit, t.amount] order by t.position)
          from ledger.transfer t where t.seq = j.seq) as transfers
  from ledger.journal j
 where j.once = $1
