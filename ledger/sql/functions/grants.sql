-- The application reads, and calls this short list; it writes no table.
-- The role of the CCAS sees nothing of the ledger.
revoke all on all tables in schema ledger from public, bousol_app, bousol_ccas;
revoke execute on all functions in schema ledger from public, bousol_app, bousol_ccas;
grant usage on schema ledger to bousol_app;
grant select on all tables in schema ledger to bousol_app;
grant usage on sequence ledger.account_id to bousol_app;
grant execute on function
  ledger.post, ledger.post_whole, ledger.close_key, ledger.close_once, ledger.barrier,
  ledger.clock,
  ledger.open_account, ledger.set_status, ledger.set_ceiling,
  ledger.extend_lot, ledger.put_acceptance, ledger.put_card,
  ledger.fix_scheme, ledger.put_policy, ledger.set_switch, ledger.close_period, ledger.claimable
  to bousol_app;
