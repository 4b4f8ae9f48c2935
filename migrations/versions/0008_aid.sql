-- Aid: what a sponsor pays for, to whom it is awarded, and who they are.
-- Run as the owner after 0007. Schema admin knows pseudonyms and sums; names, households and
-- decisions stand sealed in schema ccas, which the application's own role does not see.

-- Programmes -------------------------------------------------------------------------------------

create sequence admin.programme_rule start 1000;       -- a rule of the ledger: whom lots pay

create table admin.programme (
  id uuid primary key,
  sponsor bigint not null references admin.party,
  instrument text not null check (instrument in (
    'mandat_civil', 'subvention', 'cap', 'cse', 'food_fund')),
  name text not null check (length(name) between 3 and 80),    -- public; says nothing of aid
  convention uuid not null,                            -- the document that founds it
  convention_reference text not null check (length(convention_reference) between 1 and 120),
  clause text check (length(clause) between 1 and 120),        -- lets a mandate's aid lapse
  on_expiry text not null check (on_expiry in ('return', 'release')),
  -- Numbers drawn before what they name is made: its euros, and the rule of its lots.
  account bigint not null unique,
  rule bigint not null unique,
  key uuid not null,                                   -- the client's: again is the same programme
  request bytea not null check (length(request) = 16),
  made_by uuid not null references admin.role_grant,
  made_at timestamptz not null,
  unique (sponsor, key),
  check (instrument = 'mandat_civil' or on_expiry = 'return'),
  check (instrument <> 'mandat_civil' or on_expiry = 'release' or clause is not null)
);
create index programme_sponsor on admin.programme (sponsor);

create table admin.programme_version (  -- what holds from an instant on
  programme uuid not null references admin.programme,
  version smallint not null check (version > 0),
  valid_from timestamptz not null,
  opens_on date not null,
  ends_on date not null check (ends_on >= opens_on),   -- no lot lives longer
  aid_days int not null check (aid_days between 1 and 730),
  budget_line text not null default '' check (length(budget_line) <= 60),
  -- Euros by household: the first adult, each further one, each child; never above the most.
  first_cents bigint not null default 0 check (first_cents >= 0),
  adult_cents bigint not null default 0 check (adult_cents >= 0),
  child_cents bigint not null default 0 check (child_cents >= 0),
  most_cents bigint not null check (most_cents > 0),
  filieres text[] not null,                            -- codes of schema merchants, with all below
  merchants uuid[] not null,                           -- further ones, by id
  made_by uuid not null references admin.role_grant,
  made_at timestamptz not null,
  primary key (programme, version)
);

-- A line of the bank's statement may be a sponsor's: it funds a programme.
alter table admin.bank_credit
  add column programme uuid references admin.programme,
  add check (programme is null or order_id is null);
create index bank_credit_programme on admin.bank_credit (programme) where programme is not null;
grant update (programme) on admin.bank_credit to bousol_app;

create table admin.programme_return (  -- what was not spent goes back, said by two persons
  id uuid primary key,
  programme uuid not null references admin.programme,
  euros_cents bigint not null check (euros_cents > 0),
  document uuid not null,
  proposed_by uuid not null references admin.role_grant,
  proposed_at timestamptz not null,
  confirmed_by uuid references admin.role_grant check (confirmed_by <> proposed_by),
  confirmed_at timestamptz check ((confirmed_at is null) = (confirmed_by is null)),
  entry uuid unique check ((entry is null) = (confirmed_by is null))
);
create unique index programme_return_open on admin.programme_return (programme)
 where confirmed_by is null;

-- Awards -----------------------------------------------------------------------------------------

create table admin.emergency_line (  -- euros set aside for the desk, by who may approve
  id uuid primary key,
  programme uuid not null references admin.programme,
  euros_cents bigint not null check (euros_cents > 0),
  each_max_cents bigint not null check (each_max_cents > 0),
  floor_cents bigint not null check (floor_cents >= 0),        -- below it: refill
  opened_by uuid not null references admin.role_grant,
  opened_at timestamptz not null,
  closed_at timestamptz
);
create unique index emergency_line_open on admin.emergency_line (programme)
 where closed_at is null;

