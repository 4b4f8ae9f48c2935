-- A staff login is given back by two persons: one has seen its holder, another confirms. Run as the
-- owner.

alter table admin.recovery
  add column id uuid unique,                                 -- what the second person names it by
  add column for_grant uuid references admin.role_grant,     -- the staff role it is given for
  add column offered_by uuid references admin.role_grant,    -- null: a counter's, whole at once
  add column confirmed_by uuid references admin.role_grant check (confirmed_by <> offered_by),
  add check (num_nulls(id, for_grant, offered_by) in (0, 3)),
  add check (confirmed_by is null or offered_by is not null);
grant update (confirmed_by, expires_at) on admin.recovery to bousol_app;
