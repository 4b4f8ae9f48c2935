"""Euros that back the currency: announced, arrived, handed back, each with its document."""
