"""The outside: lets people ask, by command line, JSON and screens; the composition root."""
