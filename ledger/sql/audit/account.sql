-- What never changes about the accounts $1 bigint[].
select id, class, commodity, side from ledger.account where id = any($1)
