-- The modes of every policy.
select version, wallet_mode, comptoir_mode from ledger.policy
