-- A proposed return that no longer fits, or that nobody wants, makes room for the next one; and who
-- entered a batch is told why it was refused. Run as the owner after 0010.

alter table admin.programme_return
  add column withdrawn_by uuid references admin.role_grant,
  add column withdrawn_at timestamptz,
  add column reason text check (length(reason) between 1 and 200),  -- of euros, not of persons
  add check ((withdrawn_at is null) = (withdrawn_by is null)),
  add check ((reason is null) = (withdrawn_by is null)),
  add check (withdrawn_by is null or confirmed_by is null);
drop index admin.programme_return_open;
create unique index programme_return_open on admin.programme_return (programme)
 where confirmed_by is null and withdrawn_by is null;
grant update (withdrawn_by, withdrawn_at, reason) on admin.programme_return to bousol_app;

-- A reason may name persons: it stands sealed in the sponsor's room. It is written before the batch
-- is refused, so each who refuses has their own; told is that of whoever the batch says.
create table ccas.refusal (
  batch uuid not null,
  by_grant uuid not null,                              -- of schema admin
  sponsor bigint not null,
  sealed bytea not null,
  primary key (batch, by_grant)
);
alter table ccas.refusal enable row level security;
alter table ccas.refusal force row level security;
create policy own on ccas.refusal using (sponsor = (select ccas.sponsor()));
grant select, insert on ccas.refusal to bousol_ccas;
grant update (sealed) on ccas.refusal to bousol_ccas;
