-- The ledger's tables and what they refuse by themselves.
-- Run as the owner in an empty database.
-- The functions that may write here stand in ledger/sql/functions.

create schema ledger;

-- What exists -----------------------------------------------------------------------------------

create table ledger.commodity (
  id smallint primary key,
  code text not null unique,
  face int check (face > 0)                    -- a note: what it is worth, in whole Bou'Sols
);

create table ledger.class (
  id smallint primary key check (id between 1 and 39),
  code text not null unique,
  side smallint not null check (side in (1, -1)),      -- 1: grows with debits, -1: with credits
  debt smallint not null default 0,                    -- weight in L, the euros owed to holders
  issued smallint not null default 0,                  -- weight in C, the currency in circulation
  reserve smallint not null default 0,                 -- weight in the euros that cover L
  statutory text
);

create table ledger.kind (
  id smallint primary key,
  code text not null unique,
  documented boolean not null default false,           -- must name its source document
  capped boolean not null default false,               -- the payee's ceiling holds
  spends boolean not null default false,               -- the rule and the expiry of a lot hold
  lapses boolean not null default false,               -- takes a lot back, which must have expired
  restores boolean not null default false,             -- gives back what an earlier entry took
  reverses boolean not null default false,             -- is the exact mirror of an earlier entry
  thaws boolean not null default false,                -- may move the money of a frozen account
  reversible boolean not null default true,
  refundable boolean not null default false,
  rounding text not null default 'none',               -- how the remainder is bounded
  stopped boolean not null default false,              -- the stop switch of this kind
  -- Its template, for post(): bit debit class * 40 + credit class.
  pairs bit(1600) not null default 0::bit(1600)
);

create table ledger.template (
  kind smallint not null references ledger.kind,
  debit smallint not null references ledger.class,
  credit smallint not null references ledger.class,
  primary key (kind, debit, credit)
);

-- The scheme: rate and redemption policy, fixed at the first issue;
-- and the gate every entry passes.
create table ledger.scheme (
  single boolean primary key default true check (single),
  rate_issued int not null default 21,
  rate_paid int not null default 20,
  tranche bigint not null default 2000,                -- euro-cents of a full tranche
  redemption text not null default 'symmetric' check (redemption in ('symmetric', 'sponsored')),
  card_each bigint not null default 3000,              -- a card pays this much without its PIN
  card_sum bigint not null default 10000,              -- and this much in all since its PIN
  stopped boolean not null default false,              -- the stop switch of everything
  closed_before date not null default '-infinity'      -- the first open civil day
);
insert into ledger.scheme default values;

-- Policies are dated rows; an entry keeps the version it used.
create table ledger.policy (
  version smallint primary key,
  valid_from timestamptz not null,
  wallet_mode text not null check (wallet_mode in ('linear', 'tranche')),
  comptoir_mode text not null check (comptoir_mode in ('linear', 'tranche')),
  commission_ppm int not null check (commission_ppm between 0 and 1000000),
  settings jsonb not null default '{}',                -- for Python alone: caps, validities, fees
  author bigint not null,
  confirmer bigint not null check (confirmer <> author)
);
insert into ledger.policy values (1, '-infinity', 'linear', 'tranche', 0, '{}', 0, -1);

-- Accounts --------------------------------------------------------------------------------------

create table ledger.account (
  id bigint primary key,
  version bigint not null default 0,                   -- transfers that touched it
  balance bigint not null default 0,                   -- minor units, on its own side
  floor bigint not null default 0,
  ceiling bigint,
  expires timestamptz,                                 -- a lot or a hold: when it ends
  rule bigint,                                         -- an earmarked lot: whom it may pay
  party bigint,                                        -- whose it is; null for the issuer's own
  -- No foreign key here: it would be paid at every change of balance.
  class smallint not null,
  commodity smallint not null,
  side smallint not null,
  -- 0 open, 1 receives nothing, 2 frozen, 3 closed.
  status smallint not null default 0 check (status between 0 and 3),
  label text,                                          -- C1, P1 …: an identifier, never a name
  opened_at timestamptz not null default clock_timestamp(),
  check (balance >= floor),
  check (status <> 3 or balance = 0),
  -- A public body holds nothing between two entries.
  check (class <> 6 or balance = 0)
  -- With half a page free, every change of balance stays on its page (HOT).
) with (fillfactor = 50);
create index account_party on ledger.account (party) where party is not null;
create unique index account_label on ledger.account (class, commodity, label)
 where label is not null;
