-- The account of a party that purchases fill: its wallet, or its account as an acceptor; with the
-- balance, and the version at which it was read. $1 party bigint. The oldest, if there are several.
select id, class, balance, version, status, ceiling
  from ledger.account
 where party = $1 and class in (1, 2) and status <> 3
 order by id
 limit 1
