"""The schema, step by step: numbered, hand-written SQL, forward only; knows no other package."""
