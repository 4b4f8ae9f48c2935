-- What party $1 bigint has set aside in accounts of class $2 smallint after entry $3 bigint, in
-- minor units.
select coalesce(sum(case when t.credit = a.id then t.amount else -t.amount end), 0)::bigint
  from ledger.account as a
  join ledger.transfer as t on t.debit = a.id or t.credit = a.id
 where a.party = $1 and a.class = $2 and t.seq <= $3
