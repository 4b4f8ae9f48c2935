-- The last entry posted at or before $1 timestamptz; 0 when there was none.
select last_seq
  from ledger.chain_link where posted_at <= $1 order by posted_at desc, last_seq desc limit 1
