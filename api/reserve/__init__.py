"""Euros in and out: orders, bank credits and redemptions; rows, two persons and ledger meet."""
