-- A page of $3 keys of entries from key $1 uuid of party $2 bigint on: how many, the last, and
-- one that stands twice.
select count(*) as rows, (array_agg(key order by key desc, party desc))[1] as last,
       (array_agg(party order by key desc, party desc))[1] as last_party,
       min(key::text) filter (where again) as twice
  from (select key, party, lag((key, party)) over (order by key, party) = (key, party) as again
          from (select key, party from ledger.journal
                 where (key, party) >= ($1, $2) order by key, party limit $3) page) paged
