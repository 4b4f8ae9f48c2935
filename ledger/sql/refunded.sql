-- What refunds of entry $1 bigint, or its reversal, have given back.
select coalesce(sum(t.amount), 0)::bigint
  from ledger.journal r join ledger.transfer t on t.seq = r.seq
 where r.origin = $1
