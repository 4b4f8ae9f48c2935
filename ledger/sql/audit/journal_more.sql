-- Later transfers of the entries $1 to $2 for the audit, in order; none of their columns is null.
select 0, seq, position, debit, credit, amount,
       debit_balance, credit_balance, debit_version, credit_version
  from ledger.journal_more where seq between $1 and $2 order by seq, position
