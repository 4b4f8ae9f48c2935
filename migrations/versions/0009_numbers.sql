-- A running number of each merchant: shops that are few have numbers that lie near one another, so
-- that two of them never share the word of a day.

alter table merchants.merchant
  add column number integer generated always as identity (start with 1 increment by 1) unique;
