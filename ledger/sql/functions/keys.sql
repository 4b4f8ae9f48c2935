-- "Did it go through?", and if not, never: a late arrival of this key is refused (key_closed).
create or replace function ledger.close_key(party bigint, key uuid, out code text, out number bigint, out posted timestamptz, out payer_balance bigint)
language plpgsql security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_column
begin
  perform pg_advisory_xact_lock(20210917);
  select j.seq, j.posted_at, j.debit_balance into number, posted, payer_balance
    from journal j where j.key = close_key.key and j.party = close_key.party;
  if found then return; end if;
  insert into refusal values (close_key.key, close_key.party, null, 'key_closed', clock_timestamp()) on conflict do nothing;
  select f.code, f.at into code, posted from refusal f where f.key = close_key.key and f.party = close_key.party;
end $$;

-- Whoever got an answer to this knows that every commit before it is as durable as its own: a WAL record, committed.
create or replace function ledger.barrier() returns bigint
language plpgsql security definer set search_path = ledger, pg_temp as $$
begin
  perform pg_logical_emit_message(true, 'ledger', 'barrier');
  return (select max(last_seq) from chain_link);
end $$;