create table admin.aid_batch (  -- awards decided together, all or nothing
  id uuid primary key,
  programme uuid not null,
  version smallint not null,
  line uuid references admin.emergency_line,           -- of an emergency at the desk
  period text not null check (period ~ '^\d{4}-\d\d$'),
  policy smallint not null,                            -- at whose terms it is converted
  awards int not null check (awards > 0),
  euros_cents bigint not null check (euros_cents > 0),
  bousol_cents bigint not null check (bousol_cents > 0),
  account bigint not null unique,                      -- BSL.L.AWARDS, drawn before it is opened
  document uuid not null,                              -- the decision
  key uuid not null,
  request bytea not null check (length(request) = 16),
  -- Approved: a third person is needed. Waiting: for euros. Issuing: its Bou'Sols are given out.
  status text not null default 'submitted' check (status in (
    'submitted', 'approved', 'waiting', 'issuing', 'executed', 'refused')),
  submitted_by uuid not null references admin.role_grant,
  submitted_at timestamptz not null,
  approved_by uuid references admin.role_grant check (approved_by <> submitted_by),
  approved_at timestamptz check ((approved_at is null) = (approved_by is null)),
  third_by uuid references admin.role_grant check (third_by not in (submitted_by, approved_by)),
  third_at timestamptz check ((third_at is null) = (third_by is null)),
  refused_by uuid references admin.role_grant check ((refused_by is null) = (status <> 'refused')),
  refused_at timestamptz check ((refused_at is null) = (refused_by is null)),
  entry uuid unique check ((entry is null) = (status not in ('issuing', 'executed'))),
  issued_at timestamptz check ((issued_at is null) = (entry is null)),
  executed_at timestamptz check ((executed_at is null) = (status <> 'executed')),
  foreign key (programme, version) references admin.programme_version,
  unique (programme, key),
  check (status in ('submitted', 'refused') or line is not null or approved_by is not null)
);
create index aid_batch_open on admin.aid_batch (submitted_at)
 where status not in ('executed', 'refused');
create index aid_batch_line on admin.aid_batch (line) where line is not null;

create table admin.award (  -- one aid of one person for one period, once
  id uuid primary key,
  batch uuid not null references admin.aid_batch,
  nth int not null check (nth > 0),
  programme uuid not null references admin.programme,
  beneficiary uuid not null,                           -- a pseudonym: schema ccas knows whose
  party bigint not null references admin.party,
  period text not null check (period ~ '^\d{4}-\d\d$'),
  euros_cents bigint not null check (euros_cents > 0),
  bousol_cents bigint not null check (bousol_cents > 0),
  contribution_cents bigint check (contribution_cents > 0),    -- what a fund's member pays for it
  expires_at timestamptz,                              -- null: not given yet
  lot bigint unique,
  entry uuid unique,
  status text not null default 'submitted' check (status in (
    'submitted', 'refused', 'given', 'expired', 'released')),
  warned smallint not null default 0 check (warned between 0 and 2),
  check ((status in ('submitted', 'refused')) = (entry is null)),
  unique (batch, nth)
);
create unique index award_once on admin.award (programme, beneficiary, period)
 where status <> 'refused';
create index award_beneficiary on admin.award (beneficiary);
create index award_given on admin.award (expires_at) where status = 'given';

create table admin.award_step (  -- what became of each award, kept for ever
  id bigint generated always as identity primary key,
  award uuid not null references admin.award,
  step text not null check (step in (
    'submitted', 'approved', 'refused', 'given', 'warned', 'extended', 'restored', 'expired',
    'released')),
  at timestamptz not null,
  by_grant uuid references admin.role_grant,           -- null: the machine
  entry uuid,
  cents bigint                                         -- Bou'Sols that moved
);
create index award_step_award on admin.award_step (award);
create trigger append_only before update or delete or truncate on admin.award_step
  for each statement execute function admin.refuse_change();

