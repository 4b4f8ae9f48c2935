"""How a login proves itself: password, passkey, PIN, code, session, till key; how often."""
