-- Open an account; opening it again is no act.
-- $1 id, $2 class, $3 commodity, $4 party, $5 label, $6 ceiling, $7 rule, $8 expires.
select ledger.open_account($1, $2, $3, $4, $5, $6, $7, $8)
