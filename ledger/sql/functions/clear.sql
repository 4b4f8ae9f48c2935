-- Functions are replaced whole: what an earlier version left, under other names or with other
-- parameters, goes first, and its triggers with it. The files that follow make all of them again,
-- in the same transaction.
do $$
declare
  name text;
begin
  for name in
    select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'ledger'::regnamespace
  loop
    execute format('drop function if exists %s cascade', name);
  end loop;
end $$;
