-- Every account of party $1 bigint, oldest first.
select id, class, party, balance, ceiling, status, rule, expires, label
  from ledger.account where party = $1 order by id
