-- A page of $2 ids of entries from $1 uuid on: how many, the last, and one that stands twice.
select count(*) as rows, (array_agg(id order by id desc))[1] as last,
       min(id::text) filter (where again) as twice
  from (select id, lag(id) over (order by id) = id as again
          from (select id from ledger.journal where id >= $1 order by id limit $2) page) paged
