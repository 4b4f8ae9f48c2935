-- What a party holds, or has held: its own account and its lots, soonest to expire first.
-- $1 party bigint.
select id, class, balance, status, ceiling, expires
  from ledger.account
 where party = $1 and class in (1, 2, 3, 6)
 order by class, expires nulls last, id
