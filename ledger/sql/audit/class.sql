-- The classes of accounts.
select id, code, side, debt, issued, reserve, statutory from ledger.class
