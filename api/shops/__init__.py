"""A merchant's life: applied, approved, suspended, renewed, closed; and which shop acts here."""
