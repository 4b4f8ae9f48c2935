-- What accounts $1 bigint[] were debited and credited in each kind of entry up to seq $2 bigint,
-- each account for itself: account, kind, debited, credited.
with line as (
  select j.credit as account, j.kind, 0 as debited, j.amount as credited
    from ledger.journal j where j.credit = any($1) and j.seq <= $2
  union all
  select j.debit, j.kind, j.amount, 0
    from ledger.journal j where j.debit = any($1) and j.seq <= $2
  union all
  select m.credit, j.kind, 0, m.amount
    from ledger.journal_more m join ledger.journal j on j.seq = m.seq
   where m.credit = any($1) and m.seq <= $2
  union all
  select m.debit, j.kind, m.amount, 0
    from ledger.journal_more m join ledger.journal j on j.seq = m.seq
   where m.debit = any($1) and m.seq <= $2
)

select line.account, line.kind, sum(line.debited)::bigint as debited,
       sum(line.credited)::bigint as credited
  from line
 group by line.account, line.kind
 order by line.account, line.kind
