-- What the association does with euros: orders, what the bank has brought, redemptions; and what a
-- holder pays with by phone.
-- Run as the owner after 0003.

-- A phone pays within the same limits as a card, so the ledger knows it as one: its id is drawn
-- from admin.card_id. Lost with the phone, replaced by another.
alter table admin.party add column phone_means bigint unique;
grant update (phone_means) on admin.party to bousol_app;

-- An invitation to a staff role is offered by one and confirmed by another before it can be taken
-- up; one to stand in for somebody has two days.
alter table admin.invitation
  add column valid_from timestamptz,
  add column valid_until timestamptz check (valid_until > valid_from),
  add column deputy_for uuid references admin.role_grant,
  add check (deputy_for is null or valid_until is not null);
grant update (confirmed_by) on admin.invitation to bousol_app;

-- Orders: euros announced, with the reference that lets them be recognised ------------------------

create sequence admin.order_number start 1;

create table admin.purchase_order (
  id uuid primary key,
  number bigint not null unique,
  party bigint not null references admin.party,
  account bigint not null references ledger.account,   -- what will be credited
  euros_cents bigint not null check (euros_cents > 0),
  bousol_cents bigint not null check (bousol_cents > 0),       -- what the quote promised
  policy smallint not null,                            -- the version of the policies it used
  reference text not null unique check (length(reference) between 5 and 25),   -- ISO 11649
  made_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > made_at),
  made_by uuid not null references admin.users,
  key uuid not null,                                   -- the client's: again is the same order
  request bytea not null check (length(request) = 16),
  -- Expired is what an order becomes by time alone: awaiting funds after `expires_at`.
  status text not null default 'awaiting_funds'
    check (status in ('awaiting_funds', 'settled', 'refunded')),
  settled_at timestamptz,
  check ((status = 'awaiting_funds') = (settled_at is null)),
  unique (party, key)
);
create index purchase_order_party on admin.purchase_order (party, made_at);

-- A line of the bank's statement, booked by hand with its document; its id is consumed once.
create table admin.bank_credit (
  id uuid primary key,
  key uuid not null unique,                            -- the client's: again is the same credit
  request bytea not null check (length(request) = 16),
  bank_reference text not null unique check (length(bank_reference) between 1 and 64),
  order_id uuid references admin.purchase_order,       -- null: nobody's yet
  euros_cents bigint not null check (euros_cents > 0),
  document uuid not null,
  document_reference text not null check (length(document_reference) between 1 and 120),
  booked_on date not null,
  proposed_by uuid not null references admin.role_grant,
  proposed_at timestamptz not null,
  confirmed_by uuid references admin.role_grant check (confirmed_by <> proposed_by),
  status text not null default 'proposed' check (status in ('proposed', 'booked', 'refused')),
  decided_at timestamptz check ((decided_at is null) = (status = 'proposed')),
  entry uuid unique,                                   -- the Bou'Sols that were issued at once
  bousol_cents bigint not null default 0 check (bousol_cents >= 0),
  surplus_entry uuid unique,                           -- the entry that put the rest aside
  surplus_cents bigint not null default 0              -- the euros it put aside
    check (surplus_cents between 0 and euros_cents),
  waiting_cents bigint not null default 0              -- of them, those that still wait
    check (waiting_cents between 0 and surplus_cents),
  matching uuid references admin.purchase_order,       -- its order, if a second person agrees
  matched_by uuid references admin.role_grant check ((matched_by is null) = (matching is null)),
  check ((surplus_cents > 0) = (surplus_entry is not null))
);
create index bank_credit_order_id on admin.bank_credit (order_id);
create index bank_credit_open on admin.bank_credit (proposed_at)
 where status = 'proposed' or waiting_cents > 0;

-- What became of euros that waited: each row is an entry that issued or returned some of them.
create table admin.bank_release (
  entry uuid primary key,
  credit uuid not null references admin.bank_credit,
  nth smallint not null check (nth >= 0),
  euros_cents bigint not null check (euros_cents > 0),
  bousol_cents bigint not null check (bousol_cents >= 0),      -- 0: the euros went back
  at timestamptz not null,
  unique (credit, nth)
);

-- Redemptions: Bou'Sols held until somebody of the treasury has decided ---------------------------

create table admin.redemption (
  id uuid primary key,
  party bigint not null references admin.party,
  account bigint not null references ledger.account,
  hold bigint not null unique references ledger.account,
  payable bigint not null references ledger.account,
  bousol_cents bigint not null check (bousol_cents > 0),
  gross_cents bigint not null check (gross_cents >= 0),
  commission_cents bigint not null check (commission_cents between 0 and gross_cents),
  policy smallint not null,
  status text not null default 'requested'
    check (status in ('requested', 'approved', 'rejected')),
  requested_by uuid not null references admin.role_grant,
  requested_at timestamptz not null,
  first_by uuid references admin.role_grant,           -- the first of two, above the limit
  first_key uuid check ((first_key is null) = (first_by is null)),     -- so that again is no act
  first_at timestamptz check ((first_at is null) = (first_by is null)),
  decided_by uuid references admin.role_grant check (decided_by <> first_by),
  decided_at timestamptz check ((decided_at is null) = (status = 'requested')),
  reason text check (length(reason) <= 400),
  entry uuid unique                                    -- of the approval or the rejection
);
create index redemption_party on admin.redemption (party, id);
create index redemption_requested on admin.redemption (requested_at) where status = 'requested';

grant usage on all sequences in schema admin to bousol_app;
grant select, insert on admin.purchase_order, admin.bank_credit, admin.bank_release,
  admin.redemption to bousol_app;
grant update (status, settled_at) on admin.purchase_order to bousol_app;
grant update (order_id, confirmed_by, status, decided_at, entry, bousol_cents, surplus_entry,
  surplus_cents, waiting_cents, matching, matched_by) on admin.bank_credit to bousol_app;
grant update (status, first_by, first_key, first_at, decided_by, decided_at, reason, entry)
  on admin.redemption to bousol_app;
