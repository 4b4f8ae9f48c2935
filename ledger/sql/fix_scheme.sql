-- Fix for good who pays for redemptions, at 21 Bou'Sols for 20 euros. $1 text: symmetric or
-- sponsored.
select ledger.fix_scheme(21, 20, $1)