create table admin.cse_ceiling (  -- euros a year and employee that are presumed free of charges
  year int primary key,
  euros_cents bigint not null check (euros_cents > 0)
);
insert into admin.cse_ceiling (year, euros_cents) values (2019, 16900), (2023, 18300);

grant usage on all sequences in schema admin to bousol_app;
grant select, insert on admin.programme, admin.programme_version, admin.programme_return,
  admin.emergency_line, admin.aid_batch, admin.award, admin.award_step, admin.cse_ceiling
  to bousol_app;
grant update (confirmed_by, confirmed_at, entry) on admin.programme_return to bousol_app;
grant update (closed_at) on admin.emergency_line to bousol_app;
grant update (status, approved_by, approved_at, third_by, third_at, refused_by, refused_at, entry,
  issued_at, executed_at) on admin.aid_batch to bousol_app;
grant update (expires_at, lot, entry, status, warned) on admin.award to bousol_app;

-- Who they are: the sponsors' own room -----------------------------------------------------------

create schema ccas;

-- The role of this room sees the rows of one sponsor at a time: of whom it has the password, which
-- is made of that sponsor's key file. What is sealed it reads only with that file too.
create table ccas.door (
  sponsor bigint primary key,
  pass_hash bytea not null unique check (length(pass_hash) = 32)
);

create function ccas.sponsor() returns bigint
language sql stable security definer set search_path = ccas, pg_temp
return (
  select d.sponsor from ccas.door d
   where d.pass_hash = sha256(convert_to(current_setting('ccas.pass', true), 'UTF8')));

create table ccas.beneficiary (
  id uuid primary key,                                 -- the pseudonym of schema admin
  sponsor bigint not null,
  mark bytea check (length(mark) = 32),                -- of the file's number; null: erased
  party bigint not null,
  sealed bytea not null,                               -- name and household, by the person's key
  added_at timestamptz not null,
  unique (sponsor, mark)
);
create unique index beneficiary_party on ccas.beneficiary (sponsor, party)
 where mark is not null;

create table ccas.person_key (  -- destroyed when a person is erased: what it sealed stays unread
  beneficiary uuid primary key references ccas.beneficiary,
  sponsor bigint not null,
  wrapped bytea not null                               -- by the sponsor's key
);

create table ccas.decision (  -- what a batch of awards rests on, by the sponsor's key
  batch uuid primary key,
  sponsor bigint not null,
  sealed bytea not null
);

create table ccas.access_log (  -- who looked at whom, kept for ever
  id bigint generated always as identity primary key,
  sponsor bigint not null,
  at timestamptz not null,
  actor uuid not null,
  act text not null,
  beneficiary uuid,
  count int not null default 1 check (count > 0)
);
create index access_log_sponsor on ccas.access_log (sponsor, id);
create trigger append_only before update or delete or truncate on ccas.access_log
  for each statement execute function admin.refuse_change();

alter table ccas.beneficiary enable row level security;
alter table ccas.beneficiary force row level security;
alter table ccas.person_key enable row level security;
alter table ccas.person_key force row level security;
alter table ccas.decision enable row level security;
alter table ccas.decision force row level security;
alter table ccas.access_log enable row level security;
alter table ccas.access_log force row level security;
create policy own on ccas.beneficiary using (sponsor = (select ccas.sponsor()));
create policy own on ccas.person_key using (sponsor = (select ccas.sponsor()));
create policy own on ccas.decision using (sponsor = (select ccas.sponsor()));
create policy own on ccas.access_log using (sponsor = (select ccas.sponsor()));

revoke execute on function ccas.sponsor() from public;
grant usage on schema ccas to bousol_ccas;
grant execute on function ccas.sponsor() to bousol_ccas;
grant insert on ccas.door to bousol_ccas;
grant select, insert on ccas.beneficiary, ccas.person_key, ccas.decision, ccas.access_log
  to bousol_ccas;
grant update (mark, sealed) on ccas.beneficiary to bousol_ccas;
grant delete on ccas.person_key to bousol_ccas;
