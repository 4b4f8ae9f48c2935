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
  status text not null default 'awaiting_funds'
    check (status in ('awaiting_funds', 'settled', 'expired', 'refunded')),
  settled_at timestamptz,
  check ((status = 'settled') <= (settled_at is not null))
);
create index purchase_order_party on admin.purchase_order (party, made_at);

-- A line of the bank's statement, booked by hand with its document; its id is consumed once.
create table admin.bank_credit (
  id uuid primary key,
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
  entry uuid unique,                                   -- the Bou'Sols that were issued
  surplus_cents bigint not null default 0              -- euros that wait for room under the cap
    check (surplus_cents between 0 and euros_cents),
  surplus_entry uuid unique,                           -- the entry that put them aside
  released_entry uuid unique                           -- the entry that issued or returned them
);
create index bank_credit_order_id on admin.bank_credit (order_id);

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
  first_at timestamptz check ((first_at is null) = (first_by is null)),
  decided_by uuid references admin.role_grant check (decided_by <> first_by),
  decided_at timestamptz check ((decided_at is null) = (status = 'requested')),
  reason text check (length(reason) <= 400),
  entry uuid unique                                    -- of the approval or the rejection
);
create index redemption_party on admin.redemption (party, requested_at);
create index redemption_requested on admin.redemption (requested_at) where status = 'requested';

grant usage on all sequences in schema admin to bousol_app;
grant select, insert on admin.purchase_order, admin.bank_credit, admin.redemption to bousol_app;
grant update (status, settled_at) on admin.purchase_order to bousol_app;
grant update (order_id, confirmed_by, status, decided_at, entry, surplus_cents, surplus_entry,
  released_entry) on admin.bank_credit to bousol_app;
grant update (status, first_by, first_at, decided_by, decided_at, reason, entry)
  on admin.redemption to bousol_app;
