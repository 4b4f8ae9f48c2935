-- The head of the chain: last entry, when, L, C, R and the reserve, and the hash.
select last_seq, posted_at, debt, issued, remainder, reserve, hash
  from ledger.chain_link order by last_seq desc limit 1
