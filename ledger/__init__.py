"""Money: commodities, accounts and journal entries; knows no resident, merchant or HTTP."""
