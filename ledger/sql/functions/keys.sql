-- "Did it go through?", and if not, never: a late arrival of this key is refused (key_closed).
-- With a request and a code: the refusal of an entry that was undone together with its caller's
-- own rows.
create or replace function ledger.close_key(
  party bigint, key uuid, request bytea default null, refused text default 'key_closed',
  out code text, out number bigint, out posted timestamptz, out payer_balance bigint,
  out entry uuid)
language plpgsql security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_column
begin
  perform read_committed();
  perform pg_advisory_xact_lock(20210917);
  -- What is only found must be as durable as what is written: a record in the log, for which
  -- the commit waits.
  perform pg_logical_emit_message(true, 'ledger', 'closed');
  select j.seq, j.posted_at, j.debit_balance, j.id into number, posted, payer_balance, entry
    from journal j where j.key = close_key.key and j.party = close_key.party;
  if found then return; end if;
  insert into refusal
  values (close_key.key, close_key.party, close_key.request, close_key.refused, clock())
      on conflict do nothing;
  select f.code, f.at into code, posted
    from refusal f where f.key = close_key.key and f.party = close_key.party;
end $$;

-- What may happen once shall not happen any more: a late arrival of this once is refused
-- (once_closed). The entry that bears it already, if there is one, is answered instead, and nothing
-- is closed; again is no act.
create or replace function ledger.close_once(
  once uuid, out number bigint, out entry uuid, out posted timestamptz)
language plpgsql security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_column
begin
  perform read_committed();
  perform pg_advisory_xact_lock(20210917);
  perform pg_logical_emit_message(true, 'ledger', 'once');
  select j.seq, j.id, j.posted_at into number, entry, posted
    from journal j where j.once = close_once.once;
  if found then return; end if;
  insert into closed_once values (close_once.once, clock()) on conflict do nothing;
end $$;

-- Whoever got an answer to this knows that every commit before it is as durable as its own: a WAL
-- record, committed.
create or replace function ledger.barrier() returns bigint
language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_logical_emit_message(true, 'ledger', 'barrier');
  return (select max(last_seq) from chain_link);
end $$;

-- Post entries that must all stand with their caller's own rows: one refused, or answered before,
-- undoes the transaction. The caller learns which by the message (the code, or 'replayed') and the
-- detail (the key).
create or replace function ledger.post_whole(
  accounts bigint[], kinds smallint[],
  e_id uuid[], e_party bigint[], e_key uuid[], e_request bytea[], e_kind int[],
  e_once uuid[], e_document uuid[], e_origin bigint[], e_remainder bigint[], e_lines int[],
  e_policy smallint[], e_effective date[], e_not_after timestamptz[], e_replan boolean[],
  e_card bigint[], e_pin boolean[], e_guarded int[], e_version bigint[], e_last int[],
  t_debit int[], t_credit int[], t_amount bigint[]) returns void
language plpgsql security definer set search_path = ledger, pg_temp as $$
declare
  answer record;
begin
  select * into answer from post(
    accounts, kinds,
    e_id, e_party, e_key, e_request, e_kind,
    e_once, e_document, e_origin, e_remainder, e_lines,
    e_policy, e_effective, e_not_after, e_replan,
    e_card, e_pin, e_guarded, e_version, e_last,
    t_debit, t_credit, t_amount);
  for i in 1 .. cardinality(e_id) loop
    if answer.refused[i] is not null or answer.posted_before[i] is not null then
      raise exception using
        errcode = 'BS001', message = coalesce(answer.refused[i], 'replayed'), detail = e_key[i];
    end if;
  end loop;
end $$;
