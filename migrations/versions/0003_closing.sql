-- Closing what may happen once, the clock of a demo, and what a merchant owes a public body.
-- Run as the owner after 0002. No table of the chain changes.

-- What may happen once and shall not any more: a request, an order that was cancelled ------------

create table ledger.closed_once (
  once uuid primary key,
  at timestamptz not null
);

-- A clock that only a demo moves ------------------------------------------------------------------

alter table ledger.scheme
  add column demo boolean not null default false,        -- nobody's money: its clock may be moved
  add column clock_ahead interval not null default '0',  -- of the server's clock; below 0: behind
  add check (demo or clock_ahead = '0'),
  add check (clock_ahead between '-20 years' and '20 years');

-- A merchant pays a public body (F-29) ------------------------------------------------------------

insert into ledger.template (kind, debit, credit) values (40, 2, 6);
update ledger.kind set pairs = set_bit(pairs, 2 * 40 + 6, 1) where id = 40;

-- What the service looks for ----------------------------------------------------------------------

create index journal_document on ledger.journal (document, seq) where document is not null;
create index refusal_party on ledger.refusal (party, at);
