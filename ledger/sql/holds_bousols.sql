-- Whether any account of party $1 bigint holds Bou'Sols.
select exists(
  select from ledger.account as a join ledger.class as c on c.id = a.class
   where a.party = $1 and a.balance <> 0 and c.code like 'BSL.%'
)
