-- What the accounts $1 bigint[] held together after entry $2 bigint, as the last line of each says.
with line as (
  select j.debit as account, j.debit_version as version, j.debit_balance as balance
    from ledger.journal j where j.debit = any($1) and j.seq <= $2
  union all
  select j.credit, j.credit_version, j.credit_balance
    from ledger.journal j where j.credit = any($1) and j.seq <= $2
  union all
  select m.debit, m.debit_version, m.debit_balance
    from ledger.journal_more m where m.debit = any($1) and m.seq <= $2
  union all
  select m.credit, m.credit_version, m.credit_balance
    from ledger.journal_more m where m.credit = any($1) and m.seq <= $2
),

latest as (
  select distinct on (line.account) line.account, line.balance
    from line
   order by line.account asc, line.version desc
)

select coalesce(sum(latest.balance), 0)::bigint as balance
  from latest
