-- What this ledger was founded with: rates, who pays for redemptions, what a card pays by itself.
select rate_issued, rate_paid, tranche, redemption, card_each, card_sum from ledger.scheme
