-- Every account as it stands, for the comparison with the journal.
select id, class, commodity, side, version, balance, floor, status,
       rule is not null and expires is not null as lot
  from ledger.account
