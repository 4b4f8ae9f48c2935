-- The last refusals of party $1 bigint, newest first, $2 int of them. A key that was closed because
-- its act had never arrived is none: nothing was refused.
select code, key, at
  from ledger.refusal
 where party = $1 and code <> 'key_closed'
 order by at desc, key desc
 limit $2
