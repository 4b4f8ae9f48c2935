-- The entry a key was answered with. $1 party bigint, $2 key uuid.
select seq, id, request, posted_at, debit_balance as balance
  from ledger.journal where key = $2 and party = $1
