-- How this ledger stands: whether anything was posted, its scheme, and the policy in force.
select exists(select from ledger.journal) as used,
       s.redemption, p.wallet_mode, p.comptoir_mode, p.settings
  from ledger.scheme s,
       lateral (select * from ledger.policy
                 where valid_from <= ledger.clock() order by version desc limit 1) p
