-- A new version of the policies, from now on. $1 wallet mode text, $2 comptoir mode text,
-- $3 commission_ppm int, $4 settings jsonb, $5 and $6 bigint: the parties of the two who decided.
select ledger.put_policy(ledger.clock(), $1, $2, $3, $4, $5, $6)
