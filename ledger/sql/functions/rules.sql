-- The rules ledger.post asks for only when an entry needs them; each answers NULL or the code of
-- a refusal.

-- Who answers for a key must see what was committed before it had the lock: a transaction with an
-- older snapshot may not.
create or replace function ledger.read_committed() returns void language plpgsql stable as $$
begin
  if current_setting('transaction_isolation') in ('repeatable read', 'serializable') then
    raise exception 'the ledger is written in READ COMMITTED'
      using errcode = 'invalid_transaction_state';
  end if;
end $$;

-- What time the ledger has: the server's, unless a demo's clock was moved (ledger.move_clock).
create or replace function ledger.clock() returns timestamptz
language sql stable set search_path = ledger, pg_temp
return clock_timestamp() + (select s.clock_ahead from ledger.scheme s);

-- A rule of a programme accepts this acceptor.
create or replace function ledger.accepted(rule bigint, acceptor bigint) returns boolean
language sql stable set search_path = ledger, pg_temp
return exists (
  select from ledger.acceptance a
   where a.rule = accepted.rule and a.account = accepted.acceptor and a.until_seq is null);

-- What a refund or a reversal may do to the entry it names.
-- `debits` and `credits` are positions in `accounts`.
-- A refund goes back from who was paid, to who paid, never more than this account paid and has not
-- got back (F-09, F-16).
-- A reversal is the exact mirror, once, never of a reversal, never beside a refund, while the
-- period is open (F-24).
create or replace function ledger.check_origin(
  kind smallint, origin bigint, remainder bigint, closed_before date,
  accounts bigint[], debits int[], credits int[], amounts bigint[])
returns text language plpgsql stable set search_path = ledger, pg_temp as $$
#variable_conflict use_variable
declare
  this ledger.kind;
  first record;
  followed record;
begin
  select * into this from kind k where k.id = check_origin.kind;
  if origin is null then return 'origin_missing'; end if;
  select j.seq, j.effective, j.remainder, k.refundable, k.reversible into first
    from journal j join kind k on k.id = j.kind where j.seq = origin;
  if not found then return 'unknown_origin'; end if;
  select coalesce(bool_or(k.reverses), false) as reversed,
         coalesce(bool_or(k.restores), false) as refunded into followed
    from journal j join kind k on k.id = j.kind where j.origin = check_origin.origin;
  if followed.reversed then return 'already_reversed'; end if;
  if this.restores then
    return case
      when not first.refundable then 'not_refundable'
      when exists (
        select from unnest(debits) d
         where not exists (
           select from transfer t where t.seq = origin and t.credit = accounts[d])
      ) then 'not_the_payee'
      when exists (
        select from (select accounts[c] as account, sum(a) as back
                       from unnest(credits, amounts) u(c, a) group by 1) wanted
         where back > (select coalesce(sum(t.amount), 0) from transfer t
                        where t.seq = origin and t.debit = wanted.account)
                    - (select coalesce(sum(t.amount), 0)
                         from journal j join transfer t on t.seq = j.seq
                        where j.origin = check_origin.origin and t.credit = wanted.account)
      ) then 'refund_too_large'
    end;
  end if;
  return case
    when not first.reversible then 'not_reversible'
    when followed.refunded then 'already_refunded'
    when first.effective < closed_before then 'origin_period_closed'
    when remainder <> -coalesce(first.remainder, 0) or (
      select array_agg(row(t.credit, t.debit, t.amount) order by t.position desc)
        from transfer t where t.seq = origin
    ) is distinct from (
      select array_agg(row(accounts[d], accounts[c], a) order by n)
        from unnest(debits, credits, amounts) with ordinality u(d, c, a, n)
    ) then 'not_the_mirror'
  end;
end $$;

-- A card pays when it is usable and, without its PIN, within what one payment and all since the
-- last PIN may reach.
create or replace function ledger.check_card(
  card bigint, party bigint, pin boolean, paid numeric, each_max bigint, sum_max bigint)
returns text language plpgsql stable set search_path = ledger, pg_temp as $$
#variable_conflict use_variable
declare
  this ledger.card;
