-- The columns of the table $1 text of the schema ledger, in order, with the OID of their type.
select attname::text as name, atttypid::bigint as type
  from pg_attribute
 where attrelid = ('ledger.' || $1)::regclass and attnum > 0 and not attisdropped
 order by attnum
