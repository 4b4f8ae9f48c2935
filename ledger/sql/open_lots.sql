-- Open many lots of one rule; those that are open stay as they are.
-- $1 ids bigint[], $2 parties bigint[], $3 expiries timestamptz[], $4 class, $5 commodity, $6 rule.
select ledger.open_account(
         u.lot, $4::smallint, $5::smallint, u.party, null, null, $6, u.expires)
  from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) u (lot, party, expires)
