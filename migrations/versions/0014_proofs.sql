-- A redemption is paid where the merchant was to be paid when it asked. Run as the owner.

alter table admin.redemption
  add column iban text check (length(iban) between 15 and 34);  -- null: decided before
update admin.redemption r set iban = m.iban
  from merchants.merchant m
 where m.party = r.party and r.status = 'requested' and length(m.iban) >= 15;
