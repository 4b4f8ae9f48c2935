-- What account $1 bigint took and gave back under the documents $2 uuid[], posted from $3
-- timestamptz on and before $4 timestamptz, up to seq $5 bigint.
-- Payments (kinds 1, 40, 49) credit it; refunds and reversals (4, 34) debit it.
select j.id, j.kind in (4, 34) as back,
       (select sum(t.amount) from ledger.transfer t
         where t.seq = j.seq
           and case when j.kind in (4, 34) then t.debit else t.credit end = $1)::bigint as cents
  from ledger.journal j
 where j.document = any($2) and j.kind in (1, 4, 34, 40, 49) and j.seq <= $5
   and j.seq > coalesce((select k.last_seq from ledger.chain_link k where k.posted_at < $3
                          order by k.posted_at desc, k.last_seq desc limit 1), 0)
   and j.posted_at < $4
   and (j.debit = $1 or j.credit = $1
        or exists (select from ledger.journal_more m
                    where m.seq = j.seq and (m.debit = $1 or m.credit = $1)))
 order by j.seq
