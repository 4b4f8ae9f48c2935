-- The transfers of an account, newest first, at most $4, from the cursor on.
-- $1 account bigint; $2 seq bigint and $3 version bigint: the last line already seen, or the
-- largest bigints; $4 int. Rows are compared as (account, seq), so that only the index in that
-- order serves: by seq alone, a rare account's lines would be looked for among everybody's.
select j.seq, j.id, j.kind, j.posted_at, j.effective, j.document, j.origin,
       line.other, line.amount, line.balance, line.version
  from (
    (select seq, credit as other, amount, debit_balance as balance, debit_version as version
       from ledger.journal
      where (debit, seq) <= ($1, $2) and debit >= $1 and debit_version < $3
      order by debit desc, seq desc limit $4)
    union all
    (select seq, debit, -amount, credit_balance, credit_version
       from ledger.journal
      where (credit, seq) <= ($1, $2) and credit >= $1 and credit_version < $3
      order by credit desc, seq desc limit $4)
    union all
    (select seq, credit, amount, debit_balance, debit_version
       from ledger.journal_more
      where (debit, seq) <= ($1, $2) and debit >= $1 and debit_version < $3
      order by debit desc, seq desc, debit_version desc limit $4)
    union all
    (select seq, debit, -amount, credit_balance, credit_version
       from ledger.journal_more
      where (credit, seq) <= ($1, $2) and credit >= $1 and credit_version < $3
      order by credit desc, seq desc, credit_version desc limit $4)
  ) line join ledger.journal j on j.seq = line.seq
 order by line.version desc
 limit $4
