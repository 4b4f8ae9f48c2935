-- Entries $1 to $2 for the audit, in order.
-- The first column tells which columns are null, and the size of `request` (ledger/audit/wire.py).
select octet_length(request) * 64 + (once is null)::int + (document is null)::int * 2
         + (origin is null)::int * 4 + (card is null)::int * 8
         + (remainder is null)::int * 16 + (lines is null)::int * 32,
       seq, party, debit, credit, amount,
       debit_balance, credit_balance, debit_version, credit_version, posted_at,
       id, key, effective, kind, policy, transfers, request,
       once, document, origin, card, remainder, lines
  from ledger.journal where seq between $1 and $2 order by seq
