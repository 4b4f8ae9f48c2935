"""Screens about oneself: sign in, take an invitation up, keep one's secrets."""
