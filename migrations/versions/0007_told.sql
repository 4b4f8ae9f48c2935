-- A message to a person who has no party, such as whoever applied for a merchant.
-- Run as the owner after 0006. No table of the chain changes.

alter table admin.message
  alter column party drop not null,
  add column person uuid references admin.person on delete set null,
  add check (party is null or person is null);
create index message_person on admin.message (person);
