-- What each party could pay its acceptor with: its wallet and its lots, each with whether its rule
-- accepts; a party without any has one row of nulls. `at` is the ledger's clock.
-- $1 parties bigint[], $2 acceptor accounts bigint[].
select asked.nth, (select ledger.clock()) as at, a.id, a.class, a.balance, a.rule, a.expires,
       a.rule is not null and exists (
         select from ledger.acceptance x
          where x.rule = a.rule and x.account = asked.acceptor and x.until_seq is null) as accepted
  from unnest($1::bigint[], $2::bigint[]) with ordinality asked (party, acceptor, nth)
  left join ledger.account a
    on a.party = asked.party and a.class in (1, 3) and a.status < 2
   and (a.class = 1 or a.balance > 0)
 order by asked.nth, a.id
