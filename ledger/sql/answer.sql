-- What the ledger answered a key: an entry, a refusal, or no row. $1 party bigint, $2 key uuid.
select null::text as code, seq, posted_at, debit_balance, id
  from ledger.journal where key = $2 and party = $1
union all
select code, null, at, null, null
  from ledger.refusal where key = $2 and party = $1
