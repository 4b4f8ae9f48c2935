-- The links after entry $1 for the audit, in order, $2 of them.
select octet_length(hash),
       last_seq, first_seq, posted_at, debt, issued, remainder, reserve, hash
  from ledger.chain_link where last_seq > $1 order by last_seq limit $2
