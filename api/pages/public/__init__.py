"""Screens for everybody: what the currency is, who takes it, what stands behind it."""