create sequence ledger.account_id start 1000;

-- A rule of a programme, and an acceptor it allows.
create table ledger.acceptance (
  rule bigint not null,
  account bigint not null,
  after_seq bigint not null,                           -- for the entries after this one,
  until_seq bigint check (until_seq >= after_seq),     -- up to this one; null: still
  primary key (rule, account, after_seq)
);

-- A card that pays: whether it may, and what it spent since its PIN.
create table ledger.card (
  id bigint primary key,
  party bigint not null,
  status smallint not null default 0 check (status between 0 and 1),   -- 0 usable, 1 blocked
  spent bigint not null default 0 check (spent >= 0)
) with (fillfactor = 50);

-- The journal -----------------------------------------------------------------------------------

-- A row is an entry and its first transfer: most entries have no other.
-- Readers use the views below.
create table ledger.journal (
  seq bigint primary key,                              -- gapless, in commit order
  party bigint not null,
  debit bigint not null,
  credit bigint not null,
  amount bigint not null check (amount > 0),
  debit_balance bigint not null,
  credit_balance bigint not null,
  debit_version bigint not null,
  credit_version bigint not null,
  posted_at timestamptz not null,
  id uuid not null,
  key uuid not null,
  effective date not null,
  kind smallint not null,
  policy smallint not null,
  transfers smallint not null check (transfers > 0),   -- how many it has in all
  request bytea not null,                              -- keyed hash of the request
  once uuid,
  document uuid,
  origin bigint,                                       -- seq of the entry it refunds or reverses
  card bigint,
  remainder bigint,                                    -- what it adds to R; null: nothing
  lines int,                                           -- conversions it gathers; null: one
  check (debit <> credit)
);
create unique index journal_id on ledger.journal (id);
create unique index journal_key on ledger.journal (key, party);
create unique index journal_once on ledger.journal (once) where once is not null;
create index journal_debit on ledger.journal (debit, seq);
create index journal_credit on ledger.journal (credit, seq);
create index journal_origin on ledger.journal (origin) where origin is not null;
create index journal_remainder on ledger.journal (seq) where remainder > 0;

-- The second and later transfers of an entry.
create table ledger.journal_more (
  seq bigint not null,
  position smallint not null check (position > 1),
  debit bigint not null,
  credit bigint not null,
  amount bigint not null check (amount > 0),
  debit_balance bigint not null,
  credit_balance bigint not null,
  debit_version bigint not null,
  credit_version bigint not null,
  primary key (seq, position),
  check (debit <> credit)
);
create index journal_more_debit on ledger.journal_more (debit, seq);
create index journal_more_credit on ledger.journal_more (credit, seq);

create view ledger.entry as
select seq, id, party, key, request, once, kind, document, origin, card,
       coalesce(remainder, 0) as remainder, coalesce(lines, 1) as lines,
       policy, effective, posted_at, transfers
  from ledger.journal;

create view ledger.transfer as
select seq, 1::smallint as position, debit, credit, amount,
       debit_balance, credit_balance, debit_version, credit_version
  from ledger.journal
 union all
select seq, position, debit, credit, amount,
       debit_balance, credit_balance, debit_version, credit_version
  from ledger.journal_more;

-- A refusal is final for its key; a closed key is one of them.
create table ledger.refusal (
  key uuid not null,
  party bigint not null,
  request bytea,                                       -- null: closed before any request came
  code text not null,
  at timestamptz not null,
  primary key (key, party)
);

-- One link per batch; the last one is the head of the ledger.
create table ledger.chain_link (
  last_seq bigint primary key,
  first_seq bigint not null,
  posted_at timestamptz not null,
  debt bigint not null,                                -- L, C, R and the reserve after this batch
  issued bigint not null,
  remainder bigint not null,
  reserve bigint not null,
  hash bytea not null
);
create index chain_link_posted_at on ledger.chain_link (posted_at, last_seq);

-- The chart: generated once from ledger/chart.py and ledger/kinds.py; a test keeps them equal ---

insert into ledger.commodity (id, code, face) values
  (1, 'EUR', null),
  (2, 'BSL', null),
  (3, 'NOTE01', 1),
  (4, 'NOTE02', 2),
  (5, 'NOTE05', 5),
  (6, 'NOTE10', 10),
  (7, 'NOTE20', 20);
