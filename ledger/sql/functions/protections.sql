-- What the tables refuse whoever asks: history is append-only, written by the posting functions
-- alone, and a balance moves because transfers were written, never by itself.

create or replace function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'history of % is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

-- Rows of history come from ledger.post, ledger.close_key and ledger.close_once: an INSERT from
-- anywhere else is refused, the owner's too.
create or replace function ledger.refuse_other_writers() returns trigger language plpgsql as $$
declare
  calls text;
begin
  get diagnostics calls = pg_context;
  if calls !~ '\m(post|close_key|close_once)\(' then
    raise exception '% is written by ledger.post alone', tg_table_name
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;

-- New transfers must continue each account exactly where it stands; then, and only then, the
-- account moves.
create or replace function ledger.apply_transfers() returns trigger language plpgsql
set search_path = ledger, pg_temp
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  touched bigint;
  continued bigint;
begin
  with later as materialized (                           -- ordered, so that the primary key is read
    select * from journal_more where seq >= (select min(seq) from fresh) order by seq, position
  ), leg as (
    select debit as account, debit_version as version, debit_balance as balance, amount as moved
      from fresh
    union all
    select credit, credit_version, credit_balance, -amount from fresh
    union all
    select debit, debit_version, debit_balance, amount from later
    union all
    select credit, credit_version, credit_balance, -amount from later
  ), step as (
    select *, row_number() over one as nth,
           balance - lag(balance) over one as rise,
           lead(version) over one is null as last
      from leg window one as (partition by account order by version)
  ), run as materialized (
    select account, min(version - nth) as before, max(version - nth) as before_too,
           max(version) filter (where last) as version,
           max(balance) filter (where last) as balance,
           max(balance - moved) filter (where nth = 1) as before_debit,
           bool_and(rise = moved) as rose,
           max(balance + moved) filter (where nth = 1) as before_credit,
           bool_and(rise = -moved) as fell
      from step group by account
  ), done as (
    update account a set version = r.version, balance = r.balance
      from run r
     where a.id = r.account and a.version = r.before and a.version = r.before_too
       and a.balance = case a.side when 1 then r.before_debit else r.before_credit end
       and case a.side when 1 then r.rose else r.fell end is not false
    returning 1
  )
  select (select count(*) from run), (select count(*) from done) into touched, continued;
  if touched <> continued then
    raise exception 'transfers do not continue % account(s)', touched - continued
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;

-- The scheme is fixed at the first issue: afterwards another rate or policy would break the law
-- for every holder.
create or replace function ledger.refuse_other_scheme() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or exists (select from ledger.chain_link where issued > 0) then
    raise exception 'the scheme is fixed since the first issue'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- The clock of a demo goes forward only, and only an empty ledger becomes a demo.
create or replace function ledger.refuse_other_clock() returns trigger language plpgsql as $$
begin
  if exists (select from ledger.journal)
     and (new.demo <> old.demo or new.clock_ahead < old.clock_ahead) then
    raise exception 'the clock of a ledger in use goes forward only, and only in a demo'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create or replace trigger append_only before update or delete or truncate on ledger.journal
  for each statement execute function ledger.refuse_change();
create or replace trigger append_only before update or delete or truncate on ledger.journal_more
  for each statement execute function ledger.refuse_change();
create or replace trigger append_only before update or delete or truncate on ledger.refusal
  for each statement execute function ledger.refuse_change();
create or replace trigger append_only before update or delete or truncate on ledger.closed_once
  for each statement execute function ledger.refuse_change();
create or replace trigger append_only before update or delete or truncate on ledger.chain_link
  for each statement execute function ledger.refuse_change();
create or replace trigger append_only before update or delete or truncate on ledger.policy
  for each statement execute function ledger.refuse_change();

create or replace trigger one_writer before insert on ledger.journal
  for each statement execute function ledger.refuse_other_writers();
create or replace trigger one_writer before insert on ledger.journal_more
  for each statement execute function ledger.refuse_other_writers();
create or replace trigger one_writer before insert on ledger.refusal
  for each statement execute function ledger.refuse_other_writers();
create or replace trigger one_writer before insert on ledger.closed_once
  for each statement execute function ledger.refuse_other_writers();
create or replace trigger one_writer before insert on ledger.chain_link
  for each statement execute function ledger.refuse_other_writers();

create or replace trigger continuity after insert on ledger.journal referencing new table as fresh
  for each statement execute function ledger.apply_transfers();
create or replace trigger moved_by_transfers before update of balance, version on ledger.account
  for each statement when (pg_trigger_depth() = 0) execute function ledger.refuse_change();
create or replace trigger never_changed
  before update of id, class, commodity, side, floor, rule, party on ledger.account
  for each statement execute function ledger.refuse_change();
create or replace trigger never_removed before delete or truncate on ledger.account
  for each statement execute function ledger.refuse_change();

create or replace trigger never_removed before delete or truncate on ledger.acceptance
  for each statement execute function ledger.refuse_change();
create or replace trigger never_changed
  before update of rule, account, after_seq on ledger.acceptance
  for each statement execute function ledger.refuse_change();

create or replace trigger fixed_rate
  before update of rate_issued, rate_paid, tranche, redemption on ledger.scheme
  for each row execute function ledger.refuse_other_scheme();
create or replace trigger demo_clock before update of demo, clock_ahead on ledger.scheme
  for each row execute function ledger.refuse_other_clock();
create or replace trigger never_removed before delete or truncate on ledger.scheme
  for each statement execute function ledger.refuse_other_scheme();
