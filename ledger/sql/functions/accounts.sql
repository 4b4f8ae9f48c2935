-- Accounts, lots, cards: what may be opened and changed without moving money. Whoever changes what
-- ledger.post reads takes the lock of posting first, so that a status told as set holds for every
-- later entry.

-- A new account with a balance of 0 and a floor of 0: nobody is lent money by opening an account.
-- Opening it again is no act. Of the classes of which the issuer has its one account (and one per
-- note) no second one is opened.
create or replace function ledger.open_account(
  id bigint, class smallint, commodity smallint,
  party bigint default null, label text default null, ceiling bigint default null,
  rule bigint default null, expires timestamptz default null) returns bigint
language plpgsql security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_variable
declare
  chosen ledger.class;
begin
  select * into chosen from class c where c.id = class;
  if not found or id < 1000
     or split_part(chosen.code, '.', 1) is distinct from
        (select rtrim(c.code, '0123456789') from commodity c where c.id = commodity)
     or (class = 3) <> (rule is not null and expires is not null)
     or exists (select from account a
                 where a.id < 1000 and a.class = class and a.commodity = commodity) then
    raise exception 'no account of class % in commodity %', class, commodity
      using errcode = 'check_violation';
  end if;
  insert into account (id, class, commodity, side, party, label, ceiling, rule, expires)
  values (id, class, commodity, chosen.side, party, label, ceiling, rule, expires)
      on conflict on constraint account_pkey do nothing;
  if not exists (select from account a
                  where a.id = open_account.id
                    and a.class = open_account.class
                    and a.commodity = open_account.commodity
                    and a.party is not distinct from open_account.party
                    and a.label is not distinct from open_account.label
                    and a.rule is not distinct from open_account.rule) then
    raise exception 'account % exists and is another', id using errcode = 'unique_violation';
  end if;
  return id;
end $$;

-- 0 open, 1 receives nothing, 2 frozen, 3 closed for good (balance 0).
create or replace function ledger.set_status(account bigint, status smallint) returns boolean
language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  update account a set status = set_status.status where a.id = set_status.account and a.status <> 3;
  return found;
end $$;

-- How much a purchase or a person may bring an account to; null: no limit.
create or replace function ledger.set_ceiling(account bigint, ceiling bigint) returns boolean
language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  update account a set ceiling = set_ceiling.ceiling where a.id = set_ceiling.account;
  return found;
end $$;

-- A lot ends later than it did; never earlier.
create or replace function ledger.extend_lot(lot bigint, expires timestamptz) returns boolean
language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  update account a set expires = extend_lot.expires
   where a.id = extend_lot.lot and a.class = 3 and a.expires < extend_lot.expires;
  return found;
end $$;

-- Which acceptors a rule allows: `accepted` or not.
-- What it allowed before stays known, for the audit.
create or replace function ledger.put_acceptance(rule bigint, acceptors bigint[], accepted boolean)
returns void language plpgsql security definer set search_path = ledger, pg_temp as $$
declare
  head bigint;
begin
  perform pg_advisory_xact_lock(20210917);
  head := (select max(last_seq) from chain_link);
  if put_acceptance.accepted then
    insert into acceptance (rule, account, after_seq)
    select distinct put_acceptance.rule, acceptor, head from unnest(acceptors) acceptor
     where not ledger.accepted(put_acceptance.rule, acceptor)
        on conflict on constraint acceptance_pkey do update set until_seq = null;
  else
    update acceptance x set until_seq = head
     where x.rule = put_acceptance.rule and x.account = any (acceptors) and x.until_seq is null;
  end if;
end $$;

-- A card that pays for a party: 0 usable, 1 blocked.
-- A blocked card is never usable again: a new one is issued.
create or replace function ledger.put_card(card bigint, party bigint, status smallint)
returns boolean language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_advisory_xact_lock(20210917);
  insert into card as x (id, party, status)
  values (put_card.card, put_card.party, put_card.status)
      on conflict (id) do update set status = greatest(x.status, excluded.status)
         where x.party = excluded.party;
  return found;
end $$;
