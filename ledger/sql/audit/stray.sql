-- A row of the journal before its first entry or after entry $1 bigint.
select 'journal' as of_table, seq, null::smallint as position
  from ledger.journal where seq < 1 or seq > $1
union all
select 'journal_more', seq, position from ledger.journal_more where seq < 1 or seq > $1
 limit 1
