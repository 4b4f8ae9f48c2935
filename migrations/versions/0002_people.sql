-- Who is who: parties, persons, users and what they prove themselves with, cards, memberships,
-- events, messages.
-- Run as the owner after 0001. Every secret here is a hash or sealed with a key the database does
-- not hold.
-- Names and contacts stand in admin.person, identifiers in admin.users: both may be erased, and
-- every act stays in place.

create schema admin;

-- Parties and persons ----------------------------------------------------------------------------

create sequence admin.party_number start 100;

create table admin.person (  -- a human being, as far as the tier needs; may be erased
  id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  birth_date date,
  email text check (length(email) <= 254),
  phone text check (length(phone) <= 20),
  postal_address text check (length(postal_address) <= 400),
  language text not null default 'fr' check (language in ('fr', 'en'))
);

create table admin.party (  -- what holds accounts: the ledger's party number
  id bigint primary key,
  class text not null check (class in (
    'issuer', 'soliste', 'merchant', 'association', 'public', 'sponsor', 'ccas', 'works_council')),
  person uuid references admin.person on delete set null,      -- a soliste's
  tier smallint not null default 0 check (tier between 0 and 2),
  wallet bigint unique,  -- its account in the ledger, drawn before it is opened
  opened_at timestamptz not null,
  closed_at timestamptz
);
create index party_person on admin.party (person);
insert into admin.party (id, class, opened_at) values (1, 'issuer', now());

-- Users and what they prove themselves with ------------------------------------------------------

create table admin.users (  -- a login; without an identifier it has a card alone
  id uuid primary key,
  person uuid references admin.person on delete set null,
  identifier text unique check (length(identifier) between 3 and 254),
  opened_at timestamptz not null,
  closed_at timestamptz
);
create index users_person on admin.users (person);

create table admin.role_grant (                        -- a user acts for a party, from and until
  id uuid primary key,
  user_id uuid not null references admin.users,
  party bigint not null references admin.party,
  role text not null check (role in (
    'SOL', 'MER', 'CSH', 'CPT', 'TRE', 'GES', 'VLT', 'AUD', 'CIN', 'CVA', 'CSE', 'REG', 'SPO', 'ADM'
  )),
  valid_from timestamptz not null,
  valid_until timestamptz check (valid_until >= valid_from),
  granted_by uuid references admin.users,              -- null: nobody could sign in yet
  confirmed_by uuid references admin.users check (confirmed_by <> granted_by),
  deputy_for uuid references admin.role_grant,
  check (deputy_for is null or valid_until is not null)
);
create index role_grant_user_id on admin.role_grant (user_id);
create index role_grant_party on admin.role_grant (party);

create table admin.password (
  user_id uuid primary key references admin.users,
  hash text not null check (hash like '$argon2id$%'),
  set_at timestamptz not null
);

create table admin.passkey (
  id bytea primary key,
  user_id uuid not null references admin.users,
  public_key bytea not null,
  sign_count bigint not null,
  label text not null check (length(label) <= 60),
  added_at timestamptz not null,
  used_at timestamptz
);
create index passkey_user_id on admin.passkey (user_id);

create table admin.challenge (  -- of one passkey ceremony: taken out when it is answered
  hash bytea primary key,
  user_id uuid references admin.users,
  purpose text not null check (purpose in ('register', 'authenticate')),
  expires_at timestamptz not null
);

create table admin.totp (
  user_id uuid primary key references admin.users,
  sealed bytea not null,  -- AES-GCM under a key derived from the pepper
  last_step bigint not null default 0,                 -- a code is used once: steps only grow
  confirmed_at timestamptz
);

create table admin.pin (
  user_id uuid primary key references admin.users,
  -- HMAC-SHA-256 under a key derived from the pepper
  hash bytea not null check (length(hash) = 32),
  tries smallint not null default 0 check (tries between 0 and 5),  -- begun since it was last right
  set_at timestamptz not null
);

create table admin.device (                            -- where a user has signed in before
  hash bytea primary key,
  user_id uuid not null references admin.users,
  label text not null check (length(label) <= 60),
  known_until timestamptz not null
);
create index device_user_id on admin.device (user_id);

