-- What a party could pay an acceptor with: its wallet and its lots, each with whether its rule
-- accepts. $1 party bigint, $2 acceptor account bigint.
select a.id, a.class, a.balance, a.rule, a.expires,
       a.rule is not null and exists (
         select from ledger.acceptance x
          where x.rule = a.rule and x.account = $2 and x.until_seq is null) as accepted
  from ledger.account a
 where a.party = $1 and a.class in (1, 3) and a.status < 2 and (a.class = 1 or a.balance > 0)
 order by a.id
