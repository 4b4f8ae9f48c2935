-- The link of the chain whose last entry is seq $1 bigint: L, C, R and the reserve, and the hash.
select last_seq, posted_at, debt, issued, remainder, reserve, hash
  from ledger.chain_link where last_seq = $1
