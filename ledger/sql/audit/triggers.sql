-- The triggers of the schema ledger that fire.
select c.relname::text as on_table, t.tgname::text as name
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
 where c.relnamespace = 'ledger'::regnamespace
   and not t.tgisinternal and t.tgenabled in ('O', 'A')
