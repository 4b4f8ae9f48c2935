-- What a merchant does: agrément and filières, tills and who stands at them, codes that are
-- scanned, invoices between merchants, the closing of a day.
-- Run as the owner after 0004.
-- Parties, users and grants are numbers and ids of schema admin, named without foreign keys: the
-- two rooms do not know each other.

create schema merchants;

-- Filières and merchants --------------------------------------------------------------------------

create table merchants.filiere (  -- a tree of what is sold
  code text primary key check (code ~ '^[a-z_]{3,40}$'),
  parent text references merchants.filiere,
  fr text not null,
  en text not null,
  rank smallint not null
);
insert into merchants.filiere (code, parent, fr, en, rank) values
  ('alimentation', null, 'Alimentation', 'Food', 10),
  ('boulangerie', 'alimentation', 'Boulangerie, pâtisserie', 'Bakery', 11),
  ('fruits_legumes', 'alimentation', 'Fruits et légumes', 'Fruit and vegetables', 12),
  ('poissonnerie', 'alimentation', 'Poissonnerie', 'Fishmonger', 13),
  ('boucherie', 'alimentation', 'Boucherie, crémerie', 'Butcher, dairy', 14),
  ('epicerie', 'alimentation', 'Épicerie, vrac, bio', 'Grocer, bulk, organic', 15),
  ('producteur', 'alimentation', 'Producteur, marché', 'Producer, market', 16),
  ('restauration', 'alimentation', 'Restaurant, café', 'Restaurant, café', 17),
  ('loisirs_culture', null, 'Loisirs, culture', 'Leisure, culture', 20),
  ('librairie', 'loisirs_culture', 'Librairie, presse', 'Books, press', 21),
  ('spectacle', 'loisirs_culture', 'Spectacle, cinéma, musée', 'Theatre, cinema, museum', 22),
  ('sport', 'loisirs_culture', 'Sport, piscine', 'Sport, swimming', 23),
  ('services', null, 'Services de proximité', 'Local services', 30),
  ('coiffure', 'services', 'Coiffure, bien-être', 'Hairdresser, well-being', 31),
  ('reparation', 'services', 'Réparation, réemploi', 'Repair, reuse', 32),
  ('conseil', 'services', 'Conseil, imprimerie, informatique', 'Advice, printing, IT', 33),
  ('aide_personne', 'services', 'Aide à la personne', 'Personal help', 34),
  ('mobilite', null, 'Mobilité douce', 'Soft mobility', 40),
  ('velo', 'mobilite', 'Vélo', 'Bicycles', 41),
  ('transport', 'mobilite', 'Transport en commun, covoiturage', 'Public transport', 42),
  ('habitat', null, 'Habitat durable', 'Sustainable housing', 50),
  ('artisan', 'habitat', 'Artisan du bâtiment', 'Building craft', 51),
  ('energie', 'habitat', 'Énergie, isolation', 'Energy, insulation', 52);

