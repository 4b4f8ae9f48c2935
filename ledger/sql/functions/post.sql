-- Posting: the one function that moves money.
--
-- A batch holds accounts and kinds (each once), entries (e_…) and transfers (t_…). A transfer names
-- its accounts by their positions, an entry its kind; entry i owns the transfers from the end of
-- entry i-1 up to e_last[i] (NULL: one each). A column of which a batch has no value is NULL as a
-- whole. A (party, key) and a once come at most once a batch: the poster holds the second back
-- until the first is answered.
--
-- Each entry is answered alone: NULL when it stands, with its number and the payer's balance, or
-- the code of its refusal. An entry that stood before this call is answered with the instant and
-- the id it bears in the journal. A key first seen whose entry is refused keeps that refusal for
-- ever, unless the code is 'stopped', 'replan' or 'again'.
create or replace function ledger.post(
  accounts bigint[], kinds smallint[],
  e_id uuid[], e_party bigint[], e_key uuid[], e_request bytea[], e_kind int[],
  e_once uuid[], e_document uuid[], e_origin bigint[], e_remainder bigint[], e_lines int[],
  e_policy smallint[], e_effective date[], e_not_after timestamptz[], e_replan boolean[],
  e_card bigint[], e_pin boolean[], e_guarded int[], e_version bigint[], e_last int[],
  t_debit int[], t_credit int[], t_amount bigint[],
  out refused text[], out number bigint[], out payer_balance bigint[],
  out posted timestamptz, out posted_before timestamptz[], out id_before uuid[])
language plpgsql security definer
set search_path = ledger, pg_temp set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  amount_max constant bigint := 1000000000000;
  entries constant int := cardinality(e_id);
  transfers constant int := coalesce(cardinality(t_amount), 0);
  simple constant boolean := e_last is null;   -- every entry has exactly one transfer
  head chain_link; gate record; hit record; why text; next_seq bigint;
  -- the entry and the transfer that are being decided
  first int; last int := 0; k int; r bigint; policy smallint; d int; c int; amount bigint;
  -- the accounts, by position
  known bigint[]; class smallint[]; commodity smallint[]; side smallint[]; floor_ bigint[];
  ceiling bigint[]; status smallint[]; rule bigint[]; expires timestamptz[]; balance bigint[];
  version bigint[]; highest smallint;
  passing boolean;                             -- a public body is among them
  -- by class: weights in L, C and the reserve
  w_debt smallint[]; w_issued smallint[]; w_reserve smallint[];
  -- the kinds, by position
  kind smallint[]; pairs bit(1600)[]; documented boolean[]; capped boolean[]; spends boolean[];
  lapses boolean[]; linked boolean[]; thaws boolean[]; rounding text[]; stopped boolean[];
  -- L, C, R and the reserve as they stand; whether this entry moves them
  debt bigint; issued bigint; remainder bigint; reserve bigint;
  covered boolean; conversions int; by_card numeric;
  done boolean[];                              -- by entry: its once is taken; false: closed
  origins bigint[] := '{}';                    -- refunded or reversed in this batch already
  -- what will be written
  t_seq bigint[]; t_debit_balance bigint[]; t_credit_balance bigint[];
  t_debit_version bigint[]; t_credit_version bigint[];
  e_first int[]; e_policy_used smallint[]; more boolean := false;
