-- Food funds have members who say what they pay; the ceiling of a year is said by two treasurers;
-- euros without a readable reference may be a programme's. Run as the owner.

-- Members of a food fund --------------------------------------------------------------------------

create sequence admin.fund_member_number;

create table admin.fund_member (  -- joined by the resident's own will; nobody is put here by a list
  id uuid primary key,
  number bigint not null unique,                       -- of the reference of its transfers
  programme uuid not null references admin.programme,
  party bigint not null references admin.party,
  beneficiary uuid not null,                           -- a pseudonym: schema ccas knows whose
  joined_at timestamptz not null,
  left_at timestamptz check (left_at >= joined_at)
);
create unique index fund_member_open on admin.fund_member (programme, party)
 where left_at is null;
create index fund_member_party on admin.fund_member (party);

create table admin.fund_contribution (  -- what a member pays a month, from an instant on
  id bigint generated always as identity primary key,
  member uuid not null references admin.fund_member,
  euros_cents bigint not null check (euros_cents between 100 and 15000),
  at timestamptz not null
);
create index fund_contribution_member on admin.fund_contribution (member);
create trigger append_only before update or delete or truncate on admin.fund_contribution
  for each statement execute function admin.refuse_change();

-- Ceilings of works councils ----------------------------------------------------------------------

create table admin.cse_ceiling_proposal (  -- one treasurer says a year's ceiling, another agrees
  id uuid primary key,
  year int not null check (year between 2000 and 2200),
  euros_cents bigint not null check (euros_cents > 0),
  source text not null check (length(source) between 1 and 120),
  status text not null default 'proposed' check (status in ('proposed', 'agreed', 'withdrawn')),
  proposed_by uuid not null references admin.role_grant,
  proposed_at timestamptz not null,
  decided_by uuid references admin.role_grant
    check ((decided_by is null) = (status = 'proposed')),
  decided_at timestamptz check ((decided_at is null) = (decided_by is null)),
  check (status <> 'agreed' or decided_by <> proposed_by)
);
create unique index cse_ceiling_proposal_year on admin.cse_ceiling_proposal (year)
 where status <> 'withdrawn';
-- A year's sum, once it stands, stays: gifts were weighed against it.
create trigger append_only before update or delete or truncate on admin.cse_ceiling
  for each statement execute function admin.refuse_change();

-- Euros of a programme ----------------------------------------------------------------------------

alter table admin.bank_credit
  add column matching_programme uuid references admin.programme,  -- if a second person agrees
  add column member uuid references admin.fund_member,            -- whose contribution it is
  add check (matching is null or matching_programme is null),
  add check (member is null or programme is not null);
do $$
declare old text;
begin
  select conname into strict old from pg_constraint
   where conrelid = 'admin.bank_credit'::regclass and contype = 'c'
     and pg_get_constraintdef(oid) like '%matched_by IS NULL%';
  execute format('alter table admin.bank_credit drop constraint %I', old);
end $$;
alter table admin.bank_credit
  add check ((matched_by is null) = (matching is null and matching_programme is null));
create index bank_credit_member on admin.bank_credit (member) where member is not null;

grant usage on all sequences in schema admin to bousol_app;
grant select, insert on admin.fund_member, admin.fund_contribution, admin.cse_ceiling_proposal
  to bousol_app;
grant update (left_at) on admin.fund_member to bousol_app;
grant update (status, decided_by, decided_at) on admin.cse_ceiling_proposal to bousol_app;
grant update (matching_programme, member) on admin.bank_credit to bousol_app;
