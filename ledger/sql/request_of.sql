-- What a key was used for, by its hash; no row when nothing was. $1 party bigint, $2 key uuid.
select request from ledger.journal where key = $2 and party = $1
union all
select request from ledger.refusal where key = $2 and party = $1
