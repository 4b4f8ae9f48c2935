-- A page of $2 closed acts after $1 uuid, each with the number of the entry that bears it all the
-- same, if there is one.
select x.once, j.seq
  from (select once from ledger.closed_once where once > $1 order by once limit $2) x
  left join ledger.journal j on j.once = x.once
 order by x.once
