-- The version of each of the accounts $1 bigint[].
select id, version from ledger.account where id = any($1) order by id
