-- Entries that debit or credit account $1 bigint and bear document $2 uuid, newest first.
-- Posted from $3 timestamptz on and before $4 timestamptz; before seq $5 bigint; at most $6 int.
-- Instants become numbers first, so that only the entries between them are read.
select j.seq, j.id, j.party, j.key, j.kind, j.once, j.document, j.origin, j.card,
       j.debit_balance, j.effective, j.posted_at,
       (select array_agg(array[t.debit, t.credit, t.amount] order by t.position)
          from ledger.transfer t where t.seq = j.seq) as transfers
  from ledger.journal j
 where j.document = $2 and j.seq < $5
   and j.seq > coalesce((select k.last_seq from ledger.chain_link k where k.posted_at < $3
                          order by k.posted_at desc, k.last_seq desc limit 1), 0)
   and j.seq <= coalesce((select k.last_seq from ledger.chain_link k where k.posted_at < $4
                           order by k.posted_at desc, k.last_seq desc limit 1), 0)
   and (j.debit = $1 or j.credit = $1
        or exists (select from ledger.journal_more m
                    where m.seq = j.seq and (m.debit = $1 or m.credit = $1)))
 order by j.seq desc
 limit $6
