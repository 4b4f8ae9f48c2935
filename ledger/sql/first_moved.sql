-- When each of the accounts $1 bigint[] was first credited by an entry of kinds $2 smallint[] and
-- first debited by one of kinds $3 smallint[], up to seq $4 bigint: account, both instants.
with line as (
  select j.credit as account, j.posted_at as credited, null::timestamptz as debited
    from ledger.journal j
   where j.credit = any($1) and j.kind = any($2) and j.seq <= $4
  union all
  select m.credit, j.posted_at, null
    from ledger.journal_more m join ledger.journal j on j.seq = m.seq
   where m.credit = any($1) and j.kind = any($2) and m.seq <= $4
  union all
  select j.debit, null, j.posted_at
    from ledger.journal j
   where j.debit = any($1) and j.kind = any($3) and j.seq <= $4
  union all
  select m.debit, null, j.posted_at
    from ledger.journal_more m join ledger.journal j on j.seq = m.seq
   where m.debit = any($1) and j.kind = any($3) and m.seq <= $4
)

select line.account, min(line.credited) as credited, min(line.debited) as debited
  from line
 group by line.account
having min(line.credited) is not null
 order by line.account