create table merchants.merchant (  -- an application, then the merchant it became
  id uuid primary key,
  class text not null check (class in ('merchant', 'association', 'public')),
  -- Numbers drawn before what they name is made, so that an approval that died is taken up again.
  party bigint unique,
  account bigint unique,                               -- a public body's holds nothing
  payable bigint unique,                               -- euros owed to it
  name text not null check (length(name) between 2 and 80),
  skeleton text not null,                              -- what the name looks like
  siret text check (siret ~ '^[0-9]{14}$'),
  street text not null default '' check (length(street) <= 120),
  postal_code text not null check (postal_code ~ '^[0-9]{5}$'),
  commune text not null check (length(commune) between 1 and 80),
  description text not null default '' check (length(description) <= 600),
  proposes text not null default '' check (length(proposes) <= 600),   -- "je propose"
  seeks text not null default '' check (length(seeks) <= 600),         -- "je cherche"
  listed boolean not null default true,                -- in the public directory
  contact uuid,                                        -- the person in schema admin
  iban text check (length(iban) <= 34),                -- where euros are paid
  convention uuid,                                     -- of a public body: what allows it
  charter text not null,                               -- the version that was signed
  commitments text not null default '' check (length(commitments) <= 1000),
  applied_at timestamptz not null,
  status text not null default 'candidate' check (status in (
    'candidate', 'approved', 'suspended', 'frozen', 'closing', 'closed', 'refused')),
  approved_at timestamptz,
  approved_until date,
  frozen_from text check (frozen_from in ('approved', 'suspended', 'closing')),
  frozen_until timestamptz,                            -- one person's freeze runs out unconfirmed
  words tsvector not null,                             -- name, description, proposes, seeks
  check (status in ('candidate', 'refused') or (party, account, payable) is not null),
  check ((status = 'frozen') = (frozen_from is not null)),
  check (status = 'frozen' or frozen_until is null),
  check (class <> 'public' or convention is not null or party is null)
);
create unique index merchant_skeleton on merchants.merchant (skeleton)
 where status not in ('refused', 'closed');
create unique index merchant_siret on merchants.merchant (siret)
 where status not in ('refused', 'closed');
create index merchant_commune on merchants.merchant (commune, name) where listed;
create index merchant_words on merchants.merchant using gin (words);

create table merchants.merchant_filiere (
  merchant uuid not null references merchants.merchant,
  filiere text not null references merchants.filiere,
  primary key (merchant, filiere)
);
create index merchant_filiere_filiere on merchants.merchant_filiere (filiere);

create table merchants.decision (  -- what was decided of a merchant, by whom, and why
  id uuid primary key,
  merchant uuid not null references merchants.merchant,
  what text not null check (what in (
    'approve', 'refuse', 'suspend', 'resume', 'freeze', 'unfreeze', 'close')),
  reason text not null check (length(reason) between 1 and 400),
  proposed_by uuid not null,                           -- a grant of schema admin
  proposed_at timestamptz not null,
  confirmed_by uuid check (confirmed_by <> proposed_by),
  confirmed_at timestamptz check ((confirmed_at is null) = (confirmed_by is null)),
  withdrawn_at timestamptz
);
create index decision_merchant on merchants.decision (merchant);
create unique index decision_open on merchants.decision (merchant)
 where confirmed_at is null and withdrawn_at is null and what <> 'freeze';

-- Tills, who stands at them, and what is scanned --------------------------------------------------

create table merchants.till (
  id uuid primary key,
  merchant uuid not null references merchants.merchant,
  label text not null check (length(label) between 1 and 60),
  opened_at timestamptz not null,
  closed_at timestamptz
);
create index till_merchant on merchants.till (merchant);

create table merchants.shift (  -- a person at a till, on its device
  id uuid primary key,
  till uuid not null references merchants.till,
  user_id uuid not null,
  role_grant uuid not null,
  api_key uuid,                                        -- the device's key
  begun_at timestamptz not null,
  ended_at timestamptz check (ended_at >= begun_at)
);
create index shift_till on merchants.shift (till, begun_at);
create unique index shift_open on merchants.shift (till) where ended_at is null;

create table merchants.poster (  -- a sticker or poster of a till
  code text primary key check (length(code) between 6 and 12),
  till uuid not null references merchants.till,
  made_at timestamptz not null,
  made_by uuid not null,
  revoked_at timestamptz
);
create index poster_till on merchants.poster (till);

create table merchants.signing_key (  -- what payment requests and receipts are signed with
  id smallint primary key check (id between 0 and 255),
  public_key bytea not null unique check (length(public_key) = 32),
  sealed bytea not null,                               -- under a key derived from the pepper
  made_at timestamptz not null,
  retired_at timestamptz
);

