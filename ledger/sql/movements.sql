-- One row for each entry that touched some accounts, newest first: what it brought (positive) or
-- took, how much of that was in lots, and whom else it concerned. $1 accounts bigint[]; $2 seq
-- bigint: only entries below it; $3 int: at most so many; $4 seq bigint: only entries above it;
-- $5 smallint: the class of lots.
-- Rows are compared as (account, seq) for the sake of the index, as in statement_page.sql.
with touched as (
  select line.seq
    from ledger.account as own
   cross join lateral (
     select distinct j.debit, j.seq
       from ledger.journal as j
      where (j.debit, j.seq) < (own.id, $2) and (j.debit, j.seq) > (own.id, $4)
      order by j.debit desc, j.seq desc
      limit $3
   ) as line
   where own.id = any($1)
  union
  select line.seq
    from ledger.account as own
   cross join lateral (
     select distinct j.credit, j.seq
       from ledger.journal as j
      where (j.credit, j.seq) < (own.id, $2) and (j.credit, j.seq) > (own.id, $4)
      order by j.credit desc, j.seq desc
      limit $3
   ) as line
   where own.id = any($1)
  union
  select line.seq
    from ledger.account as own
   cross join lateral (
     select distinct j.debit, j.seq
       from ledger.journal_more as j
      where (j.debit, j.seq) < (own.id, $2) and (j.debit, j.seq) > (own.id, $4)
      order by j.debit desc, j.seq desc
      limit $3
   ) as line
   where own.id = any($1)
  union
  select line.seq
    from ledger.account as own
   cross join lateral (
     select distinct j.credit, j.seq
       from ledger.journal_more as j
      where (j.credit, j.seq) < (own.id, $2) and (j.credit, j.seq) > (own.id, $4)
      order by j.credit desc, j.seq desc
      limit $3
   ) as line
   where own.id = any($1)
),

found as (
  select t.seq
    from touched as t
   order by t.seq desc
   limit $3
)

select j.seq, j.id, j.kind, j.posted_at, j.effective, j.origin,
       moved.amount, moved.other, moved.earmarked
  from found
  join ledger.journal as j on j.seq = found.seq
 cross join lateral (
   select sum(case when t.credit = any($1) then t.amount else 0 end
              - case when t.debit = any($1) then t.amount else 0 end)::bigint as amount,
          min(case when t.credit = any($1) then t.debit else t.credit end)
            filter (where (t.debit = any($1)) <> (t.credit = any($1))) as other,
          coalesce(sum(t.amount) filter (where exists (
            select from ledger.account as a
             where a.id = any($1) and a.id in (t.debit, t.credit) and a.class = $5
          )), 0)::bigint as earmarked
     from ledger.transfer as t
    where t.seq = j.seq and (t.debit = any($1) or t.credit = any($1))
 ) as moved
 order by j.seq desc
