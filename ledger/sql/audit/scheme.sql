-- The scheme: what the law is reckoned with.
select rate_issued, rate_paid, tranche, redemption from ledger.scheme
