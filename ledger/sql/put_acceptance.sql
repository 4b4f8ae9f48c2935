-- Let the rule $1 bigint pay the accounts $2 bigint[] from now on, or no more: $3 boolean.
select ledger.put_acceptance($1, $2, $3)
