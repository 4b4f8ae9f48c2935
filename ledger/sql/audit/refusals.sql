-- A page of $3 refusals after key $1 uuid of party $2 bigint, each with the number of the entry
-- of the same key, if there is one.
select f.key, f.party, f.code, j.seq
  from (select key, party, code from ledger.refusal
         where (key, party) > ($1, $2) order by key, party limit $3) f
  left join ledger.journal j on j.key = f.key and j.party = f.party
 order by f.key, f.party
