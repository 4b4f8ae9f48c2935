-- The last entry posted before a civil day begins in Paris; 0 when there was none. $1 date.
select coalesce(max(last_seq), 0) from (
  select last_seq from ledger.chain_link
   where posted_at < $1::timestamp at time zone 'Europe/Paris'
   order by posted_at desc, last_seq desc limit 1) as last
