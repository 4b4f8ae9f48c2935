"""Aid: programmes of a sponsor, awards to pseudonyms, and the sealed room of who they are."""
