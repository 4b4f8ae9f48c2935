-- The unique indexes of the schema ledger, and whether each is in force.
select c.relname::text as name, i.indisvalid and i.indisready as sound,
       pg_get_indexdef(c.oid) as definition
  from pg_index i join pg_class c on c.oid = i.indexrelid
 where c.relnamespace = 'ledger'::regnamespace and i.indisunique
