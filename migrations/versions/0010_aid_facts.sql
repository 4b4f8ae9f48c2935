-- Figures of spending are published once and never reckoned anew: a shop that sells something else,
-- or another least number of households, changes what follows, not what was told.

create table admin.aid_statistic (
  programme uuid not null references admin.programme,
  month text not null check (month ~ '^\d{4}-\d\d$'),  -- the last one of these figures
  facts jsonb not null,                                -- cells, and what was left at its end
  at timestamptz not null,
  primary key (programme, month)
);
create trigger append_only before update or delete or truncate on admin.aid_statistic
  for each statement execute function admin.refuse_change();

create table admin.aid_letter (  -- sent with an award; its card pays once its code was sent too
  id bigint generated always as identity primary key,
  award uuid not null references admin.award,
  card bigint unique references admin.card,            -- null: the holder has one
  printed_at timestamptz not null,
  printed_by uuid not null references admin.role_grant,
  coded_at timestamptz check ((coded_at is null) = (coded_by is null)),
  coded_by uuid references admin.role_grant check (coded_by <> printed_by)
);
create index aid_letter_award on admin.aid_letter (award);

grant usage on all sequences in schema admin to bousol_app;
grant select, insert on admin.aid_statistic, admin.aid_letter to bousol_app;
grant update (coded_at, coded_by) on admin.aid_letter to bousol_app;
