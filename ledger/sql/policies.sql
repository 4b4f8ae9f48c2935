-- Every version of the policies, those with a future instant too, in their order.
select version, valid_from, wallet_mode, comptoir_mode, commission_ppm, settings
  from ledger.policy
 order by version
