-- The account $1 bigint as it stands.
select id, class, party, balance, ceiling, status, rule, expires, label
  from ledger.account where id = $1
