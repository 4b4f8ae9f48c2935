-- The first entry whose card is none of its party's.
-- Given: $1 seq bigint[], $2 card bigint[], $3 party bigint[].
select p.seq, p.card, p.party
  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) p (seq, card, party)
 where not exists (select from ledger.card c where c.id = p.card and c.party = p.party)
 order by p.seq limit 1
