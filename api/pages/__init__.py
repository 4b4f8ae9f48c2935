"""Screens: pages that ask the same handlers as programs do, under the same rules."""