create table merchants.payment_request (  -- its id is what may be paid once
  id uuid primary key,
  till uuid not null references merchants.till,
  shift uuid references merchants.shift,
  amount_cents bigint not null check (amount_cents > 0),
  reference text not null default '' check (length(reference) <= 60),
  made_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > made_at),
  cancelled_at timestamptz
);
create index payment_request_till on merchants.payment_request (till, made_at);

create table merchants.remark (  -- what a payment says beyond its entry, when it does
  entry uuid primary key,
  asked_cents bigint check (asked_cents > 0),          -- the price, when part of it was
  cash_cents bigint check (cash_cents > 0),            -- paid in euros at the till
  payer_name text check (length(payer_name) between 1 and 40),         -- typed for this payment
  reference text check (length(reference) <= 60),
  check ((asked_cents is null) = (cash_cents is null)),
  check (cash_cents < asked_cents)
);

create table merchants.day_closing (  -- a till's day, as the journal had it
  till uuid not null references merchants.till,
  day date not null,
  payments int not null check (payments >= 0),
  paid_cents bigint not null check (paid_cents >= 0),
  refunds int not null check (refunds >= 0),
  refunded_cents bigint not null check (refunded_cents >= 0),
  cash_cents bigint not null check (cash_cents >= 0),  -- euros of split payments
  last_seq bigint not null,                            -- up to this entry
  closed_by uuid not null,
  closed_at timestamptz not null,
  primary key (till, day)
);

-- Invoices between merchants ----------------------------------------------------------------------

create table merchants.invoice_payment (
  id uuid primary key,
  payer bigint not null,
  payee bigint not null check (payee <> payer),
  payer_account bigint not null references ledger.account,
  payee_account bigint not null references ledger.account,
  invoice text not null check (length(invoice) between 1 and 60),      -- the supplier's number
  likeness text not null check (likeness <> ''),       -- its letters and digits, in small letters
  total_cents bigint not null check (total_cents > 0),                 -- of the invoice, in euros
  bousol_cents bigint not null check (bousol_cents > 0),
  euro_cents bigint not null check (euro_cents >= 0),                  -- to be paid otherwise
  key uuid not null,
  status text not null default 'proposed'
    check (status in ('proposed', 'paid', 'refused', 'cancelled')),
  made_by uuid not null,                               -- a grant of schema admin
  made_at timestamptz not null,
  decided_by uuid,                                     -- null: paid by whoever made it, alone
  decided_at timestamptz check ((decided_at is null) = (status = 'proposed')),
  entry uuid unique check ((entry is null) = (status <> 'paid')),
  unique (payer, key),
  check (bousol_cents + euro_cents <= total_cents),
  check (status not in ('paid', 'refused') or decided_by is distinct from made_by)
);
create index invoice_payment_payer on merchants.invoice_payment (payer, id);
create index invoice_payment_payee on merchants.invoice_payment (payee, id) where status = 'paid';
create index invoice_payment_invoice on merchants.invoice_payment (payee, payer, likeness);

-- What the application may do: nothing decided is taken back, nothing is removed but filières -----

grant usage on schema merchants to bousol_app;
grant select, insert on all tables in schema merchants to bousol_app;
revoke insert on merchants.filiere from bousol_app;
grant delete on merchants.merchant_filiere to bousol_app;
grant update (party, account, payable, name, skeleton, street, postal_code, commune, description,
  proposes, seeks, listed, contact, iban, convention, status, approved_at, approved_until,
  frozen_from, frozen_until, words) on merchants.merchant to bousol_app;
grant update (confirmed_by, confirmed_at, withdrawn_at) on merchants.decision to bousol_app;
grant update (label, closed_at) on merchants.till to bousol_app;
grant update (ended_at) on merchants.shift to bousol_app;
grant update (revoked_at) on merchants.poster to bousol_app;
grant update (retired_at) on merchants.signing_key to bousol_app;
grant update (cancelled_at) on merchants.payment_request to bousol_app;
grant update (status, decided_by, decided_at, entry) on merchants.invoice_payment to bousol_app;
