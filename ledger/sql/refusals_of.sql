-- The last refusals of party $1 bigint, newest first, $2 int of them.
select code, key, at from ledger.refusal where party = $1 order by at desc, key desc limit $2
