-- A row of the journal before its first entry, after entry $1 bigint, or of no entry at all.
select 'journal' as "table", seq, null::smallint as position from ledger.journal where seq < 1 or seq > $1
union all
select 'journal_more', seq, position from ledger.journal_more where seq < 1 or seq > $1
 limit 1
