"""What the routes and the clock do about aid: where programmes, merchants and the ledger meet."""
