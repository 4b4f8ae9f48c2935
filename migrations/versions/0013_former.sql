-- A message about changed ways to reach somebody goes to the address that was known before.
-- Run as the owner. No table of the chain changes.

alter table admin.message
  add column former text check (length(former) <= 400);  -- an address, until the message has left

grant update (former) on admin.message to bousol_app;
