"""How a login proves itself: password, passkey, code, session, till key, step-up; how often."""
