-- What each of the accounts $1 bigint[] paid to each other account in each civil month in entries
-- of kinds $2 smallint[], less what came back in them, from seq 1 to seq $3 bigint: account, other
-- account, month as 2027-03, minor units. Months are those of Paris.
with line as (
  select j.debit as account, j.credit as other, j.seq, j.amount
    from ledger.journal j
   where j.debit = any($1) and j.kind = any($2) and j.seq <= $3
  union all
  select j.credit, j.debit, j.seq, -j.amount
    from ledger.journal j
   where j.credit = any($1) and j.kind = any($2) and j.seq <= $3
  union all
  select m.debit, m.credit, m.seq, m.amount
    from ledger.journal_more m join ledger.journal j on j.seq = m.seq
   where m.debit = any($1) and j.kind = any($2) and m.seq <= $3
  union all
  select m.credit, m.debit, m.seq, -m.amount
    from ledger.journal_more m join ledger.journal j on j.seq = m.seq
   where m.credit = any($1) and j.kind = any($2) and m.seq <= $3
)

select line.account, line.other,
       to_char(j.posted_at at time zone 'Europe/Paris', 'YYYY-MM') as month,
       sum(line.amount)::bigint as minor
  from line join ledger.journal j on j.seq = line.seq
 group by line.account, line.other, month
 order by line.account, line.other, month
