-- A page of $2 things that may happen once, from $1 uuid on: how many, the last, and one twice.
select count(*) as rows, (array_agg(once order by once desc))[1] as last,
       min(once::text) filter (where again) as twice
  from (select once, lag(once) over (order by once) = once as again
          from (select once from ledger.journal
                 where once >= $1 order by once limit $2) page) paged