create table admin.session (
  hash bytea primary key,
  id uuid not null unique,                             -- what lists and revocations name it by
  user_id uuid not null references admin.users,
  role_grant uuid references admin.role_grant,         -- the context chosen; null: none yet
  -- look: card and PIN on a borrowed browser
  scope text not null check (scope in ('full', 'look')),
  factors text[] not null,
  label text not null check (length(label) <= 60),
  created_at timestamptz not null,
  seen_at timestamptz not null,
  idle_seconds int not null check (idle_seconds > 0),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index session_user_id on admin.session (user_id);

create table admin.invitation (
  hash bytea primary key,
  id uuid not null unique,
  party bigint not null references admin.party,
  role text not null,
  invited_by uuid not null references admin.role_grant,         -- in which quality
  confirmed_by uuid references admin.role_grant check (confirmed_by <> invited_by),
  expires_at timestamptz not null,
  used_at timestamptz,
  used_by uuid references admin.users
);

create table admin.recovery (  -- made after seeing the person: lets them set a new secret, once
  hash bytea primary key,
  user_id uuid not null references admin.users,
  made_by uuid not null references admin.users check (made_by <> user_id),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index recovery_user_id on admin.recovery (user_id);

create table admin.throttle (  -- when a next try would be on time, by purpose and subject
  subject bytea primary key,  -- an HMAC: neither an address nor a name
  due_at timestamptz not null
);

create table admin.api_key (                           -- of a till or a program
  id uuid primary key,
  hash bytea not null unique,
  prefix text not null,                                -- how a person recognises it
  party bigint not null references admin.party,
  scopes text[] not null,
  label text not null check (length(label) <= 60),
  made_by uuid not null references admin.users,
  made_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
create index api_key_party on admin.api_key (party);

create table admin.spent_confirmation (                -- a step-up confirmation is used once
  id uuid primary key,
  expires_at timestamptz not null
);

-- Cards and memberships --------------------------------------------------------------------------

create sequence admin.card_id start 1000;

create table admin.card (
  id bigint primary key,                               -- the ledger's card
  number text not null unique,                         -- for people, with a check digit
  opposition text not null unique,                     -- blocks it, without the card at hand
  token_hash bytea not null unique,                    -- what its QR holds, hashed
  status text not null default 'stock' check (status in ('stock', 'handed', 'blocked')),
  place bigint not null references admin.party,        -- the stock it lies or lay in
  party bigint references admin.party,
  user_id uuid references admin.users,
  printed_at timestamptz not null,
  handed_at timestamptz,
  blocked_at timestamptz,
  replaces bigint unique references admin.card,
  check ((party is null) = (user_id is null)),
  check (status <> 'handed' or (party is not null and handed_at is not null)),
  check ((status = 'blocked') = (blocked_at is not null))
);
create index card_party on admin.card (party);
create index card_user_id on admin.card (user_id);
create index card_stock on admin.card (place) where status = 'stock';

create table admin.membership (  -- one year of one party; its standing follows from the dates
  id uuid primary key,
  party bigint not null references admin.party,
  fee_cents bigint not null check (fee_cents >= 0),
  asked_at timestamptz not null,
  paid_at timestamptz,
  entry uuid unique,                                   -- the journal entry of the fee
  valid_until timestamptz check ((valid_until is null) = (paid_at is null)),
  left_at timestamptz
);
create index membership_party on admin.membership (party);
create unique index membership_pending on admin.membership (party)
  where paid_at is null and left_at is null;

-- What happened, and who is told -----------------------------------------------------------------

create table admin.event (  -- who did what to what, when: ids only, for ever
  id bigint generated always as identity primary key,
  at timestamptz not null,
  act text not null,
  actor uuid,  -- the user; null: the holder of a number, or the machine
  party bigint,
  object text,
  facts jsonb not null default '{}',
  -- a feed stops before the oldest that still runs
  written_in xid8 not null default pg_current_xact_id()
);
create index event_party on admin.event (party);

create table admin.message (  -- one to each who is told: a template and ids, no word of its text
  id uuid primary key,
  party bigint not null references admin.party,
  template text not null,
  facts jsonb not null default '{}',
  channel text not null check (channel in ('email', 'letter')),
  queued_at timestamptz not null,
  due_at timestamptz not null,
  tries smallint not null default 0,
  sent_at timestamptz,
  given_up_at timestamptz
);
create index message_due on admin.message (channel, due_at)
  where sent_at is null and given_up_at is null;

-- What the tables refuse whoever asks ------------------------------------------------------------

create function admin.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create function admin.refuse_revival() returns trigger language plpgsql as $$
begin
  raise exception 'card % is % and its holder''s: it never becomes %', old.id, old.status, new.status
    using errcode = 'restrict_violation';
end $$;

create trigger append_only before update or delete or truncate on admin.event
  for each statement execute function admin.refuse_change();
create trigger never_revived before update of status, party on admin.card for each row
  when (
    (old.status = 'blocked' and new.status <> 'blocked')
    or (old.status = 'handed' and new.status = 'stock')
    or (old.party is not null and new.party is distinct from old.party)
  )
  execute function admin.refuse_revival();

-- What the application may do: no row of history goes, and of what stands only what may change
-- changes.
-- The role of the CCAS sees nothing here.

grant usage on schema admin to bousol_app;
grant usage on all sequences in schema admin to bousol_app;
grant select, insert on all tables in schema admin to bousol_app;
grant update, delete on admin.person, admin.password, admin.totp, admin.pin to bousol_app;
grant update (person, tier, wallet, closed_at) on admin.party to bousol_app;
grant update (person, identifier, closed_at) on admin.users to bousol_app;
grant update (valid_until) on admin.role_grant to bousol_app;
grant update (sign_count, used_at, label), delete on admin.passkey to bousol_app;
grant delete on admin.challenge, admin.spent_confirmation, admin.session, admin.device,
  admin.throttle to bousol_app;
grant update on admin.throttle to bousol_app;
grant update (used_at) on admin.recovery to bousol_app;
grant update (known_until) on admin.device to bousol_app;
grant update (role_grant, seen_at, revoked_at) on admin.session to bousol_app;
grant update (used_at, used_by) on admin.invitation to bousol_app;
grant update (used_at, revoked_at) on admin.api_key to bousol_app;
grant update (status, place, party, user_id, handed_at, blocked_at, replaces)
  on admin.card to bousol_app;
grant update (paid_at, entry, valid_until, left_at) on admin.membership to bousol_app;
grant update (due_at, tries, sent_at, given_up_at) on admin.message to bousol_app;
