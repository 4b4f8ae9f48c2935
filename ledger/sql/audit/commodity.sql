-- What can be counted.
select id, code, face from ledger.commodity
