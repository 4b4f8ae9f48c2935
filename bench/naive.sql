-- The naive transfer: what a careful programmer writes in an afternoon. One call moves money
-- between two accounts, locks them in one order, keeps both balances beside the two lines; no key,
-- no history check, no chain.
create table account (
  id bigint primary key,
  balance bigint not null check (balance >= 0)
) with (fillfactor = 50);
create table line (
  id bigint generated always as identity primary key,
  transfer bigint not null,
  account bigint not null,
  amount bigint not null,
  balance bigint not null,
  at timestamptz not null default now()
);
create index line_account on line (account, id);
create sequence transfer;
create table transfer_header (                       -- the ORM's; the function needs a number only
  id bigint generated always as identity primary key,
  at timestamptz not null default now()
);

create function pay(payer bigint, payee bigint, amount bigint) returns bigint language plpgsql as $$
declare
  t constant bigint := nextval('transfer');
  payer_balance bigint;
  payee_balance bigint;
begin
  if payer < payee then
    update account a set balance = a.balance - amount where id = payer
      returning a.balance into strict payer_balance;
    update account a set balance = a.balance + amount where id = payee
      returning a.balance into strict payee_balance;
  else
    update account a set balance = a.balance + amount where id = payee
      returning a.balance into strict payee_balance;
    update account a set balance = a.balance - amount where id = payer
      returning a.balance into strict payer_balance;
  end if;
  insert into line (transfer, account, amount, balance) values
    (t, payer, -amount, payer_balance),
    (t, payee, amount, payee_balance);
  return t;
end $$;

insert into account select g, 1000000000 from generate_series(1, 10000) g;
