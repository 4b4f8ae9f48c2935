-- The first spending of a lot that came too late, or at an acceptor its rule did not allow.
-- Given: $1 seq bigint[], $2 lot bigint[], $3 acceptor bigint[], and $4 posted_at bigint[] in
-- microseconds since 2000-01-01 UTC. A lot's expiry only ever grows.
select s.seq, s.lot, s.acceptor, a.rule, a.expires, s.posted_at, a.expires < s.posted_at as late
  from (select seq, lot, acceptor,
               '2000-01-01Z'::timestamptz + microseconds * interval '1 microsecond' as posted_at
          from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
               spent (seq, lot, acceptor, microseconds)) s
  join ledger.account a on a.id = s.lot
 where a.expires < s.posted_at
    or not exists (
       select from ledger.acceptance x
        where x.rule = a.rule and x.account = s.acceptor
          and s.seq > x.after_seq and s.seq <= coalesce(x.until_seq, s.seq))
 order by s.seq limit 1