begin
  select * into this from card x where x.id = check_card.card and x.party = check_card.party;
  return case
    when not found or this.status <> 0 then 'card_blocked'
    when pin then null
    when paid > each_max or this.spent + paid > sum_max then 'pin_needed'
  end;
end $$;

-- What a card spent since its PIN: nothing after a payment with it, more after one without.
create or replace function ledger.card_spent(card bigint, pin boolean, paid numeric)
returns void language sql set search_path = ledger, pg_temp
begin atomic
  update ledger.card x
     set spent = case when card_spent.pin then 0
                      else x.spent + card_spent.paid end
   where x.id = card_spent.card;
end;

-- The conservation law after an entry, and the bound of the remainder it declares (domain model
-- 3.1, invariants 2 and 6). Amounts are capped so that the law itself cannot overflow.
create or replace function ledger.check_law(
  redemption text, rate_issued int, rate_paid int,
  debt bigint, issued bigint, remainder bigint, reserve bigint,
  rounding text, declared bigint, lines int, conversions int,
  paid bigint, tranche bigint, mode text, closed_before date)
returns text language plpgsql stable set search_path = ledger, pg_temp as $$
begin
  return case
    when debt not between 0 and 10000000000000000
      or issued not between 0 and 10000000000000000 then 'law_broken'
    when lines < 1
      or (rounding not in ('batch', 'mirror')
          and lines > greatest(conversions, 1)) then 'malformed_entry'
    when not case
      when redemption = 'sponsored' then declared = 0
      when rounding = 'none' then declared = 0
      when rounding in ('issue', 'comptoir') and mode = 'tranche' and conversions > 0
        then declared = (paid % tranche) * (rate_issued - rate_paid)
      when rounding = 'batch' and mode = 'tranche'
        then declared between 0 and (tranche - 1) * (rate_issued - rate_paid) * lines
      when rounding in ('issue', 'comptoir', 'batch')
        then declared between 0 and (rate_paid - 1) * lines::bigint
      when rounding in ('redeem', 'loss')
        then declared between 0 and (rate_issued - 1) * lines::bigint
      when rounding = 'sweep' then declared = -rate_issued * paid
      when rounding = 'mirror' then true             -- compared with the original in check_origin
      when rounding = 'free' then declared >= 0
      else false
    end then 'remainder_out_of_bounds'
    when redemption = 'sponsored' and debt <> issued then 'law_broken'
    when redemption = 'symmetric'
      and rate_issued * debt - rate_paid * issued <> remainder then 'law_broken'
    when remainder < 0 then 'law_broken'
    when rounding = 'sweep' and remainder < ledger.claimable(closed_before) then 'sweep_too_large'
    when reserve < debt then 'reserve_short'
  end;
end $$;

-- What the reversals that are still possible may claim back from R, in 1/21 of a euro-cent.
create or replace function ledger.claimable(closed_before date) returns bigint
language sql stable set search_path = ledger, pg_temp
return (
  select coalesce(sum(j.remainder), 0)::bigint
    from ledger.journal j join ledger.kind k on k.id = j.kind
   where j.remainder > 0 and j.effective >= claimable.closed_before and k.reversible
     and not exists (select from ledger.journal r where r.origin = j.seq));

-- The hash of a link: the one before, what the link says, then the rows it covers
-- (docs/reference/chain.md). record_send writes the number of fields, then for each its type, its
-- length (-1 for null) and its value in network order.
create or replace function ledger.link_hash(
  before bytea, first_seq bigint, last_seq bigint, posted_at timestamptz,
  debt bigint, issued bigint, remainder bigint, reserve bigint)
returns bytea language sql stable set search_path = ledger, pg_temp
return sha256('bousol link 1'::bytea || before
    || record_send(row(first_seq, last_seq, posted_at, debt, issued, remainder, reserve))
    || (select string_agg(record_send(j), ''::bytea order by j.seq)
          from ledger.journal j
         where j.seq between link_hash.first_seq and link_hash.last_seq)
    || coalesce((select string_agg(record_send(m), ''::bytea order by m.seq, m.position)
                   from ledger.journal_more m
                  where m.seq between link_hash.first_seq and link_hash.last_seq), ''::bytea));
