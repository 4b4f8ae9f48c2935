-- What the association decides: the scheme, dated policies, stop switches, closed periods.

-- Rate and redemption policy, before the first issue: more is issued than paid, in whole tranches.
-- A sponsored scheme needs its monthly cap on the bonus (domain model 3.2).
create or replace function ledger.fix_scheme(rate_issued int, rate_paid int, redemption text)
returns void language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  if fix_scheme.redemption = 'sponsored'
     and not exists (select from policy p
                      where p.valid_from <= clock()
                        and p.settings ? 'bonus_month_max_cents') then
    raise exception
      'a sponsored scheme needs its guards: put a policy with bonus_month_max_cents first'
      using errcode = 'check_violation';
  end if;
  if (0 < fix_scheme.rate_paid and fix_scheme.rate_paid < fix_scheme.rate_issued
      and (select s.tranche % fix_scheme.rate_paid = 0 from scheme s)) is not true then
    raise exception 'no scheme issues % for %', fix_scheme.rate_issued, fix_scheme.rate_paid
      using errcode = 'check_violation';
  end if;
  update scheme set rate_issued = fix_scheme.rate_issued,
                    rate_paid = fix_scheme.rate_paid,
                    redemption = fix_scheme.redemption;
end $$;

-- The next version of the policies.
-- Proposed by one person, confirmed by another, never in the past.
create or replace function ledger.put_policy(
  valid_from timestamptz, wallet_mode text, comptoir_mode text, commission_ppm int, settings jsonb,
  author bigint, confirmer bigint)
returns smallint language plpgsql security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_variable
declare
  put smallint;
begin
  perform pg_advisory_xact_lock(20210917);
  -- The instant at which the transaction began is no past one for who asks in it.
  if valid_from < clock() - (clock_timestamp() - transaction_timestamp()) then
    raise exception 'a policy takes effect at a future instant' using errcode = 'check_violation';
  end if;
  insert into policy (version, valid_from, wallet_mode, comptoir_mode, commission_ppm, settings,
                      author, confirmer)
  select max(p.version) + 1, put_policy.valid_from, put_policy.wallet_mode,
         put_policy.comptoir_mode, put_policy.commission_ppm, put_policy.settings,
         put_policy.author, put_policy.confirmer
    from policy p
  returning policy.version into put;
  return put;
end $$;

-- Stop or start kinds of entries; no kind named: everything.
create or replace function ledger.set_switch(kinds smallint[], stopped boolean) returns void
language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  if kinds is null then
    update scheme set stopped = set_switch.stopped;
  else
    update kind k set stopped = set_switch.stopped where k.id = any (kinds);
  end if;
end $$;

-- Close the books before a civil day; a closed period stays closed.
create or replace function ledger.close_period(before date) returns void
language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  update scheme set closed_before = greatest(closed_before, close_period.before);
end $$;

-- An empty ledger becomes a demo, whose clock may be moved; it may begin in the past.
-- The owner's alone.
create or replace function ledger.mark_demo(ahead interval default '0') returns void
language plpgsql set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  if exists (select from journal) then
    raise exception 'a ledger with entries never becomes a demo' using errcode = 'restrict_violation';
  end if;
  update scheme set demo = true, clock_ahead = mark_demo.ahead;
end $$;

-- A demo's clock goes forward: how far ahead of the server's it is. The owner's alone.
create or replace function ledger.move_clock(ahead interval) returns void
language plpgsql set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  if (select not s.demo or move_clock.ahead < s.clock_ahead from scheme s) then
    raise exception 'a clock goes forward only, and only in a demo'
      using errcode = 'restrict_violation';
  end if;
  update scheme set clock_ahead = move_clock.ahead;
end $$;