insert into ledger.class (id, code, side, debt, issued, reserve, statutory) values
  (1, 'BSL.W', -1, 0, 0, 0, null),
  (2, 'BSL.M', -1, 0, 0, 0, null),
  (3, 'BSL.LOT', -1, 0, 0, 0, null),
  (4, 'BSL.L.AWARDS', -1, 0, 0, 0, null),
  (5, 'BSL.L.HOLD', -1, 0, 0, 0, null),
  (6, 'BSL.PUBLIC', -1, 0, 0, 0, null),
  (7, 'BSL.L.PAPER', -1, 0, 0, 0, null),
  (8, 'BSL.X.ISSUED', 1, 0, 1, 0, null),
  (9, 'EUR.A.GUAR', 1, 0, 0, 1, '51211'),
  (10, 'EUR.A.PLACE', 1, 0, 0, 1, '508'),
  (11, 'EUR.A.OPER', 1, 0, 0, 0, '5125'),
  (12, 'EUR.A.CASH', 1, 0, 0, 1, '531'),
  (13, 'EUR.A.TRANSIT', 1, 0, 0, 1, '58'),
  (14, 'EUR.A.RECV', 1, 0, 0, 0, '4671'),
  (15, 'EUR.L.CIRC', -1, 1, 0, 0, '4672'),
  (16, 'EUR.L.PAYABLE', -1, 0, 0, -1, '4673'),
  (17, 'EUR.L.PROG', -1, 0, 0, -1, '4674'),
  (18, 'EUR.L.BONUS', -1, 0, 0, -1, '4675'),
  (19, 'EUR.L.SUSPENSE', -1, 0, 0, -1, '471'),
  (20, 'EUR.L.OWN', -1, 0, 0, 0, '110'),
  (21, 'EUR.P.FEES', -1, 0, 0, 0, '756'),
  (22, 'EUR.P.DON', -1, 0, 0, 0, '754'),
  (23, 'EUR.P.SUBSIDY', -1, 0, 0, 0, '74'),
  (24, 'EUR.P.COMM', -1, 0, 0, 0, '706'),
  (25, 'EUR.P.INTEREST', -1, 0, 0, 0, '768'),
  (26, 'EUR.P.SURPLUS', -1, 0, 0, 0, '7581'),
  (27, 'EUR.C.GIFT', 1, 0, 0, 0, '657'),
  (28, 'EUR.C.LOSS', 1, 0, 0, 0, '6581'),
  (29, 'EUR.C.DISCOUNT', 1, 0, 0, 0, '6582'),
  (30, 'EUR.C.EXPENSE', 1, 0, 0, 0, '61'),
  (31, 'EUR.C.CHARGES', 1, 0, 0, 0, '627'),
  (32, 'NOTE.X.PRINTED', -1, 0, 0, 0, null),
  (33, 'NOTE.VAULT', 1, 0, 0, 0, null),
  (34, 'NOTE.TRANSIT', 1, 0, 0, 0, null),
  (35, 'NOTE.STOCK', 1, 0, 0, 0, null),
  (36, 'NOTE.OUT', 1, 0, 0, 0, null),
  (37, 'NOTE.RETURNS', 1, 0, 0, 0, null),
  (38, 'NOTE.DESTROYED', 1, 0, 0, 0, null);
