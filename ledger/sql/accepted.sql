-- Whom each rule of earmarked lots lets be paid now: rule, account.
select x.rule, x.account
  from ledger.acceptance x
 where x.until_seq is null
