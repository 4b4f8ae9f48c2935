-- The card $1 bigint, if the ledger knows it, and what cards pay without their PIN.
select c.status, c.spent, s.card_each, s.card_sum
  from ledger.scheme s left join ledger.card c on c.id = $1