insert into ledger.kind
  (id, code, documented, capped, spends, lapses, restores, reverses, thaws, reversible, refundable,
   rounding) values
  (1, 'payment', false, false, true, false, false, false, false, true, true, 'none'),
  (2, 'b2b', false, false, false, false, false, false, false, true, true, 'none'),
  (3, 'p2p', false, true, false, false, false, false, false, true, false, 'none'),
  (4, 'refund', false, false, false, false, true, false, false, false, false, 'none'),
  (5, 'issue_transfer', true, false, false, false, false, false, false, true, false, 'issue'),
  (6, 'suspense_in', true, false, false, false, false, false, false, true, false, 'none'),
  (7, 'suspense_match', true, false, false, false, false, false, false, true, false, 'issue'),
  (8, 'suspense_return', true, false, false, false, false, false, false, true, false, 'none'),
  (9, 'note_move', true, false, false, false, false, false, false, true, false, 'none'),
  (10, 'issue_cash_paper', true, false, false, false, false, false, false, true, false, 'comptoir'),
  (11, 'issue_cash_wallet', true, true, false, false, false, false, false, true, false, 'issue'),
  (12, 'cash_remit', true, false, false, false, false, false, false, true, false, 'none'),
  (13, 'cash_banked', true, false, false, false, false, false, false, true, false, 'none'),
  (14, 'cash_shortage', true, false, false, false, false, false, false, true, false, 'none'),
  (15, 'swap_in', true, true, false, false, false, false, false, true, false, 'none'),
  (16, 'swap_out', true, false, false, false, false, false, false, true, false, 'none'),
  (17, 'programme_fund', true, false, false, false, false, false, false, true, false, 'none'),
  (18, 'programme_return', true, false, false, false, false, false, false, true, false, 'none'),
  (19, 'aid_batch', true, false, false, false, false, false, false, true, false, 'batch'),
  (20, 'aid_award', true, false, false, false, false, false, false, true, false, 'none'),
  (21, 'aid_expire', true, false, false, true, false, false, true, true, false, 'redeem'),
  (22, 'aid_release', true, false, false, true, false, false, false, true, false, 'none'),
  (23, 'cse_disburse', true, false, false, false, false, false, false, true, false, 'batch'),
  (24, 'redeem_hold', false, false, false, false, false, false, false, false, false, 'none'),
  (25, 'redeem_approve', true, false, false, false, false, false, false, true, false, 'redeem'),
  (26, 'redeem_paid', true, false, false, false, false, false, false, true, false, 'none'),
  (27, 'redeem_rejected', true, false, false, false, false, false, false, false, false, 'none'),
  (28, 'fee_eur', true, false, false, false, false, false, false, true, false, 'none'),
  (29, 'fee_bsl', true, false, false, false, false, false, false, true, false, 'redeem'),
  (30, 'donation', false, false, false, false, false, false, false, true, false, 'none'),
  (31, 'issuer_gift', true, false, false, false, false, false, false, true, false, 'issue'),
  (32, 'placement', true, false, false, false, false, false, false, true, false, 'none'),
  (33, 'interest', true, false, false, false, false, false, false, true, false, 'none'),
  (34, 'reversal', true, false, false, false, false, true, true, false, false, 'mirror'),
  (35, 'note_loss', true, false, false, false, false, false, false, true, false, 'loss'),
  (36, 'note_found', true, false, false, false, false, false, false, true, false, 'redeem'),
  (37, 'sdd_return', true, false, false, false, false, false, true, true, false, 'redeem'),
  (38, 'sweep', true, false, false, false, false, false, false, false, false, 'sweep'),
  (39, 'closure', true, false, false, false, false, false, false, true, false, 'redeem'),
  (40, 'public_settlement', true, false, true, false, false, false, false, true, false, 'redeem'),
  (41, 'estate_transfer', true, false, false, false, false, false, true, true, false, 'none'),
  (42, 'reactivation', true, false, false, false, false, false, false, true, false, 'redeem'),
  (43, 'bonus_fund', true, false, false, false, false, false, false, true, false, 'none'),
  (44, 'operating', true, false, false, false, false, false, false, true, false, 'none'),
  (45, 'bank_charge', true, false, false, false, false, false, false, true, false, 'none'),
  (46, 'opening', true, false, false, false, false, false, false, false, false, 'free'),
  (47, 'melting', true, false, false, false, false, false, false, true, false, 'redeem'),
  (48, 'hold', false, false, false, false, false, false, true, false, false, 'none'),
  (49, 'hold_capture', false, false, true, false, false, false, false, false, true, 'none'),
  (50, 'hold_release', false, false, false, false, false, false, true, false, false, 'none');
