"""What the association and its partners do: residents, aid, reserve, notes, books, policies."""
