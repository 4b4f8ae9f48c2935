-- The kinds of entries with their flags, and their templates as bits; the stop switch is no rule.
select id, code, rounding, documented, capped, spends, lapses, restores, reverses, thaws,
       reversible, refundable, pairs::text as pairs
  from ledger.kind