insert into ledger.template (kind, debit, credit) values
  (1, 1, 2), (1, 3, 2),
  (2, 2, 2),
  (3, 1, 1),
  (4, 2, 1), (4, 2, 2), (4, 2, 3),
  (5, 8, 1), (5, 8, 2), (5, 9, 15), (5, 18, 15),
  (6, 9, 19),
  (7, 8, 1), (7, 8, 2), (7, 18, 15), (7, 19, 15), (7, 19, 17),
  (8, 19, 9),
  (9, 33, 32), (9, 33, 34), (9, 33, 35), (9, 33, 37),
  (9, 34, 33), (9, 34, 35), (9, 34, 37), (9, 35, 33), (9, 35, 34), (9, 38, 33),
  (10, 8, 7), (10, 12, 15), (10, 18, 15), (10, 36, 35),
  (11, 8, 1), (11, 8, 2), (11, 12, 15), (11, 18, 15),
  (12, 13, 12),
  (13, 9, 13), (13, 11, 13),
  (14, 9, 11), (14, 11, 14), (14, 14, 12), (14, 14, 13), (14, 28, 14),
  (15, 7, 1), (15, 7, 2), (15, 37, 36),
  (16, 1, 7), (16, 2, 7), (16, 36, 35),
  (17, 9, 17),
  (18, 17, 9),
  (19, 8, 4), (19, 17, 15), (19, 18, 15),
  (20, 4, 3),
  (21, 3, 8), (21, 15, 17), (21, 15, 18),
  (22, 3, 1),
  (23, 8, 3), (23, 8, 4), (23, 9, 15), (23, 17, 15), (23, 18, 15),
  (24, 2, 5),
  (25, 2, 8), (25, 5, 8), (25, 15, 16), (25, 15, 24),
  (26, 11, 9), (26, 16, 9),
  (27, 5, 2), (27, 9, 16),
  (28, 11, 21),
  (29, 1, 8), (29, 2, 8), (29, 11, 9), (29, 15, 21), (29, 29, 21),
  (30, 1, 2), (30, 2, 2),
  (31, 8, 1), (31, 8, 2), (31, 9, 11), (31, 18, 15), (31, 27, 15),
  (32, 9, 10), (32, 10, 9),
  (33, 11, 25),
  (35, 8, 7), (35, 9, 11), (35, 28, 15), (35, 36, 33), (35, 36, 34), (35, 36, 35),
  (36, 7, 8), (36, 11, 9), (36, 15, 28), (36, 33, 36), (36, 34, 36), (36, 35, 36), (36, 37, 36),
  (37, 1, 8), (37, 2, 8), (37, 9, 11), (37, 14, 9), (37, 15, 9), (37, 15, 18),
  (38, 11, 9), (38, 15, 26),
  (39, 2, 8), (39, 15, 9), (39, 15, 16),
  (40, 1, 6), (40, 3, 6), (40, 6, 8), (40, 9, 11), (40, 15, 16), (40, 18, 16), (40, 29, 16),
  (41, 1, 1), (41, 1, 2),
  (42, 7, 8), (42, 11, 9), (42, 12, 26), (42, 15, 26), (42, 36, 35), (42, 37, 36),
  (43, 9, 18), (43, 18, 9),
  (44, 11, 14), (44, 11, 22), (44, 11, 23), (44, 11, 24), (44, 30, 11), (44, 31, 11),
  (45, 9, 11), (45, 31, 9),
  (46, 8, 1), (46, 8, 2), (46, 8, 3), (46, 8, 7),
  (46, 9, 15), (46, 9, 17), (46, 9, 18), (46, 9, 19), (46, 9, 20),
  (46, 10, 15), (46, 10, 17), (46, 10, 18), (46, 10, 19), (46, 10, 20),
  (46, 11, 20), (46, 12, 15), (46, 12, 17), (46, 12, 18), (46, 12, 19), (46, 12, 20),
  (46, 33, 32), (46, 35, 32), (46, 36, 32),
  (47, 1, 8), (47, 2, 8), (47, 11, 9), (47, 15, 26),
  (48, 1, 5), (48, 2, 5),
  (49, 1, 2), (49, 2, 2), (49, 5, 1), (49, 5, 2),
  (50, 5, 1), (50, 5, 2);
update ledger.kind k
   set pairs = (
     select coalesce(
       bit_or(set_bit(0::bit(1600), t.debit * 40 + t.credit, 1)), 0::bit(1600))
       from ledger.template t where t.kind = k.id);

-- The issuer's own accounts: one per class, the id of the class; one per note and place of notes.
insert into ledger.account (id, class, commodity, side)
select c.id, c.id, case split_part(c.code, '.', 1) when 'EUR' then 1 else 2 end, c.side
  from ledger.class c
 where c.id in (7, 8, 9, 10, 11, 13, 15, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
insert into ledger.account (id, class, commodity, side)
select 100 * n.id + c.id, c.id, n.id, c.side
  from ledger.class c, ledger.commodity n
 where n.face is not null and c.id in (32, 33, 34, 36, 38);

insert into ledger.chain_link
values (0, 0, '-infinity', 0, 0, 0, 0, sha256('bousol ledger chain 1'));
