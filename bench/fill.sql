-- Filling a ledger for the growth benchmark: so many payments written as a set, every invariant
-- kept (numbers, versions, balances, links with their hashes). The owner switches the triggers off
-- before and on again afterwards.
create schema if not exists bench;

-- A chunk of payments, from random wallets to random merchants, in links of 128.
create or replace function bench.fill(entries int) returns void language plpgsql
set search_path = ledger, pg_temp set jit = off as $$
declare
  each constant int := 128;
  head chain_link;
  at timestamptz;
  first bigint;
  last bigint;
begin
  perform pg_advisory_xact_lock(20210917);
  select * into head from chain_link order by last_seq desc limit 1;
  at := greatest(clock_timestamp(), head.posted_at);
  insert into journal
  with drawn as materialized (
    select i,
           1000 + floor(random() * 9000)::bigint as payer,
           10000 + floor(random() * 1000)::bigint as payee,
           1 + floor(random() * 9)::int as amount
      from generate_series(1, entries) i
  )
  select head.last_seq + i, payer, payer, payee, amount,
         p.balance - sum(amount) over paid, m.balance + sum(amount) over received,
         p.version + row_number() over paid, m.version + row_number() over received,
         at + ((i - 1) / each) * interval '1 microsecond', uuidv7(), uuidv7(),
         (at at time zone 'Europe/Paris')::date, 1, 1, 1,
         uuid_send(gen_random_uuid()), uuidv7()
    from drawn join account p on p.id = payer join account m on m.id = payee
  window paid as (partition by payer order by i), received as (partition by payee order by i)
   order by i;

  update account a set balance = s.balance, version = s.version
    from (select distinct on (debit)
                 debit as id, debit_balance as balance, debit_version as version
            from journal where seq > head.last_seq order by debit, debit_version desc) s
   where a.id = s.id;
  update account a set balance = s.balance, version = s.version
    from (select distinct on (credit)
                 credit as id, credit_balance as balance, credit_version as version
            from journal where seq > head.last_seq order by credit, credit_version desc) s
   where a.id = s.id;

  first := head.last_seq + 1;
  while first <= head.last_seq + entries loop
    last := least(first + each - 1, head.last_seq + entries);
    insert into chain_link
    select last, first, j.posted_at, head.debt, head.issued, head.remainder, head.reserve,
           link_hash(l.hash, first, last, j.posted_at,
                     head.debt, head.issued, head.remainder, head.reserve)
      from journal j, (select hash from chain_link order by last_seq desc limit 1) l
     where j.seq = first;
    first := last + 1;
  end loop;
end $$;
