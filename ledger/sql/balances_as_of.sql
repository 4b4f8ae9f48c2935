-- What the accounts $1 bigint[] held together after entry $2 bigint, as the last line of each says.
-- Rows are compared as in statement_page.sql.
select coalesce(sum(held.balance), 0)::bigint
  from unnest($1::bigint[]) as wanted (account)
 cross join lateral (
   select line.balance
     from (
       (select debit_version as version, debit_balance as balance from ledger.journal
         where (debit, seq) <= (wanted.account, $2::bigint) and debit >= wanted.account
         order by debit desc, seq desc limit 1)
       union all
       (select credit_version, credit_balance from ledger.journal
         where (credit, seq) <= (wanted.account, $2::bigint) and credit >= wanted.account
         order by credit desc, seq desc limit 1)
       union all
       (select debit_version, debit_balance from ledger.journal_more
         where (debit, seq) <= (wanted.account, $2::bigint) and debit >= wanted.account
         order by debit desc, seq desc, debit_version desc limit 1)
       union all
       (select credit_version, credit_balance from ledger.journal_more
         where (credit, seq) <= (wanted.account, $2::bigint) and credit >= wanted.account
         order by credit desc, seq desc, credit_version desc limit 1)
     ) line
    order by line.version desc limit 1
 ) held
