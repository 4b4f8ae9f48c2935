-- Spendings of lots that were too late, or at an acceptor the lot's rule did not allow, of those given:
-- $1 seq bigint[], $2 lot bigint[], $3 acceptor bigint[], $4 posted_at bigint[] in microseconds since 2000-01-01 UTC.
-- A lot's expiry only ever grows.
select s.seq, s.lot, s.acceptor, a.rule, a.expires,
       '2000-01-01Z'::timestamptz + s.posted_at * interval '1 microsecond' as posted_at,
       a.expires < '2000-01-01Z'::timestamptz + s.posted_at * interval '1 microsecond' as late
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) s(seq, lot, acceptor, posted_at)
  join ledger.account a on a.id = s.lot
 where a.expires < '2000-01-01Z'::timestamptz + s.posted_at * interval '1 microsecond'
    or not exists (select from ledger.acceptance x where x.rule = a.rule and x.account = s.acceptor)
 order by s.seq limit 1
