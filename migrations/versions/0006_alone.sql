-- What one treasurer decides alone about euros that came, counted by civil day; and euros that a
-- first treasurer wants to go back, until a second one agrees.
-- Run as the owner after 0005. No table of the chain changes.

create table admin.bank_alone (
  human uuid not null,                                 -- the person, or a login without one
  day date not null,                                   -- in Paris
  credit uuid not null references admin.bank_credit,
  euros_cents bigint not null check (euros_cents > 0),
  primary key (human, day, credit)
);
grant select, insert on admin.bank_alone to bousol_app;

alter table admin.bank_credit add column returned_by uuid references admin.role_grant;
grant update (returned_by) on admin.bank_credit to bousol_app;
