-- What each account paid in entry $1 bigint and what it has got back since, in the order of use.
select t.debit as account, sum(t.amount)::bigint as paid,
       coalesce((select sum(g.amount) from ledger.journal r join ledger.transfer g on g.seq = r.seq
                  where r.origin = $1 and g.credit = t.debit), 0)::bigint as restored,
       a.class = 3 as earmarked
  from ledger.transfer t join ledger.account a on a.id = t.debit
 where t.seq = $1
 group by t.debit, a.class
 order by min(t.position)