begin
  -- 1. One batch at a time, up to its commit: numbers have no gap and their order is the order of
  --    commits. A transaction that sees the past would decide on it: only READ COMMITTED may post.
  perform read_committed();
  perform pg_advisory_xact_lock(20210917);
  select * into head from chain_link order by last_seq desc limit 1;
  next_seq := head.last_seq;
  debt := head.debt; issued := head.issued;
  remainder := head.remainder; reserve := head.reserve;
  select s.*, now.posted, (now.posted at time zone 'Europe/Paris')::date as today,
         (select max(p.version) from policy p where p.valid_from <= now.posted) as policy,
         (select array_agg(p.wallet_mode order by p.version) from policy p) as wallet_modes,
         (select array_agg(p.comptoir_mode order by p.version) from policy p) as comptoir_modes
    into gate
    from scheme s, lateral (           -- as ledger.clock(), which would cost a look of its own
      select greatest(clock_timestamp() + s.clock_ahead, head.posted_at) as posted) now;
  posted := gate.posted;

  -- 2. Keys seen before: the same answer again. Acts that may happen once and have: already_done.
  --    Those that were closed: once_closed.
  refused := array_fill(null::text, array[entries]);
  number := array_fill(null::bigint, array[entries]);
  payer_balance := number;
  for hit in
    select i, j.request is distinct from e_request[i] as other, null::text as code,
           j.seq, j.posted_at, j.debit_balance, j.id
      from generate_series(1, entries) i
      join journal j on j.key = e_key[i] and j.party = e_party[i]
    union all
    select i, coalesce(f.request <> e_request[i], false), f.code, null, f.at, null, null
      from generate_series(1, entries) i
      join refusal f on f.key = e_key[i] and f.party = e_party[i]
  loop
    posted_before := coalesce(posted_before, array_fill(null::timestamptz, array[entries]));
    id_before := coalesce(id_before, array_fill(null::uuid, array[entries]));
    if hit.other then
      refused[hit.i] := 'key_conflict';
    else
      refused[hit.i] := hit.code; number[hit.i] := hit.seq;
      payer_balance[hit.i] := hit.debit_balance; posted_before[hit.i] := hit.posted_at;
      id_before[hit.i] := hit.id;
    end if;
  end loop;
  if e_once is not null then
    for hit in
      select i, true as done
        from generate_series(1, entries) i join journal j on j.once = e_once[i]
      union all
      select i, false from generate_series(1, entries) i join closed_once x on x.once = e_once[i]
    loop
      done[hit.i] := hit.done;
    end loop;
  end if;

  -- 3. Read the accounts and the kinds. Whoever changes an account holds the lock of paragraph 1:
  --    no row needs its own.
  select array_agg(a.id order by a.id), array_agg(a.class order by a.id),
         array_agg(a.commodity order by a.id), array_agg(a.side order by a.id),
         array_agg(a.floor order by a.id), array_agg(a.ceiling order by a.id),
         array_agg(a.status order by a.id), array_agg(a.rule order by a.id),
         array_agg(a.expires order by a.id), array_agg(a.balance order by a.id),
         array_agg(a.version order by a.id), max(a.class)
    into known, class, commodity, side, floor_, ceiling, status, rule, expires, balance, version,
         highest
    from account a where a.id = any (accounts);
  if known is distinct from accounts then      -- unsorted, or an unknown one: position below 0
    if (select count(a) <> count(distinct a) from unnest(accounts) a) then
      raise exception 'an account comes once a batch' using errcode = 'unique_violation';
    end if;
    select array_agg(coalesce(array_position(known, accounts[d]), -abs(d)) order by n),
           array_agg(coalesce(array_position(known, accounts[c]), -abs(c)) order by n)
      into t_debit, t_credit from unnest(t_debit, t_credit) with ordinality u(d, c, n);
    select array_agg(coalesce(array_position(known, accounts[p]), -abs(p)) order by n)
      into e_guarded from unnest(e_guarded) with ordinality u(p, n);
    accounts := known;
  end if;
  passing := 6 = any (class);
  select array_agg(x.id order by p), array_agg(x.pairs order by p),
         array_agg(x.documented order by p), array_agg(x.capped order by p),
         array_agg(x.spends order by p), array_agg(x.lapses order by p),
         array_agg(x.restores or x.reverses order by p), array_agg(x.thaws order by p),
         array_agg(x.rounding order by p), array_agg(x.stopped order by p)
    into kind, pairs, documented, capped, spends, lapses, linked, thaws, rounding, stopped
    from generate_series(1, cardinality(kinds)) p left join kind x on x.id = kinds[p];
  if highest > 7 then
    select array_agg(x.debt order by x.id), array_agg(x.issued order by x.id),
           array_agg(x.reserve order by x.id)
      into w_debt, w_issued, w_reserve from class x;
  end if;

  -- 4. Decide, one entry after the other; what an accepted one moved is there for the next.
  --    The order of the lines is the order of precedence of the refusals.
  for i in 1 .. entries loop
    first := last + 1;
    last := case when simple then i else e_last[i] end;
    continue when refused[i] is not null or number[i] is not null;
    k := coalesce(e_kind[i], 1);
    r := coalesce(e_remainder[i], 0);
    policy := coalesce(e_policy[i], gate.policy);
    why := case
      when gate.stopped or stopped[k]                                    then 'stopped'
      when kind[k] is null or first < 1
        or last not between first and transfers                          then 'malformed_entry'
      when e_not_after[i] < posted                                       then 'too_late'
      when least(e_effective[i], gate.today) < gate.closed_before        then 'period_closed'
      when done[i]                                                       then 'already_done'
      when not done[i]                                                   then 'once_closed'
      when documented[k] and e_document[i] is null                       then 'document_missing'
      when gate.comptoir_modes[policy] is null                           then 'unknown_policy'
      when e_version[i] is not null
        and version[e_guarded[i]] is distinct from e_version[i]          then 'replan'
      when e_origin[i] = any (origins)                                   then 'again'
      when rounding[k] = 'sweep' and next_seq > head.last_seq            then 'again'
      when linked[k] then check_origin(
        kind[k], e_origin[i], r, gate.closed_before, accounts,
        t_debit[first:last], t_credit[first:last], t_amount[first:last])
      when e_origin[i] is not null                                       then 'malformed_entry'
    end;
    if why is null and e_card[i] is not null then   -- what its holder pays, from wallet and lots
      by_card := (select coalesce(sum(a), 0) from unnest(t_debit[first:last], t_amount[first:last])
                    u(d, a) where class[u.d] <= 3);
      why := check_card(
        e_card[i], e_party[i], e_pin[i], by_card, gate.card_each, gate.card_sum);
    end if;
    covered := false; conversions := 0;
    for t in first .. last loop
      exit when why is not null;
      d := t_debit[t]; c := t_credit[t]; amount := t_amount[t];
      why := case
        when (amount between 1 and amount_max and d <> c) is not true    then 'malformed_amount'
        when class[d] is null or class[c] is null                        then 'unknown_account'
        when get_bit(pairs[k], class[d] * 40 + class[c]) = 0
          and rounding[k] <> 'mirror'                                    then 'not_in_template'
        when commodity[d] <> commodity[c]                                then 'commodity_mismatch'
        when status[d] >= 2 and (status[d] = 3 or not thaws[k])          then 'payer_blocked'
        when status[c] >= 1 and (status[c] >= 2 or not linked[k])        then 'payee_blocked'
        when spends[k] and expires[d] < posted                           then 'lot_expired'
        when spends[k] and rule[d] is not null and class[d] = 3
          and not accepted(rule[d], accounts[c])                         then 'lot_not_accepted'
        when lapses[k] and expires[d] >= posted                          then 'lot_not_expired'
        when balance[d] + side[d] * amount < floor_[d]
          or balance[c] - side[c] * amount < floor_[c]                   then 'insufficient_funds'
        when capped[k] and balance[c] - side[c] * amount > ceiling[c]    then 'ceiling_reached'
      end;
      exit when why is not null;
      balance[d] := balance[d] + side[d] * amount; version[d] := version[d] + 1;
      balance[c] := balance[c] - side[c] * amount; version[c] := version[c] + 1;
      t_debit_balance[t] := balance[d]; t_debit_version[t] := version[d];
      t_credit_balance[t] := balance[c]; t_credit_version[t] := version[c];
      t_seq[t] := next_seq + 1;
      if class[d] > 7 or class[c] > 7 then     -- beyond the holders' own: L, C, the reserve move
        covered := true;
        if class[d] = 8 or class[c] = 8 then conversions := conversions + 1; end if;
        debt := debt + amount * (side[d] * w_debt[class[d]] - side[c] * w_debt[class[c]]);
        issued := issued + amount * (side[d] * w_issued[class[d]] - side[c] * w_issued[class[c]]);
        reserve := reserve
          + amount * (side[d] * w_reserve[class[d]] - side[c] * w_reserve[class[c]]);
      end if;
    end loop;
    if why is null and (covered or r <> 0) then   -- 21 L - 20 C = R >= 0, or L = C; reserve >= L
      why := check_law(
        gate.redemption, gate.rate_issued, gate.rate_paid, debt, issued, remainder + r, reserve,
        rounding[k], r, coalesce(e_lines[i], 1), conversions, t_amount[first], gate.tranche,
        case rounding[k] when 'comptoir' then gate.comptoir_modes[policy]
                         else gate.wallet_modes[policy] end,
        gate.closed_before);
    end if;
    if why is null and passing then            -- what passes through a public body has left it
      for t in first .. last loop
        c := t_credit[t];
        if class[c] = 6 and balance[c] <> 0 then why := 'not_passed_on'; end if;
      end loop;
    end if;
    if why is null then
      next_seq := next_seq + 1;
      remainder := remainder + r;
      number[i] := next_seq;
      payer_balance[i] := t_debit_balance[first];
      e_first[i] := first; e_policy_used[i] := policy;
      more := more or last > first;
      if e_origin[i] is not null then origins := origins || e_origin[i]; end if;
      if e_card[i] is not null then
        perform card_spent(e_card[i], e_pin[i], by_card);
      end if;
    else                                       -- refused alone: undo what this entry did
      for t in reverse least(last, transfers) .. greatest(first, 1) loop
        continue when t_seq[t] is null;
        d := t_debit[t]; c := t_credit[t]; amount := t_amount[t]; t_seq[t] := null;
        balance[d] := balance[d] - side[d] * amount; version[d] := version[d] - 1;
        balance[c] := balance[c] + side[c] * amount; version[c] := version[c] - 1;
        if class[d] > 7 or class[c] > 7 then
          debt := debt - amount * (side[d] * w_debt[class[d]] - side[c] * w_debt[class[c]]);
          issued := issued
            - amount * (side[d] * w_issued[class[d]] - side[c] * w_issued[class[c]]);
          reserve := reserve
            - amount * (side[d] * w_reserve[class[d]] - side[c] * w_reserve[class[c]]);
        end if;
      end loop;
      if e_replan[i] and why in ('insufficient_funds', 'lot_not_accepted', 'lot_expired') then
        why := 'replan';
      end if;
      refused[i] := why;
      if why not in ('stopped', 'replan', 'again') then
        if (select count(*) from unnest(e_key, e_party) u(key, party)
             where u.key = e_key[i] and u.party = e_party[i]) > 1 then
          raise exception 'a key comes at most once a batch' using errcode = 'unique_violation';
        end if;
        insert into refusal values (e_key[i], e_party[i], e_request[i], why, posted);
      end if;
    end if;
  end loop;
  if next_seq = head.last_seq then
    -- An answer given again must be as durable as a new one: without a record in the log, no
    -- commit waits for a standby.
    if posted_before is not null then
      perform pg_logical_emit_message(true, 'ledger', 'replay');
    end if;
    return;
  end if;

  -- 5. Write: later transfers, then the entries (which moves the accounts, see apply_transfers),
  --    one link over all of it.
  if more then
    insert into journal_more
    select t_seq[t], t - e_first[i] + 1, accounts[t_debit[t]], accounts[t_credit[t]], t_amount[t],
           t_debit_balance[t], t_credit_balance[t], t_debit_version[t], t_credit_version[t]
      from generate_series(1, entries) i, generate_series(e_first[i] + 1, e_last[i]) t
     where e_first[i] is not null;
  end if;
  insert into journal
  select number[i], e_party[i], accounts[t_debit[e_first[i]]], accounts[t_credit[e_first[i]]],
         t_amount[e_first[i]], t_debit_balance[e_first[i]], t_credit_balance[e_first[i]],
         t_debit_version[e_first[i]], t_credit_version[e_first[i]], posted, e_id[i], e_key[i],
         coalesce(e_effective[i], gate.today), kind[coalesce(e_kind[i], 1)], e_policy_used[i],
         case when simple then 1 else e_last[i] - e_first[i] + 1 end, e_request[i], e_once[i],
         e_document[i], e_origin[i], e_card[i], nullif(e_remainder[i], 0), nullif(e_lines[i], 1)
    from generate_series(1, entries) i
   where e_first[i] is not null;
  insert into chain_link values (
    next_seq, head.last_seq + 1, posted, debt, issued, remainder, reserve,
    link_hash(head.hash, head.last_seq + 1, next_seq, posted, debt, issued, remainder, reserve));
end $$;
