-- The entry with id $2 uuid as the holder of accounts $1 bigint[] sees it; no row when it touched
-- none of them. `paid` is the euros that became Bou'Sols in it, to account $3 bigint; `earmarked`
-- is what moved in lots, whose class is $4 smallint.
select j.seq, j.id, j.kind, j.posted_at, j.effective, j.origin,
       moved.amount, moved.other, moved.earmarked, moved.paid
  from ledger.journal as j
 cross join lateral (
   select sum(case when t.credit = any($1) then t.amount else 0 end
              - case when t.debit = any($1) then t.amount else 0 end)::bigint as amount,
          min(case when t.credit = any($1) then t.debit else t.credit end)
            filter (where (t.debit = any($1)) <> (t.credit = any($1))) as other,
          coalesce(sum(t.amount) filter (where exists (
            select from ledger.account as a
             where a.id = any($1) and a.id in (t.debit, t.credit) and a.class = $4
          )), 0)::bigint as earmarked,
          (sum(t.amount) filter (where t.credit = $3))::bigint as paid,
          count(*) filter (where t.debit = any($1) or t.credit = any($1)) as touched
     from ledger.transfer as t
    where t.seq = j.seq
 ) as moved
 where j.id = $2 and moved.touched > 0
