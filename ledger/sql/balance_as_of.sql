-- The balance of an account after entry $2, in minor units on its own side; 0 before its first
-- transfer. $1 account bigint, $2 seq bigint. Rows are compared as in statement_page.sql.
select coalesce((
  select balance from (
    (select debit_version as version, debit_balance as balance from ledger.journal
      where (debit, seq) <= ($1, $2) and debit >= $1
      order by debit desc, seq desc limit 1)
    union all
    (select credit_version, credit_balance from ledger.journal
      where (credit, seq) <= ($1, $2) and credit >= $1
      order by credit desc, seq desc limit 1)
    union all
    (select debit_version, debit_balance from ledger.journal_more
      where (debit, seq) <= ($1, $2) and debit >= $1
      order by debit desc, seq desc, debit_version desc limit 1)
    union all
    (select credit_version, credit_balance from ledger.journal_more
      where (credit, seq) <= ($1, $2) and credit >= $1
      order by credit desc, seq desc, credit_version desc limit 1)
  ) last order by version desc limit 1
), 0)
