-- The last refusals of a party's acts, newest first; not of keys that were closed by asking.
-- $1 party bigint; $2 int: at most so many.
select code, at from ledger.refusal
 where party = $1 and code <> 'key_closed'
 order by at desc
 limit $2
