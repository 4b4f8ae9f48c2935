-- What accounts $1 bigint[] were debited and credited in each kind of entry up to seq $2 bigint,
-- each account for itself: account, kind, debited, credited. A reversal (34) stands with the kind
-- of what it reverses, on the other side: there it is no act of its own.
with line as (
  select j.credit as account, j.kind, j.origin, 0 as debited, j.amount as credited
    from ledger.journal j where j.credit = any($1) and j.seq <= $2
  union all
  select j.debit, j.kind, j.origin, j.amount, 0
    from ledger.journal j where j.debit = any($1) and j.seq <= $2
  union all
  select m.credit, j.kind, j.origin, 0, m.amount
    from ledger.journal_more m join ledger.journal j on j.seq = m.seq
   where m.credit = any($1) and m.seq <= $2
  union all
  select m.debit, j.kind, j.origin, m.amount, 0
    from ledger.journal_more m join ledger.journal j on j.seq = m.seq
   where m.debit = any($1) and m.seq <= $2
),

told as (
  select line.account, line.debited, line.credited,
         -- A subquery, not a join: it is asked for reversals alone, which are few.
         case when line.kind = 34
              then (select o.kind from ledger.journal o where o.seq = line.origin)
              else line.kind end as kind
    from line
)

select told.account, told.kind, sum(told.debited)::bigint as debited,
       sum(told.credited)::bigint as credited
  from told
 group by told.account, told.kind
 order by told.account, told.kind
